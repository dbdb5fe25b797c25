"""Reviews: one's own, and all of them for staff."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Avg, Count

from portico.access.actors import Actor, ContactActor
from portico.comments.models import Review


@dataclass(frozen=True, slots=True)
class ReviewFigures:
    """How many reviews there are, and their average rating; None without any."""

    count: int
    average: Decimal | None


def review_of(actor: ContactActor, document_id: UUID | None) -> Review | None:
    """What this person has said about a document, or about the whole; None for nothing yet."""
    mine = Review.objects.visible_to(actor).filter(contact_person_id=actor.person_id)
    return mine.filter(document_id=document_id).first()


def my_reviews(actor: ContactActor) -> list[Review]:
    """This person's reviews, the newest first."""
    mine = Review.objects.visible_to(actor).filter(contact_person_id=actor.person_id)
    return list(mine.order_by("-at", "-id")[:100])


def review_figures(actor: Actor) -> ReviewFigures:
    """Number and average of all reviews of the organisation."""
    found = Review.objects.visible_to(actor).aggregate(count=Count("id"), average=Avg("rating"))
    average = found["average"]
    return ReviewFigures(found["count"], None if average is None else Decimal(str(average)))
