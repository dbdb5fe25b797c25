"""Reviewing: a contact person says what they think, to the organisation alone (preference 11)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import ContactActor
from portico.access.changes import naming
from portico.access.scope import scope
from portico.comments.models import Review
from portico.comments.models.review import BEST, LONGEST
from portico.comments.texts import clean_text
from portico.customers.models import Customer
from portico.kit import clock
from portico.kit.errors import ConflictError, InvalidError, NotFoundError
from portico.notifications.actions import tell_staff
from portico.notifications.quoting import quoted
from portico.organisations.models import Preferences
from portico.transactions.kinds import Kind

EDITABLE: Final = timedelta(days=14)
"""How long a review can be changed by its writer."""


def write_review(
    *, actor: ContactActor, kind: Kind | None, document_id: UUID | None, rating: int, text: str
) -> Review:
    """Write a review, or change one's own within 14 days.

    Args:
        actor: the contact person.
        kind: of the document; None for the organisation as a whole.
        document_id: which document.
        rating: 1 to 5.
        text: plain, at most 2,000 characters; may be empty.

    Raises:
        NotFoundError: reviews are off, or no such document for the actor.
        ForbiddenError: the actor may not see such documents.
        InvalidError: another rating, or too long a text; `field` names it.
        ConflictError: it is too late to change it, or the document is not delivered or paid yet.
    """
    if rating not in range(1, BEST + 1):
        raise InvalidError(_("Choose one to five stars."), field="rating")
    cleaned = clean_text(text, longest=LONGEST, needed=False)
    with scope(actor):
        preferences = Preferences.objects.visible_to(actor).get()
        if not preferences.customer_reviews:
            raise NotFoundError
        number = ""
        if kind is not None and document_id is not None:
            if not kind.is_shown(preferences):
                raise NotFoundError
            document = kind.one(actor, document_id)
            if not is_reviewable(document):
                raise ConflictError(_("You can review it once it is delivered or paid."))
            number = document.number
        # Held, so that of two forms sent at once the second changes what the first wrote.
        customer = Customer.objects.select_for_update(no_key=True).one_for(actor, pk=actor.customer_id)
        mine = Review.objects.visible_to(actor).filter(contact_person_id=actor.person_id)
        review = mine.filter(document_id=document_id).first()
        if review is None:
            review = Review(
                organisation_id=actor.organisation_id,
                customer_id=actor.customer_id,
                contact_person_id=actor.person_id,
                document_kind=kind.kind if kind else "",
                document_id=document_id,
                number=number,
                author_name=actor.name,
                rating=rating,
                text=cleaned,
                at=clock.now(),
            )
            with naming({"review_once": ("rating", _("You have reviewed this already."))}):
                review.save(force_insert=True)
            audit.record(actor, "write_review", review, f"{rating} of {BEST}")
            _tell(actor, customer, review, _("%(person)s of %(customer)s gave %(what)s %(rating)d of 5"))
            return review
        if not is_editable(review):
            raise ConflictError(_("A review can be changed for 14 days."))
        was = review.rating
        if (was, review.text) == (rating, cleaned):
            return review
        review.rating, review.text, review.edited_at = rating, cleaned, clock.now()
        review.save(update_fields=["rating", "text", "edited_at"])
        audit.record(actor, "edit_review", review, changes={"rating": [was, rating]})
        _tell(actor, customer, review, _("%(person)s of %(customer)s now gives %(what)s %(rating)d of 5"))
        return review


def is_editable(review: Review) -> bool:
    """Whether its writer may still change it."""
    return clock.now() < review.at + EDITABLE


def is_reviewable(document: object) -> bool:
    """Whether the customer has got what it is about: a paid invoice, an order that is shipped, delivered or closed."""
    status, shipped = getattr(document, "status", ""), getattr(document, "shipped_status", "")
    return status in {"paid", "closed"} or (status != "void" and shipped in {"shipped", "delivered"})


def _tell(actor: ContactActor, customer: Customer, review: Review, title: str) -> None:
    what = review.number or _("you")
    given = {
        "person": actor.name,
        "customer": customer.display_name,
        "what": what,
        "rating": review.rating,
    }
    tell_staff(
        actor,
        "review",
        title % given,
        customer=customer,
        document_kind=review.document_kind,
        document_id=review.document_id,
        body=quoted(actor.name, review.text),
    )
