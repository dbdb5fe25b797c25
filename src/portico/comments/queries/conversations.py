"""The documents that are talked about, those with the newest words first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Count, Max, OuterRef, Q, Subquery

from portico.access.actors import ContactActor, StaffActor
from portico.comments.models import Comment, Unread
from portico.comments.queries.thread import unread_by_staff
from portico.kit import clock

PAGE: Final = 25
RECENT: Final = dt.timedelta(days=90)
"""How far back staff are reminded of what they have not read; older words are in the list of comments."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """One document that is talked about.

    Args:
        kind: of the document.
        document_id: which one.
        number: its number.
        count: comments.
        unread: those of them that the reader has not read.
        last_at: when the last one was written.
        last_by: who wrote it.
        last_is_staffs: whether that is the organisation's side.
        last_text: what it says.
    """

    kind: str
    document_id: UUID
    number: str
    count: int
    unread: int
    last_at: dt.datetime
    last_by: str
    last_is_staffs: bool
    last_text: str


@dataclass(frozen=True, slots=True)
class ConversationPage:
    """Some of the conversations, and the moment before which the next ones are."""

    rows: tuple[Conversation, ...]
    next_before: dt.datetime | None


def conversations(
    actor: ContactActor, kinds: Collection[str], before: dt.datetime | None = None
) -> ConversationPage:
    """The customer's conversations as this contact person sees them, 25 a page; two statements.

    Args:
        actor: who looks.
        kinds: of documents that they may see.
        before: only those whose last comment is older.
    """
    found = (
        Comment.objects.visible_to(actor)
        .filter(document_kind__in=list(kinds))
        .values("document_kind", "document_id")
        .annotate(last_at=Max("at"), count=Count("id"))
    )
    if before is not None:
        found = found.filter(last_at__lt=before)
    unread = (
        Unread.objects.visible_to(actor)
        .filter(contact_person_id=actor.person_id, document_id=OuterRef("document_id"))
        .values("document_id")
        .annotate(count=Count("id"))
        .values("count")
    )
    groups = list(found.annotate(unseen=Subquery(unread)).order_by("-last_at", "document_id")[: PAGE + 1])
    shown = groups[:PAGE]
    last = _last_words(actor, [each["document_id"] for each in shown])
    rows = tuple(
        Conversation(
            kind=each["document_kind"],
            document_id=each["document_id"],
            number=last[each["document_id"]].number,
            count=each["count"],
            unread=each["unseen"] or 0,
            last_at=each["last_at"],
            last_by=last[each["document_id"]].author_name,
            last_is_staffs=last[each["document_id"]].is_staffs,
            last_text=last[each["document_id"]].text,
        )
        for each in shown
    )
    return ConversationPage(rows, rows[-1].last_at if len(groups) > PAGE else None)


def _last_words(actor: ContactActor, documents: Collection[UUID]) -> dict[UUID, Comment]:
    rows = (
        Comment.objects.visible_to(actor)
        .filter(document_id__in=list(documents))
        .order_by("document_id", "-at", "-id")
        .distinct("document_id")
    )
    return {row.document_id: row for row in rows}


def waiting_for_staff(actor: StaffActor) -> int:
    """How many documents have words of customers that this staff member has not read, of the last 90 days."""
    recent = Q(at__gt=clock.now() - RECENT)
    rows = Comment.objects.visible_to(actor).filter(recent & unread_by_staff(actor))
    return rows.values("document_id").distinct().count()
