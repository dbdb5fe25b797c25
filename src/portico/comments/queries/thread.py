"""The conversation beside one document."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import BooleanField, DateTimeField, Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from portico.access.actors import Actor, ContactActor, StaffActor
from portico.comments.models import Comment, StaffReading, Unread
from portico.organisations.models import StaffMember

MOST = 500
"""Comments shown beside a document: the newest; nobody reads on."""


@dataclass(frozen=True, slots=True)
class Said:
    """A comment as its reader sees it.

    Args:
        comment: the row.
        is_new: whether the reader has not seen it yet.
        is_own: whether the reader wrote it.
    """

    comment: Comment
    is_new: bool
    is_own: bool


def thread(actor: Actor, document_id: UUID) -> tuple[Said, ...]:
    """What was written beside a document, the oldest first; one statement.

    Args:
        actor: who reads; a contact person gets what is visible in the portal, staff everything.
        document_id: the document, which the caller has read for this actor.
    """
    rows = (
        Comment.objects.visible_to(actor)
        .filter(document_id=document_id)
        .annotate(is_new=_is_new(actor))
        .order_by("-at", "-id")[:MOST]
    )
    return tuple(Said(row, row.is_new, _wrote(actor, row)) for row in reversed(rows))


def _is_new(actor: Actor) -> Exists | Q | Value:
    if isinstance(actor, ContactActor):
        return Exists(Unread.objects.filter(comment=OuterRef("pk"), contact_person_id=actor.person_id))
    if isinstance(actor, StaffActor):
        return unread_by_staff(actor)
    return Value(False, output_field=BooleanField())  # a value in SQL


def unread_by_staff(actor: StaffActor) -> Q:
    """Of comments: a contact person's, after what this staff member has read to, or after they joined."""
    read_to = StaffReading.objects.filter(
        staff_member_id=actor.staff_id, document_id=OuterRef("document_id")
    ).values("read_to")
    joined = StaffMember.objects.filter(pk=actor.staff_id).values("user__date_joined")
    return Q(
        Q(contact_person__isnull=False, hidden_at=None)
        & Q(at__gt=Coalesce(Subquery(read_to), Subquery(joined), output_field=DateTimeField()))
    )


def _wrote(actor: Actor, comment: Comment) -> bool:
    if isinstance(actor, ContactActor):
        return comment.contact_person_id == actor.person_id
    return isinstance(actor, StaffActor) and comment.staff_member_id == actor.staff_id
