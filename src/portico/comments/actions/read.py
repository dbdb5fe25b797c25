"""Having read a conversation by opening its own page; opening the document's does it too (sql/reading.sql)."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from portico.access.actors import ContactActor, Duty, StaffActor, require
from portico.access.scope import scope
from portico.comments.models import StaffReading, Unread


def read_as_contact(actor: ContactActor, document_id: UUID) -> None:
    """What is written beside this document is no longer new for this person."""
    with scope(actor):
        Unread.objects.visible_to(actor).filter(
            contact_person_id=actor.person_id, document_id=document_id
        ).delete()


def read_as_staff(actor: StaffActor, kind: str, document_id: UUID, read_to: dt.datetime) -> None:
    """A staff member has seen what was written beside this document up to this moment.

    Args:
        actor: who read.
        kind: of the document.
        document_id: which one.
        read_to: when the last comment that was shown was written; what comes after stays new.
    """
    with scope(actor):
        require(actor, Duty.READ)
        StaffReading.objects.update_or_create(
            staff_member_id=actor.staff_id,
            document_id=document_id,
            defaults={"read_to": read_to, "document_kind": kind, "organisation_id": actor.organisation_id},
        )
