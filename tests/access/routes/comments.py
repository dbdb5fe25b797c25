"""Conversations and reviews in the access matrix."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from portico.access.scope import scope
from portico.comments.actions import post_comment
from portico.comments.models import Comment, Review
from portico.invoices.models import Invoice
from portico.kit.ids import new_id
from portico.testing.people import World
from portico.transactions.kinds import kind_of
from tests.access.answers import CONTACTS, EVERY_ROLE, NONE, THEIRS, Route

_REVIEW_OFF: Final = "302  404  404 404 404  404  404  403 403 403   403  403"

ROUTES: Final = (
    Route("GET", "conversations", CONTACTS, why="who may see no documents has none to talk about"),
    Route("GET", "conversation", THEIRS, ("invoice_kind", "talked")),
    Route("GET", "conversation", NONE, ("invoice_kind", "untold"), why="a draft"),
    Route("GET", "conversation", "302 404 404 404 404 404 404 403 403 403 403 403", ("no_kind", "talked")),
    Route(
        "POST",
        "conversation",
        #      nobody nils ines leo pia vera maya rita sam amy olive otto
        "         302  404  404 403 403  302  302  403 403 403   403  403",
        ("invoice_kind", "talked"),
        data={"text": "Hello", "submission_key": "{customer}"},
    ),
    Route(
        "POST",
        "conversation",
        "302 404 404 403 403 404 404 403 403 403 403 403",
        ("invoice_kind", "untold"),
        data={"text": "Hello", "submission_key": "{customer}"},
    ),
    Route("GET", "reviews", _REVIEW_OFF, why="preference 11 is off"),
    Route("POST", "reviews", _REVIEW_OFF, data={"rating": "5"}),
    Route("GET", "review", _REVIEW_OFF, ("invoice_kind", "talked")),
    Route("POST", "review", _REVIEW_OFF, ("invoice_kind", "talked"), data={"rating": "5"}),
)

OFFICE_LISTS: Final = {"comments_comment": "comment", "comments_review": "review"}
OFFICE_OTHERS: Final = {"conversation": ("talked", EVERY_ROLE, 200)}


def things(world: World) -> dict[str, UUID | str]:
    """An invoice that is talked about, a draft, a comment and a review."""
    with scope(world.job):
        invoice = Invoice.objects.filter(customer=world.greenleaf).exclude(status="draft")[0]
        draft = Invoice.objects.filter(customer=world.greenleaf, status="draft")[0]
    comment: Comment = post_comment(
        actor=world.maya,
        kind=kind_of("invoice"),
        document_id=invoice.pk,
        text="Hello",
        submission_key=new_id(),
    )
    with scope(world.job):
        review = Review.objects.create(
            organisation=world.organisation,
            customer=world.greenleaf,
            contact_person_id=world.maya.person_id,
            author_name="Maya",
            rating=4,
        )
    return {
        "invoice_kind": "invoice",
        "no_kind": "nonsense",
        "talked": invoice.pk,
        "untold": draft.pk,
        "comment": comment.pk,
        "review": review.pk,
    }
