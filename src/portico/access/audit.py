"""The audit trail: each action leaves one record in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import models

from portico.access.actors import Actor, ContactActor, LinkActor, StaffActor
from portico.access.models import AuditRecord


def actor_id(actor: Actor) -> UUID | None:
    """The contact person, staff member or public link behind an actor; None for a job."""
    if isinstance(actor, ContactActor):
        return actor.person_id
    if isinstance(actor, StaffActor):
        return actor.staff_id
    return actor.link_id if isinstance(actor, LinkActor) else None


def actor_kind(actor: Actor) -> str:
    """One of “contact”, “staff”, “link”, “job”."""
    if isinstance(actor, ContactActor):
        return "contact"
    if isinstance(actor, LinkActor):
        return "link"
    return "staff" if isinstance(actor, StaffActor) else "job"


def record(
    actor: Actor, action: str, row: models.Model, summary: str = "", changes: Mapping[str, Any] | None = None
) -> None:
    """Write down that the actor did `action` to `row`; `changes` must be plain JSON values."""
    AuditRecord.objects.bulk_create(
        [
            AuditRecord(
                organisation_id=actor.organisation_id,
                actor_kind=actor_kind(actor),
                actor_id=actor_id(actor),
                actor_name=actor.name,
                action=action,
                object_kind=row._meta.label_lower,
                object_id=row.pk,
                summary=summary,
                changes=dict(changes or {}),
            )
        ]
    )
