"""The rows of the list of invoices, and the sums over it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import Aggregate, Q, QuerySet, Sum
from django.db.models import Count as NumberOf

from portico.access.actors import Actor
from portico.invoices.models import DueTally, Invoice, InvoiceStatus, StatusTally
from portico.invoices.words import STANDINGS
from portico.kit.money import Money
from portico.payments.models import PENDING, AttemptAllocation
from portico.transactions.lists import Asked, Count, count_rows, read_page
from portico.transfers.models import NoticePart, NoticeState

_COLUMNS: Final = (
    "id",
    "number",
    "reference",
    "date",
    "due_date",
    "currency",
    "status",
    "total",
    "balance",
    "first_viewed_at",
    "total_thousandths",
    "balance_thousandths",
)
_LISTED: Final = (
    InvoiceStatus.SENT,
    InvoiceStatus.VIEWED,
    InvoiceStatus.PARTIALLY_PAID,
    InvoiceStatus.PAID,
)


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """One invoice as a list shows it; `on_its_way` is what a pending payment has reserved of the balance."""

    id: UUID
    number: str
    reference: str
    date: dt.date
    due_date: dt.date
    status: str
    total: Money
    balance: Money
    on_its_way: Money
    is_new: bool
    days_late: int

    @property
    def standing(self) -> str:
        """One of paid, void, pending, overdue, part, due: the design's status words."""
        return _standing(self.status, self.balance, self.on_its_way, self.days_late)

    @property
    def settled(self) -> Money:
        """What of the total is no longer owed, paid or otherwise; nothing of a void one is."""
        return (
            Money.zero(self.total.currency)
            if self.status == InvoiceStatus.VOID
            else self.total - self.balance
        )

    @property
    def can_be_paid(self) -> bool:
        """Whether something is open that no pending payment has reserved."""
        return self.balance > self.on_its_way


@dataclass(frozen=True, slots=True)
class Outstanding:
    """What is unpaid in one currency: past due, due later, and how many invoices."""

    currency: str
    late: Money
    later: Money
    late_count: int
    count: int

    @property
    def total(self) -> Money:
        """Home's figure."""
        return self.late + self.later


@dataclass(frozen=True, slots=True)
class InvoiceList:
    """One page of the list: rows by section, with the links' parameters and the length of the whole list."""

    sections: tuple[tuple[InvoiceRow, ...], ...]
    offset: int | None
    previous: str | None
    next: str | None
    count: Count
    outstanding: tuple[Outstanding, ...]

    @property
    def rows(self) -> tuple[InvoiceRow, ...]:
        """All rows of the page, in order."""
        return tuple(row for section in self.sections for row in section)


def standing_of(invoice: Invoice, on_its_way: Money, today: dt.date) -> str:
    """How an invoice stands, in the words of InvoiceRow.standing."""
    return _standing(invoice.status, invoice.balance, on_its_way, (today - invoice.due_date).days)


def standing_in_words(values: Mapping[str, Any], today: dt.date) -> str:
    """How an invoice stands, for a file: as in the list, but for payments on their way, which come and go."""
    balance = Money(values["balance"], values["currency"])
    late = (today - values["due_date"]).days
    return str(STANDINGS[_standing(values["status"], balance, Money.zero(balance.currency), late)])


def _standing(status: str, balance: Money, on_its_way: Money, days_late: int) -> str:
    if status in {InvoiceStatus.PAID, InvoiceStatus.VOID}:
        return status
    if on_its_way and on_its_way >= balance:
        return "pending"
    if days_late > 0:
        return "overdue"
    return "part" if status == InvoiceStatus.PARTIALLY_PAID else "due"


def outstanding(actor: Actor, today: dt.date) -> tuple[Outstanding, ...]:
    """What is unpaid, by currency, from the tallies: the same cost for any number of invoices. One statement.

    Raises:
        ForbiddenError: the person may not see billing.
    """
    tallies = DueTally.objects.visible_to(actor).filter(count__gt=0)
    return _by_currency(tallies, today, Sum, "count")


def all_count(actor: Actor) -> tuple[int, tuple[str, ...]]:
    """How many invoices the tab “All” holds, and in which currencies the customer has any. One statement."""
    rows = list(
        StatusTally.objects.visible_to(actor)
        .exclude(status=InvoiceStatus.DRAFT)
        .filter(count__gt=0)
        .values_list("currency", "status", "count")
    )
    listed = sum(number for _currency, status, number in rows if status in _LISTED)
    return listed, tuple(sorted({currency for currency, _status, _number in rows}))


def invoice_list(actor: Actor, asked: Asked, *, unpaid: Sequence[Outstanding], listed: int) -> InvoiceList:
    """One page of what was asked for: at most two statements for rows, one for sums, one for what is on its way.

    Args:
        actor: a contact person with *view billing*, or staff.
        asked: from lists.read(), without problems.
        unpaid: from outstanding(), which an unfiltered tab “Outstanding” adds up to.
        listed: from all_count(), which an unfiltered tab “All” counts.
    """
    rows = Invoice.objects.visible_to(actor).filter(asked.rows)
    page = read_page(rows.values(*_COLUMNS), asked.sections, asked.order, asked.cursor, asked.size)
    if asked.tab.sections:
        if asked.is_filtered:
            unpaid = _by_currency(rows.filter(balance__gt=0), asked.today, NumberOf, "id")
        count = Count(sum(each.count for each in unpaid))
    else:
        count = page.whole or (count_rows(rows) if asked.is_filtered else Count(listed))
    pending = on_its_way(actor, [values["id"] for _section, values in page.rows if values["balance"]])
    sections: list[list[InvoiceRow]] = [[] for _each in asked.sections]
    for section, values in page.rows:
        sections[section].append(_row(values, pending, asked.today))
    return InvoiceList(
        tuple(map(tuple, sections)), page.offset, page.previous, page.next, count, tuple(unpaid)
    )


def payable(actor: Actor, invoice_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the invoices on which something is open; one statement.

    Raises:
        ForbiddenError: the person may not see billing.
    """
    found = Invoice.objects.visible_to(actor).filter(pk__in=list(invoice_ids), balance__gt=0)
    return set(found.values_list("pk", flat=True))


def on_its_way(actor: Actor, invoice_ids: Iterable[UUID]) -> dict[UUID, Decimal]:
    """How much of each invoice pending payments and notices of transfers have reserved, in its currency; one statement."""
    ids = list(invoice_ids)
    if not ids:
        return {}
    attempts = AttemptAllocation.objects.visible_to(actor).filter(
        invoice_id__in=ids, attempt__state__in=PENDING
    )
    said = NoticePart.objects.visible_to(actor).filter(invoice_id__in=ids, notice__state=NoticeState.AWAITING)
    sums = [each.values_list("invoice_id").annotate(sum=Sum("amount")) for each in (attempts, said)]
    held: dict[UUID, Decimal] = {}
    for invoice_id, amount in sums[0].union(sums[1], all=True):
        held[invoice_id] = held.get(invoice_id, Decimal(0)) + amount
    return held


def _row(values: Mapping[str, Any], pending: Mapping[UUID, Decimal], today: dt.date) -> InvoiceRow:
    currency = values["currency"]
    return InvoiceRow(
        id=values["id"],
        number=values["number"],
        reference=values["reference"],
        date=values["date"],
        due_date=values["due_date"],
        status=values["status"],
        total=Money(values["total"], currency),
        balance=Money(values["balance"], currency),
        on_its_way=Money(pending.get(values["id"], Decimal(0)), currency),
        is_new=values["status"] == InvoiceStatus.SENT and values["first_viewed_at"] is None,
        days_late=(today - values["due_date"]).days if values["balance"] else 0,
    )


def _by_currency(
    rows: QuerySet[Any, Any], today: dt.date, number: Callable[..., Aggregate], column: str
) -> tuple[Outstanding, ...]:
    """Sums of `balance` by currency, split at today; how many by `number` over `column`."""
    late, later = Q(due_date__lt=today), Q(due_date__gte=today)
    found = (
        rows.order_by()
        .values("currency")
        .annotate(
            late_sum=Sum("balance", filter=late, default=Decimal(0)),
            later_sum=Sum("balance", filter=later, default=Decimal(0)),
            late_number=number(column, filter=late),
            all_number=number(column),
        )
        .order_by("currency")
    )
    return tuple(
        Outstanding(
            row["currency"],
            Money(row["late_sum"], row["currency"]),
            Money(row["later_sum"], row["currency"]),
            row["late_number"] or 0,
            row["all_number"],
        )
        for row in found
    )
