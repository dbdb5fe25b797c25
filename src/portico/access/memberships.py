"""What a signed-in human can act as: a contact person at customers, a staff member of organisations."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from portico.access.actors import ContactActor, Permission, Role, StaffActor


@dataclass(frozen=True, slots=True)
class Membership:
    """One thing a human can act as, with the names to choose it by."""

    actor: ContactActor | StaffActor
    organisation_name: str
    customer_name: str


def memberships(user_id: UUID) -> list[Membership]:
    """All that this human can act as now; one statement, asked at each request so that a revocation bites at once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, id, organisation_id, customer_id, name, organisation_name, customer_name, permissions, role"
            " FROM door_memberships(%s)",
            [user_id],
        )
        rows = cursor.fetchall()
    return [_membership(user_id, *row) for row in rows]


def _membership(
    user_id: UUID,
    kind: str,
    row_id: UUID,
    organisation_id: UUID,
    customer_id: UUID | None,
    name: str,
    organisation_name: str,
    customer_name: str,
    permissions: list[str],
    role: str,
) -> Membership:
    actor: ContactActor | StaffActor
    if kind == "contact":
        assert customer_id is not None
        held = frozenset(Permission(each) for each in permissions)
        actor = ContactActor(organisation_id, customer_id, row_id, user_id, name, held)
    else:
        actor = StaffActor(organisation_id, row_id, user_id, name, Role(role))
    return Membership(actor, organisation_name, customer_name)
