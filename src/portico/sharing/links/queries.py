"""What is read of public links."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portico.access.actors import Actor
from portico.kit import clock
from portico.sharing.links.models import PublicLink


@dataclass(frozen=True, slots=True)
class Shared:
    """One link as lists tell it: for whom, by whom, until when, and whether somebody confirmed to be there."""

    id: UUID
    email: str
    made_by: str
    created_at: datetime
    expires_at: datetime
    confirmed_at: datetime | None
    may_pay: bool
    is_revoked: bool
    is_open: bool


def links_of(actor: Actor, kind: str, document_id: UUID) -> tuple[Shared, ...]:
    """The newest links of a document that the actor may see, at most 50; one statement."""
    now = clock.now()
    rows = PublicLink.objects.visible_to(actor).filter(document_kind=kind, document_id=document_id)
    return tuple(
        Shared(
            id=row.pk,
            email=row.email,
            made_by=row.made_by_name,
            created_at=row.created_at,
            expires_at=row.expires_at,
            confirmed_at=row.confirmed_at,
            may_pay=row.may_pay,
            is_revoked=row.revoked_at is not None,
            is_open=row.is_open(now),
        )
        for row in rows.order_by("-created_at", "-id")[:50]
    )
