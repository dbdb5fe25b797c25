"""The history of a customer's details and contact persons, as its own people read it (S9.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portico.access.actors import Actor
from portico.access.audit import actor_id, actor_kind
from portico.customers.models import ContactPerson, Customer, DetailChange


def note_change(
    actor: Actor, row: Customer | ContactPerson, event: str, changes: Mapping[str, Any] | None = None
) -> None:
    """Write down one change; within a scope, in the transaction of what it tells.

    Args:
        actor: who did it.
        row: the customer, or the contact person, that was changed.
        event: “details”, “address”, “contact_added”, “contact”, “primary”, “invited”, “joined”, “revoked”, “removed”.
        changes: field → [was, became], plain values; what is for staff only is to be left out.
    """
    customer_id = row.pk if isinstance(row, Customer) else row.customer_id
    # bulk_create asks for nothing back, so one who may not read the history can still leave a line in it.
    DetailChange.objects.bulk_create(
        [
            DetailChange(
                organisation_id=row.organisation_id,
                customer_id=customer_id,
                actor_kind=actor_kind(actor),
                actor_id=actor_id(actor),
                actor_name=actor.name,
                event=event,
                subject_id=row.pk,
                subject=row.full_name if isinstance(row, ContactPerson) else "",
                changes=dict(changes or {}),
            )
        ]
    )
