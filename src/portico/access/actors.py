"""Actors: who asks for a page or performs an action, as types that carry what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID

from portico.kit.errors import ForbiddenError


class Permission(StrEnum):
    """What a contact person may do at a customer (S1.5)."""

    VIEW_ORDERS = "view_orders"
    VIEW_BILLING = "view_billing"
    PAY = "pay"
    MANAGE_PROFILE = "manage_profile"


class Duty(StrEnum):
    """What a staff role may do in the office."""

    READ = "read"
    KEEP_CUSTOMERS = "keep_customers"
    WRITE_DOCUMENTS = "write_documents"
    MOVE_MONEY = "move_money"
    CONFIGURE = "configure"


class Role(StrEnum):
    """Roles of staff members (S11)."""

    OWNER = "owner"
    ACCOUNTANT = "accountant"
    SALES = "sales"
    READ_ONLY = "read_only"


DUTIES: Final[dict[Role, frozenset[Duty]]] = {
    Role.OWNER: frozenset(Duty),
    Role.ACCOUNTANT: frozenset({Duty.READ, Duty.KEEP_CUSTOMERS, Duty.WRITE_DOCUMENTS, Duty.MOVE_MONEY}),
    Role.SALES: frozenset({Duty.READ, Duty.KEEP_CUSTOMERS, Duty.WRITE_DOCUMENTS}),
    Role.READ_ONLY: frozenset({Duty.READ}),
}

_LACKS: Final[dict[Permission | Duty, str]] = {
    Permission.VIEW_ORDERS: "You may not see orders here.",
    Permission.VIEW_BILLING: "You may not see invoices and amounts here.",
    Permission.PAY: "You may not pay here.",
    Permission.MANAGE_PROFILE: "You may not change details and contact persons here.",
    Duty.READ: "Your role may not see this.",
    Duty.KEEP_CUSTOMERS: "Your role may not change customers.",
    Duty.WRITE_DOCUMENTS: "Your role may not write documents.",
    Duty.MOVE_MONEY: "Your role may not record or return money.",
    Duty.CONFIGURE: "Only an owner may change this.",
}


@dataclass(frozen=True, slots=True)
class ContactActor:
    """A contact person, signed in, at the customer they have chosen."""

    organisation_id: UUID
    customer_id: UUID
    person_id: UUID
    user_id: UUID
    name: str
    permissions: frozenset[Permission]
    previewed_by: UUID | None = None
    """The staff member who looks at the portal as this person does: nothing is written, nothing counts as a view (S1.8)."""

    def may(self, what: Permission | Duty) -> bool:
        """Whether the person has this permission at this customer."""
        return what in self.permissions


@dataclass(frozen=True, slots=True)
class LinkActor:
    """Whoever holds a public link: one document of one customer, and what the link lets them do with it (S1.7)."""

    organisation_id: UUID
    customer_id: UUID
    link_id: UUID
    document_kind: str
    document_id: UUID
    email: str
    """The address the link was sent to; it is whoever opened it only where that was confirmed."""
    permissions: frozenset[Permission]

    @property
    def name(self) -> str:
        """Who it was, as histories tell it: the address, which is all that is known."""
        return self.email

    def may(self, what: Permission | Duty) -> bool:
        """Whether the link allows this, for its one document."""
        return what in self.permissions


@dataclass(frozen=True, slots=True)
class StaffActor:
    """A staff member of the organisation, with a role."""

    organisation_id: UUID
    staff_id: UUID
    user_id: UUID
    name: str
    role: Role

    def may(self, what: Permission | Duty) -> bool:
        """Whether the role has this duty; what customers may do is theirs alone."""
        return what in DUTIES[self.role]


@dataclass(frozen=True, slots=True)
class JobActor:
    """The system at work for one organisation: a job, an import, a gateway's answer."""

    organisation_id: UUID
    name: str = "Portico"

    def may(self, what: Permission | Duty) -> bool:
        """Jobs carry out what somebody with the right asked for."""
        return True


Actor: TypeAlias = ContactActor | StaffActor | JobActor | LinkActor


def require(actor: Actor, what: Permission | Duty) -> None:
    """Raise ForbiddenError unless the actor may do this."""
    if not actor.may(what):
        raise ForbiddenError(_LACKS[what])


def require_office(actor: Actor, duty: Duty) -> None:
    """Raise ForbiddenError unless the actor is staff with this duty, or a job."""
    if isinstance(actor, ContactActor | LinkActor):
        raise ForbiddenError("Only staff may do this.")
    require(actor, duty)
