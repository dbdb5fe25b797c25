"""The rows of the list of credit notes, and the sums over it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import Count as NumberOf
from django.db.models import F, QuerySet, Sum

from portico.access.actors import Actor
from portico.credit_notes.models import CreditNote, CreditNoteStatus
from portico.kit.money import Money
from portico.transactions.lists import Asked, Count, count_rows, read_page

_COLUMNS: Final = (
    "id",
    "number",
    "reference",
    "date",
    "currency",
    "status",
    "total",
    "balance",
    "first_viewed_at",
    "invoice_id",
    "total_thousandths",
    "balance_thousandths",
)


@dataclass(frozen=True, slots=True)
class CreditNoteRow:
    """One credit note as a list shows it; `status` is a key of credit_notes.words.STANDINGS."""

    id: UUID
    number: str
    reference: str
    date: dt.date
    status: str
    total: Money
    balance: Money
    invoice_id: UUID | None
    invoice_number: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of credit notes in one currency, and of how many."""

    amount: Money
    count: int


@dataclass(frozen=True, slots=True)
class CreditNoteList:
    """One page of the list: its rows, the links' parameters, and what is left of all that the tab “Open” holds."""

    rows: tuple[CreditNoteRow, ...]
    offset: int | None
    previous: str | None
    next: str | None
    count: Count
    left: tuple[Left, ...]


def credit_left(actor: Actor) -> tuple[Left, ...]:
    """What is left of credit notes, by currency; one statement, which reads the open ones only.

    Raises:
        ForbiddenError: the person may not see billing.
    """
    return _left(CreditNote.objects.visible_to(actor).filter(balance__gt=0))


def currencies_credited(actor: Actor) -> tuple[str, ...]:
    """The currencies the customer has any credit note in; one statement."""
    found = CreditNote.objects.visible_to(actor).exclude(status=CreditNoteStatus.DRAFT)
    return tuple(sorted(found.order_by().values_list("currency", flat=True).distinct()))


def credit_note_list(actor: Actor, asked: Asked, *, left: tuple[Left, ...]) -> CreditNoteList:
    """One page of what was asked for: one statement for rows, one for sums.

    Args:
        actor: a contact person with *view billing*, or staff.
        asked: from lists.read(), without problems.
        left: from credit_left(), which an unfiltered tab “Open” adds up to.
    """
    rows = CreditNote.objects.visible_to(actor).filter(asked.rows)
    columns = rows.values(*_COLUMNS, invoice_number=F("invoice__number"))
    page = read_page(columns, asked.sections, asked.order, asked.cursor, asked.size)
    if asked.tab.sections:
        if asked.is_filtered:
            left = _left(rows.filter(balance__gt=0))
        count = Count(sum(each.count for each in left))
    else:
        count = page.whole or count_rows(rows)
    listed = tuple(_row(values) for _section, values in page.rows)
    return CreditNoteList(listed, page.offset, page.previous, page.next, count, left)


def _left(rows: QuerySet[Any, Any]) -> tuple[Left, ...]:
    found = rows.order_by().values("currency").annotate(sum=Sum("balance"), number=NumberOf("id"))
    return tuple(
        Left(Money(row["sum"], row["currency"]), row["number"]) for row in found.order_by("currency")
    )


def _row(values: Mapping[str, Any]) -> CreditNoteRow:
    currency = values["currency"]
    return CreditNoteRow(
        id=values["id"],
        number=values["number"],
        reference=values["reference"],
        date=values["date"],
        status=values["status"],
        total=Money(values["total"], currency),
        balance=Money(values["balance"], currency),
        invoice_id=values["invoice_id"],
        invoice_number=values["invoice_number"] or "",
        is_new=values["status"] == CreditNoteStatus.OPEN and values["first_viewed_at"] is None,
    )
