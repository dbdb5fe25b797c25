"""All credit that is left: what Home's figure “Available credits” adds up from (S3.1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, QuerySet, Sum

from portico.access.actors import Actor
from portico.credit_notes.models import CreditNote
from portico.kit.money import Money
from portico.payments.models import Payment

SHOWN: Final = 50
"""How many credit notes, and how many payments, are named; the sums are of all, and their lists have all."""


@dataclass(frozen=True, slots=True)
class Credit:
    """What is left of one credit note or payment; `total` is what it was."""

    id: UUID
    number: str
    date: dt.date
    total: Money
    left: Money


@dataclass(frozen=True, slots=True)
class Part:
    """Credit of one kind in one currency: its sum, of how many, and the first of them."""

    sum: Money
    count: int
    shown: tuple[Credit, ...]

    @property
    def more(self) -> int:
        """How many are not named."""
        return self.count - len(self.shown)


@dataclass(frozen=True, slots=True)
class AvailableCredit:
    """All credit in one currency: of credit notes, and of payments that were more than what was to be paid."""

    currency: str
    notes: Part
    excess: Part

    @property
    def total(self) -> Money:
        """Home's figure."""
        return self.notes.sum + self.excess.sum


def available_credit(actor: Actor, currencies: Iterable[str]) -> tuple[AvailableCredit, ...]:
    """All credit that is left, by currency; four statements.

    Args:
        actor: a contact person with *view billing*, or staff.
        currencies: which; those without any credit are left out.

    Raises:
        ForbiddenError: the person may not see billing.
    """
    wanted = list(currencies)
    notes = CreditNote.objects.visible_to(actor).filter(balance__gt=0, currency__in=wanted)
    payments = Payment.objects.visible_to(actor).filter(unused__gt=0, currency__in=wanted)
    note_parts, payment_parts = _parts(notes, "total", "balance"), _parts(payments, "amount", "unused")
    return tuple(
        AvailableCredit(
            currency,
            note_parts.get(currency, _nothing(currency)),
            payment_parts.get(currency, _nothing(currency)),
        )
        for currency in wanted
        if currency in note_parts or currency in payment_parts
    )


def currencies_with_credit(actor: Actor) -> tuple[str, ...]:
    """The currencies in which any credit is left; one statement."""
    notes = CreditNote.objects.visible_to(actor).filter(balance__gt=0).values_list("currency", flat=True)
    payments = Payment.objects.visible_to(actor).filter(unused__gt=0).values_list("currency", flat=True)
    return tuple(sorted(notes.order_by().union(payments.order_by())))


def _parts(rows: QuerySet[Any, Any], whole: str, left: str) -> dict[str, Part]:
    sums = rows.order_by().values("currency").annotate(sum=Sum(left), number=Count("id"))
    shown: dict[str, list[Credit]] = {}
    columns = ("id", "number", "date", "currency", whole, left)
    for row in rows.order_by("date", "id").values(*columns)[:SHOWN]:
        money = (Money(row[name], row["currency"]) for name in (whole, left))
        shown.setdefault(row["currency"], []).append(Credit(row["id"], row["number"], row["date"], *money))
    return {
        row["currency"]: Part(
            Money(row["sum"], row["currency"]), row["number"], tuple(shown.get(row["currency"], ()))
        )
        for row in sums
    }


def _nothing(currency: str) -> Part:
    return Part(Money(Decimal(0), currency), 0, ())
