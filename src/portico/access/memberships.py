"""What a signed-in human can act as: a contact person at customers, a staff member of organisations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple
from uuid import UUID

from django.db import connection
from django.http import HttpRequest

from portico.access.actors import ContactActor, Permission, Role, StaffActor
from portico.access.hosts import portal_here


@dataclass(frozen=True, slots=True)
class Membership:
    """One thing a human can act as, with the names to choose it by."""

    actor: ContactActor | StaffActor
    organisation_name: str
    customer_name: str
    asks_second_factor: bool
    """Whether the organisation asks everybody for a second factor (preference 3)."""


class _Row(NamedTuple):
    """What door_memberships answers, in its order."""

    kind: str
    id: UUID
    organisation_id: UUID
    customer_id: UUID | None
    name: str
    organisation_name: str
    customer_name: str
    permissions: list[str]
    role: str


def memberships_of(request: HttpRequest) -> list[Membership]:
    """What whoever sends this request can act as at this address; asked once a request."""
    known: list[Membership] | None = getattr(request, "memberships", None)
    if known is None:
        assert request.user.pk is not None
        known = memberships(request.user.pk)
        request.memberships = known  # type: ignore[attr-defined]
    return known


def memberships(user_id: UUID) -> list[Membership]:
    """What this human can act as at this address: all of it on the common host, else that portal's alone (S1.1)."""
    here = portal_here()
    found = all_memberships(user_id)
    return found if here is None else [m for m in found if m.actor.organisation_id == here.organisation_id]


def all_memberships(user_id: UUID) -> list[Membership]:
    """All that this human can act as now; one statement, asked at each request so that a revocation bites at once."""
    with connection.cursor() as cursor:
        cursor.execute(_ASKED, [user_id])
        rows = [(_Row(*row), asks) for *row, asks in cursor.fetchall()]
    return [
        Membership(_actor(user_id, row), row.organisation_name, row.customer_name, asks) for row, asks in rows
    ]


def _actor(user_id: UUID, row: _Row) -> ContactActor | StaffActor:
    if row.kind == "staff":
        return StaffActor(row.organisation_id, row.id, user_id, row.name, Role(row.role))
    assert row.customer_id is not None
    held = frozenset(Permission(each) for each in row.permissions)
    return ContactActor(row.organisation_id, row.customer_id, row.id, user_id, row.name, held)


_ASKED: Final = (
    f"SELECT {', '.join(_Row._fields)}, organisation_id IN (SELECT organisation_id FROM door_second_factor())"  # noqa: S608 (names from above)
    " FROM door_memberships(%s)"
)
