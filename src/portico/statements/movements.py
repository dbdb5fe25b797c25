"""What moved a customer's position (receivable less credit), read from the ledger: sums and single movements.

Applying a credit moves receivable and credit against each other and so moves nothing; retainers are no
receivables until they are drawn. docs/guides says how each transaction moves the balance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from portico.access.actors import ContactActor, Permission, require
from portico.ledger.models import Account, EntryKind, Period, Posting
from portico.statements.spans import Span

POSITION: Final = (Account.RECEIVABLE, Account.CREDIT)
"""The two accounts that make up what a customer owes. The literal list is that of the index for statements."""


@dataclass(frozen=True, slots=True)
class Movement:
    """One entry's effect on the position; `credit` is the part that became (below zero) the customer's credit."""

    day: date
    entry_id: UUID
    kind: EntryKind
    source_id: UUID
    is_reversal: bool
    amount: Decimal
    credit: Decimal


def sums_by_kind(
    actor: ContactActor, currency: str, first: date | None, last: date
) -> dict[EntryKind, Decimal]:
    """How far each kind of transaction moved the position from `first` (or ever) to `last`, both within.

    Whole months come from their kept sums and only the days of broken months from postings, in one statement:
    the cost is that of the months, not of the history.
    """
    require(actor, Permission.VIEW_BILLING)
    after = last + timedelta(days=1)
    months_end = after.replace(day=1)
    if first is None:
        whole, broken = Q(month__lt=months_end), Q(day__gte=months_end, day__lt=after)
    else:
        months_begin = first if first.day == 1 else _next_month(first)
        if months_begin >= months_end:
            whole, broken = Q(pk__in=[]), Q(day__gte=first, day__lt=after)
        else:
            whole = Q(month__gte=months_begin, month__lt=months_end)
            broken = Q(day__gte=first, day__lt=months_begin) | Q(day__gte=months_end, day__lt=after)
    mine = Q(currency=currency, account__in=POSITION)
    periods = (
        Period.objects.visible_to(actor).filter(mine, whole).values_list("kind").annotate(sum=Sum("amount"))
    )
    days = (
        Posting.objects.visible_to(actor).filter(mine, broken).values_list("kind").annotate(sum=Sum("amount"))
    )
    sums: dict[EntryKind, Decimal] = {}
    for kind, amount in periods.order_by().union(days.order_by(), all=True):
        sums[EntryKind(kind)] = sums.get(EntryKind(kind), Decimal(0)) + amount
    return sums


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def movements(
    actor: ContactActor, currency: str, span: Span, *, after: Movement | None = None, limit: int | None = None
) -> list[Movement]:
    """The movements within the days, oldest first; those of one day in the order they were posted.

    Args:
        actor: a contact person with *view billing*.
        currency: which of the customer's currencies.
        span: the days.
        after: go on behind this one.
        limit: at most so many.
    """
    require(actor, Permission.VIEW_BILLING)
    rows = _grouped(actor, currency, span)
    if after is not None:
        rows = rows.filter(
            Q(day__gt=after.day) | Q(day=after.day, entry__gt=after.entry_id), day__gte=after.day
        )
    rows = rows.order_by("day", "entry_id")
    return [
        Movement(
            row["day"],
            row["entry_id"],
            EntryKind(row["kind"]),
            row["entry__source_id"],
            row["entry__reverses_id"] is not None,
            row["moved"],
            row["credit"],
        )
        for row in (rows if limit is None else rows[:limit])
    ]


def each_movement(
    actor: ContactActor, currency: str, span: Span, *, at_once: int
) -> Iterator[list[Movement]]:
    """All movements within the days, so many at once."""
    last: Movement | None = None
    while True:
        chunk = movements(actor, currency, span, after=last, limit=at_once)
        if chunk:
            yield chunk
        if len(chunk) < at_once:
            return
        last = chunk[-1]


def count_movements(actor: ContactActor, currency: str, span: Span) -> int:
    """How many movements the days have."""
    require(actor, Permission.VIEW_BILLING)
    return _grouped(actor, currency, span).count()


def _grouped(actor: ContactActor, currency: str, span: Span) -> QuerySet[Posting, Any]:
    return (
        Posting.objects.visible_to(actor)
        .filter(currency=currency, account__in=POSITION, day__gte=span.first, day__lte=span.last)
        .values("day", "entry_id", "kind", "entry__source_id", "entry__reverses_id")
        .annotate(
            moved=Sum("amount"), credit=Sum("amount", filter=Q(account=Account.CREDIT), default=Decimal(0))
        )
        .exclude(moved=0)
    )
