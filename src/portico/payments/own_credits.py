"""What credit a customer may use for their own invoices (preference 17), and how it is spread over them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.db.models import Sum
from django.utils.translation import gettext as _

from portico.access.actors import Actor, ContactActor, Duty, Permission, require, require_office
from portico.credit_notes.models import CreditNote
from portico.kit.errors import ForbiddenError
from portico.kit.money import Money, smaller, total
from portico.organisations.models import Preferences
from portico.payments.models import PENDING, CreditUsePart, Payment
from portico.retainers.models import RetainerInvoice

MOST_SOURCES: Final = 200
"""How many credits one payment may use, the oldest first."""


class SourceKind(StrEnum):
    """What a credit comes from; the value is the column of CreditUsePart."""

    CREDIT_NOTE = "credit_note"
    PAYMENT = "payment"
    RETAINER = "retainer"


@dataclass(frozen=True, slots=True)
class Source:
    """One credit and what is left of it that no pending payment has reserved."""

    kind: SourceKind
    id: UUID
    number: str
    date: date
    left: Money


@dataclass(frozen=True, slots=True)
class Part:
    """How much of a credit goes to an invoice."""

    source: Source
    invoice_id: UUID
    amount: Money


def may_use_own(actor: Actor) -> bool:
    """Whether the actor is a contact person who may put their customer's own credit on its invoices."""
    if not isinstance(actor, ContactActor):
        return False
    if not (actor.may(Permission.PAY) and actor.may(Permission.VIEW_BILLING)):
        return False
    preferences = Preferences.objects.visible_to(actor)
    return preferences.filter(customers_may_apply_credits=True).exists()


def require_using(actor: Actor) -> None:
    """Let staff who may move money, jobs, and contact persons with preference 17 use credit; nobody else.

    Raises:
        ForbiddenError: the actor may not use credit.
    """
    if not isinstance(actor, ContactActor):
        require_office(actor, Duty.MOVE_MONEY)
        return
    require(actor, Permission.PAY)
    require(actor, Permission.VIEW_BILLING)
    if not may_use_own(actor):
        raise ForbiddenError(_("Only staff apply credits here."))


def sources(actor: Actor, customer_id: UUID, currency: str) -> list[Source]:
    """The customer's credit in a currency as it is used: credit notes and excess by age, then retainers by age."""
    mine = {"customer_id": customer_id, "currency": currency}
    notes = CreditNote.objects.visible_to(actor).filter(**mine, balance__gt=0)
    excess = Payment.objects.visible_to(actor).filter(**mine, unused__gt=0)
    retainers = RetainerInvoice.objects.visible_to(actor).filter(**mine, available__gt=0)
    credit = [
        (each.date, each.pk, Source(SourceKind.CREDIT_NOTE, each.pk, each.number, each.date, each.balance))
        for each in notes.order_by("date", "pk")[:MOST_SOURCES]
    ]
    credit += [
        (each.date, each.pk, Source(SourceKind.PAYMENT, each.pk, each.number, each.date, each.unused))
        for each in excess.order_by("date", "pk")[:MOST_SOURCES]
    ]
    found = [source for _date, _pk, source in sorted(credit, key=lambda each: each[:2])]
    found += [
        Source(SourceKind.RETAINER, each.pk, each.number, each.date, each.available)
        for each in retainers.order_by("date", "pk")[:MOST_SOURCES]
    ]
    held = _reserved(actor, customer_id, currency)
    free = (
        replace(each, left=each.left - smaller(held.get(each.id, Money.zero(currency)), each.left))
        for each in found[:MOST_SOURCES]
    )
    return [each for each in free if each.left]


def spread(wanted: Iterable[tuple[UUID, Money]], credit: Sequence[Source]) -> list[Part]:
    """Put credit on invoices: the oldest credit first, on the invoices in the order given. Exact; asks nobody.

    Args:
        wanted: invoices by due date, each with how much of it is to be paid.
        credit: as `sources` gives it, in the same currency.
    """
    left = {each.id: each.left for each in credit}
    parts = []
    for invoice_id, amount in wanted:
        still = amount
        for source in credit:
            if part := smaller(still, left[source.id]):
                parts.append(Part(source, invoice_id, part))
                left[source.id] -= part
                still -= part
    return parts


def used(parts: Iterable[Part], currency: str, *kinds: SourceKind) -> Money:
    """The sum of the parts, or of those from some kinds of sources."""
    return total((each.amount for each in parts if not kinds or each.source.kind in kinds), currency)


def _reserved(actor: Actor, customer_id: UUID, currency: str) -> dict[UUID, Money]:
    """What pending attempts mean to use of each credit."""
    rows = (
        CreditUsePart.objects.visible_to(actor)
        .filter(customer_id=customer_id, currency=currency, attempt__state__in=PENDING)
        .values_list("credit_note_id", "payment_id", "retainer_id")
        .annotate(sum=Sum("amount"))
    )
    return {note or payment or retainer: Money(amount, currency) for note, payment, retainer, amount in rows}
