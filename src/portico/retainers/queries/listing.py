"""The rows of the list of retainer invoices, and the sums over it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import Count as NumberOf
from django.db.models import Q, QuerySet, Sum

from portico.access.actors import Actor
from portico.invoices.queries import Outstanding
from portico.kit.money import Money
from portico.payments.models import PENDING, AttemptAllocation
from portico.retainers.listing import AVAILABLE
from portico.retainers.models import RetainerInvoice, RetainerStatus
from portico.retainers.words import standing
from portico.transactions.lists import Asked, Count, count_rows, read_page

_COLUMNS: Final = (
    "id",
    "number",
    "reference",
    "date",
    "due_date",
    "currency",
    "status",
    "total",
    "paid",
    "balance",
    "available",
    "first_viewed_at",
    "total_thousandths",
    "balance_thousandths",
)


@dataclass(frozen=True, slots=True)
class RetainerRow:
    """One retainer invoice as a list shows it; `on_its_way` is what a pending payment has reserved of the balance."""

    id: UUID
    number: str
    reference: str
    date: dt.date
    due_date: dt.date
    status: str
    total: Money
    balance: Money
    available: Money
    on_its_way: Money
    is_new: bool
    days_late: int
    standing: str

    @property
    def can_be_paid(self) -> bool:
        """Whether something is open that no pending payment has reserved."""
        return self.balance > self.on_its_way


@dataclass(frozen=True, slots=True)
class RetainerList:
    """One page of the list: rows by section, the links' parameters, the sums.

    Attributes:
        outstanding: what is unpaid of the filtered rows, for the headings of Outstanding.
        available: what is left to use, by currency, where the list shows just that; else empty.
    """

    sections: tuple[tuple[RetainerRow, ...], ...]
    offset: int | None
    previous: str | None
    next: str | None
    count: Count
    outstanding: tuple[Outstanding, ...]
    available: tuple[Money, ...]

    @property
    def rows(self) -> tuple[RetainerRow, ...]:
        """All rows of the page, in order."""
        return tuple(row for section in self.sections for row in section)


def standing_of(retainer: RetainerInvoice, on_its_way: Money, today: dt.date) -> str:
    """How a retainer invoice stands: a key of retainers.words.STANDINGS."""
    return standing(
        retainer.status, retainer.balance, retainer.paid, on_its_way, (today - retainer.due_date).days
    )


def outstanding(actor: Actor, today: dt.date) -> tuple[Outstanding, ...]:
    """What is unpaid, by currency: Home's figure. One statement, which reads the open ones only.

    Raises:
        ForbiddenError: the person may not see billing.
    """
    return _by_currency(RetainerInvoice.objects.visible_to(actor).filter(balance__gt=0), today)


def currencies_asked_in(actor: Actor) -> tuple[str, ...]:
    """The currencies the customer has any retainer invoice in; one statement."""
    found = RetainerInvoice.objects.visible_to(actor).exclude(status=RetainerStatus.DRAFT)
    return tuple(sorted(found.order_by().values_list("currency", flat=True).distinct()))


def retainer_list(actor: Actor, asked: Asked, *, unpaid: tuple[Outstanding, ...]) -> RetainerList:
    """One page of what was asked for: at most two statements for rows, one for sums, one for what is on its way.

    Args:
        actor: a contact person with *view billing*, or staff.
        asked: from lists.read(), without problems.
        unpaid: from outstanding(), which an unfiltered tab “Outstanding” adds up to.
    """
    rows = RetainerInvoice.objects.visible_to(actor).filter(asked.rows)
    page = read_page(rows.values(*_COLUMNS), asked.sections, asked.order, asked.cursor, asked.size)
    if asked.tab.sections:
        if asked.is_filtered:
            unpaid = _by_currency(rows.filter(balance__gt=0), asked.today)
        count = Count(sum(each.count for each in unpaid))
    else:
        count = page.whole or count_rows(rows)
    pending = _on_its_way(actor, [values["id"] for _section, values in page.rows if values["balance"]])
    sections: list[list[RetainerRow]] = [[] for _each in asked.sections]
    for section, values in page.rows:
        sections[section].append(_row(values, pending, asked.today))
    only_available = [choice.name for choice in asked.choices] == [AVAILABLE]
    return RetainerList(
        tuple(map(tuple, sections)),
        page.offset,
        page.previous,
        page.next,
        count,
        tuple(unpaid),
        _available(rows) if only_available else (),
    )


def _on_its_way(actor: Actor, retainer_ids: Iterable[UUID]) -> dict[UUID, Decimal]:
    ids = list(retainer_ids)
    if not ids:
        return {}
    return dict(
        AttemptAllocation.objects.visible_to(actor)
        .filter(retainer_id__in=ids, attempt__state__in=PENDING)
        .values_list("retainer_id")
        .annotate(Sum("amount"))
    )


def _row(values: Mapping[str, Any], pending: Mapping[UUID, Decimal], today: dt.date) -> RetainerRow:
    currency = values["currency"]
    balance = Money(values["balance"], currency)
    on_its_way = Money(pending.get(values["id"], Decimal(0)), currency)
    days_late = (today - values["due_date"]).days if balance else 0
    return RetainerRow(
        id=values["id"],
        number=values["number"],
        reference=values["reference"],
        date=values["date"],
        due_date=values["due_date"],
        status=values["status"],
        total=Money(values["total"], currency),
        balance=balance,
        available=Money(values["available"], currency),
        on_its_way=on_its_way,
        is_new=values["status"] == RetainerStatus.SENT and values["first_viewed_at"] is None,
        days_late=days_late,
        standing=standing(values["status"], balance, Money(values["paid"], currency), on_its_way, days_late),
    )


def _available(rows: QuerySet[Any, Any]) -> tuple[Money, ...]:
    found = rows.order_by().values("currency").annotate(sum=Sum("available")).order_by("currency")
    return tuple(Money(row["sum"], row["currency"]) for row in found)


def _by_currency(rows: QuerySet[Any, Any], today: dt.date) -> tuple[Outstanding, ...]:
    late, later = Q(due_date__lt=today), Q(due_date__gte=today)
    found = (
        rows.order_by()
        .values("currency")
        .annotate(
            late_sum=Sum("balance", filter=late, default=Decimal(0)),
            later_sum=Sum("balance", filter=later, default=Decimal(0)),
            late_number=NumberOf("id", filter=late),
            number=NumberOf("id"),
        )
        .order_by("currency")
    )
    return tuple(
        Outstanding(
            row["currency"],
            Money(row["late_sum"], row["currency"]),
            Money(row["later_sum"], row["currency"]),
            row["late_number"],
            row["number"],
        )
        for row in found
    )
