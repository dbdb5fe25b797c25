"""What is told around one document: its history, the conversation about it, and one's own review of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection

from portico.access.actors import ContactActor
from portico.comments.models import Comment, Review
from portico.comments.queries.thread import MOST, Said
from portico.transactions.models import DocumentKind, HistoryEvent

EVENTS: Final = 100
"""Events of its history shown beside a document: the latest."""


@dataclass(frozen=True, slots=True)
class Around:
    """What stands beside a document; the rows hold what a page shows of them, and no more.

    Args:
        said: the comments, the oldest first.
        events: what happened to it as customers see it, the latest first.
        review: what this person has said about it; None for nothing yet.
    """

    said: tuple[Said, ...]
    events: tuple[HistoryEvent, ...]
    review: Review | None


def around(actor: ContactActor, kind: DocumentKind, document_id: UUID) -> Around:
    """History, conversation and own review; one statement.

    Written in SQL because every document's page asks it, and Django takes longer to write these three down than
    PostgreSQL to answer them. What `visible_to` says of each stands here again, beside the policies.

    Args:
        actor: who reads.
        kind: of the document.
        document_id: which one; the caller has read it for this actor.
    """
    given: dict[str, Any] = {
        "organisation": actor.organisation_id,
        "customer": actor.customer_id,
        "person": actor.person_id,
        "kind": kind.value,
        "document": document_id,
        "comments": MOST,
        "events": EVENTS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_AROUND, given)
        rows = cursor.fetchall()
    said = tuple(_said(actor, row) for row in rows if row[0] == "said")
    events = tuple(_event(row) for row in reversed(rows) if row[0] == "event")
    reviews = [_review(row) for row in rows if row[0] == "review"]
    return Around(said, events, reviews[0] if reviews else None)


def _said(actor: ContactActor, row: tuple[Any, ...]) -> Said:
    _part, comment_id, at, name, text, writer, _details, is_new, _rating = row
    writer_id = UUID(writer) if writer else None
    comment = Comment(id=comment_id, at=at, author_name=name, text=text, contact_person_id=writer_id)
    return Said(comment, is_new, is_own=writer_id == actor.person_id)


def _event(row: tuple[Any, ...]) -> HistoryEvent:
    _part, event_id, at, name, event, actor_kind, details, _is_new, _rating = row
    told = json.loads(details)
    return HistoryEvent(id=event_id, at=at, actor_name=name, event=event, actor_kind=actor_kind, details=told)


def _review(row: tuple[Any, ...]) -> Review:
    _part, review_id, at, _name, _text, _writer, _details, _is_new, rating = row
    return Review(id=review_id, at=at, rating=rating)


_AROUND: Final = """
SELECT * FROM (
  SELECT 'said' AS part, c.id AS id, c.at AS at, c.author_name AS name, c.text AS words,
         coalesce(c.contact_person_id::text, '') AS who, '' AS details,
         EXISTS (SELECT 1 FROM comments_unread u
                  WHERE u.comment_id = c.id AND u.contact_person_id = %(person)s) AS is_new,
         0 AS rating
    FROM comments_comment c
   WHERE c.document_id = %(document)s AND c.organisation_id = %(organisation)s AND c.customer_id = %(customer)s
     AND c.in_portal AND c.hidden_at IS NULL
   ORDER BY c.at DESC, c.id DESC
   LIMIT %(comments)s
) comments
UNION ALL
SELECT * FROM (
  SELECT 'event', h.id, h.at, h.actor_name, h.event, h.actor_kind, h.details::text, false, 0
    FROM transactions_historyevent h
   WHERE h.document_id = %(document)s AND h.document_kind = %(kind)s
     AND h.organisation_id = %(organisation)s AND h.customer_id = %(customer)s AND h.in_portal
   ORDER BY h.at DESC, h.id DESC
   LIMIT %(events)s
) events
UNION ALL
SELECT 'review', r.id, r.at, '', '', '', '', false, r.rating
  FROM comments_review r
 WHERE r.document_id = %(document)s AND r.contact_person_id = %(person)s
   AND r.organisation_id = %(organisation)s AND r.customer_id = %(customer)s
 ORDER BY at, id
"""
