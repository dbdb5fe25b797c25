"""The statement of account: opening balance, what happened, closing balance (S8.1, S8.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import Max, Min

from portico.access.actors import ContactActor, Permission, require
from portico.access.scope import scope
from portico.customers.models import Address
from portico.kit.money import Money
from portico.ledger.models import Account, Balance, EntryKind, Posting
from portico.statements import words
from portico.statements.movements import (
    POSITION,
    Movement,
    count_movements,
    each_movement,
    movements,
    sums_by_kind,
)
from portico.statements.sources import NO_SOURCE, sources
from portico.statements.spans import Preset, Span, preset_span

CHARGES: Final = frozenset({EntryKind.INVOICE, EntryKind.OPENING_BALANCE})
"""What stands in the column of amounts; everything else stands under payments and credits."""

AT_ONCE: Final = 2_000
"""How many lines a streamed statement reads at once."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a customer stands in one currency now."""

    currency: str
    balance_due: Money
    """Receivable less credit; below zero, the organisation owes the customer."""
    retainer_left: Money


@dataclass(frozen=True, slots=True)
class Line:
    """One transaction: `charge` and `payment` are its effect on the balance, one of them is None."""

    day: date
    title: str
    details: tuple[str, ...]
    charge: Money | None
    payment: Money | None
    balance: Money
    invoice_id: UUID | None = None
    payment_id: UUID | None = None
    credit_note_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """The account summary; each is the effect on the balance, so the six add up to what the period moved."""

    brought_forward: Money
    invoiced: Money
    received: Money
    credited: Money
    refunded: Money
    written_off: Money


@dataclass(frozen=True, slots=True)
class Rest:
    """The lines a page leaves out, added up."""

    count: int
    charge: Money
    payment: Money


@dataclass(frozen=True, slots=True)
class Statement:
    """One customer's statement in one currency; opening + lines + rest = closing, to the cent."""

    currency: str
    span: Span
    opening: Money
    closing: Money
    summary: Summary
    lines: tuple[Line, ...]
    rest: Rest | None


def standings(actor: ContactActor, base_currency: str) -> tuple[Standing, ...]:
    """One for each currency the customer ever had, its own first; at least that one. One statement.

    Args:
        actor: a contact person with *view billing*.
        base_currency: the customer's own currency.

    Raises:
        ForbiddenError: the person may not see amounts.
    """
    require(actor, Permission.VIEW_BILLING)
    amounts: dict[str, dict[str, Money]] = {base_currency: {}}
    for row in Balance.objects.visible_to(actor).filter(account__in=[*POSITION, Account.RETAINER]):
        amounts.setdefault(row.currency, {})[row.account] = row.amount
    order = sorted(amounts, key=lambda currency: (currency != base_currency, currency))
    return tuple(_standing(currency, amounts[currency]) for currency in order)


def _standing(currency: str, amounts: Mapping[str, Money]) -> Standing:
    zero = Money.zero(currency)
    receivable, credit, retainer = (
        amounts.get(account, zero) for account in (Account.RECEIVABLE, Account.CREDIT, Account.RETAINER)
    )
    return Standing(currency, receivable + credit, -retainer)  # credit stands below zero


def span_of(actor: ContactActor, currency: str, preset: Preset, today: date) -> Span:
    """The days of a preset; “all” goes from the first transaction to the last, and to today at least."""
    if preset is not Preset.ALL:
        return preset_span(preset, today)
    require(actor, Permission.VIEW_BILLING)
    found = (
        Posting.objects.visible_to(actor)
        .filter(currency=currency, account__in=POSITION)
        .aggregate(first=Min("day"), last=Max("day"))
    )
    first, last = found["first"] or today, found["last"] or today
    return Span(min(first, today), max(last, today))


def opening_balance(actor: ContactActor, currency: str, first: date) -> Money:
    """What was owed when the day began; from months' sums and the days of a broken month."""
    sums = sums_by_kind(actor, currency, None, first - timedelta(days=1))
    return Money(sum(sums.values(), Decimal(0)), currency)


def statement(actor: ContactActor, currency: str, span: Span, *, limit: int | None = None) -> Statement:
    """The statement for these days, its words in the active language.

    Args:
        actor: a contact person with *view billing*.
        currency: one of the customer's currencies.
        span: first and last day, both within.
        limit: at most so many lines; what is left out is added up in `rest`.

    Raises:
        ForbiddenError: the person may not see amounts.
    """
    opening = opening_balance(actor, currency, span.first)
    moved = movements(actor, currency, span, limit=None if limit is None else limit + 1)
    sums = sums_by_kind(actor, currency, span.first, span.last)
    cut = moved if limit is None else moved[:limit]
    lines = tuple(_lines(actor, currency, cut, opening))
    closing = opening + Money(sum(sums.values(), Decimal(0)), currency)
    rest = _rest(actor, currency, span, sums, lines) if len(cut) < len(moved) else None
    return Statement(currency, span, opening, closing, _summary(currency, sums), lines, rest)


def each_line(
    actor: ContactActor, currency: str, span: Span, *, at_once: int = AT_ONCE
) -> Iterator[Line | Money]:
    """The opening balance, then every line, for a file that is streamed; opens a scope for each part it reads."""
    with scope(actor, read_only=True):
        balance = opening_balance(actor, currency, span.first)
    yield balance
    chunks = each_movement(actor, currency, span, at_once=at_once)
    while True:
        with scope(actor, read_only=True):
            chunk = next(chunks, None)
            lines = list(_lines(actor, currency, chunk or [], balance))
        if not lines:
            return
        yield from lines
        balance = lines[-1].balance


def billing_lines(actor: ContactActor) -> list[str]:
    """The lines of the customer's billing address, in the active language; none where it has none."""
    address = Address.objects.visible_to(actor).filter(kind=Address.Kind.BILLING).first()
    return address.shown_lines if address else []


def _lines(actor: ContactActor, currency: str, moved: list[Movement], balance: Money) -> Iterator[Line]:
    found = sources(actor, moved)
    for movement in moved:
        source = found.get(movement.source_id, NO_SOURCE)
        amount = Money(movement.amount, currency)
        balance += amount
        is_charge = movement.kind in CHARGES
        yield Line(
            day=movement.day,
            title=words.title(movement, source),
            details=words.details(movement, source, currency),
            charge=amount if is_charge else None,
            payment=None if is_charge else amount,
            balance=balance,
            invoice_id=source.invoice_id,
            payment_id=source.payment_id,
            credit_note_id=source.credit_note_id,
        )


def _summary(currency: str, sums: Mapping[EntryKind, Decimal]) -> Summary:
    def moved(*kinds: EntryKind) -> Money:
        return Money(sum((sums.get(kind, Decimal(0)) for kind in kinds), Decimal(0)), currency)

    return Summary(
        brought_forward=moved(EntryKind.OPENING_BALANCE),
        invoiced=moved(EntryKind.INVOICE),
        # An applied credit moves nothing; it is here so that nothing could ever be missing from the sum.
        received=moved(
            EntryKind.PAYMENT,
            EntryKind.RETAINER_PAYMENT,
            EntryKind.RETAINER_DRAWN,
            EntryKind.CREDIT_APPLIED,
            EntryKind.UNALLOCATED,
            EntryKind.TAKEN_BACK,
        ),
        credited=moved(EntryKind.CREDIT_NOTE),
        refunded=moved(EntryKind.REFUND),
        written_off=moved(EntryKind.WRITE_OFF),
    )


def _rest(
    actor: ContactActor, currency: str, span: Span, sums: Mapping[EntryKind, Decimal], lines: tuple[Line, ...]
) -> Rest:
    zero = Money.zero(currency)
    charge = Money(sum((sums.get(kind, Decimal(0)) for kind in CHARGES), Decimal(0)), currency)
    payment = Money(sum((sums[kind] for kind in sums.keys() - CHARGES), Decimal(0)), currency)
    for line in lines:
        charge -= line.charge or zero
        payment -= line.payment or zero
    return Rest(count_movements(actor, currency, span) - len(lines), charge, payment)
