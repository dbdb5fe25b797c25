"""The rows of the list of sales orders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from portico.access.actors import Actor
from portico.kit.money import Money
from portico.sales_orders.models import SalesOrder
from portico.sales_orders.states import OrderStatus, standing_of
from portico.transactions.lists import Asked, Count, count_rows, read_page

COLUMNS: Final = (
    "id",
    "number",
    "reference",
    "date",
    "expected_on",
    "currency",
    "status",
    "shipped_status",
    "invoiced_status",
    "paid_status",
    "total",
    "first_viewed_at",
    "total_thousandths",
)


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order as a list shows it; `invoiced` and `paid` are empty for who may not see billing (S1.5)."""

    id: UUID
    number: str
    reference: str
    date: dt.date
    expected_on: dt.date | None
    standing: str
    invoiced: str
    paid: str
    total: Money
    is_new: bool


@dataclass(frozen=True, slots=True)
class OrderList:
    """One page of the list, with the links' parameters and the length of the whole list."""

    rows: tuple[OrderRow, ...]
    offset: int | None
    previous: str | None
    next: str | None
    count: Count


def order_list(actor: Actor, asked: Asked, *, whole: int, billing: bool) -> OrderList:
    """One page of what was asked for; at most three statements.

    Args:
        actor: a contact person with *view orders*, or staff.
        asked: from lists.read(), without problems.
        whole: how many rows the tab holds without a filter, from order_counts().
        billing: whether the reader may know what was invoiced and paid.
    """
    rows = SalesOrder.objects.visible_to(actor).filter(asked.rows)
    page = read_page(rows.values(*COLUMNS), asked.sections, asked.order, asked.cursor, asked.size)
    count = page.whole
    if count is None:
        held = rows.filter(asked.sections[0])
        count = count_rows(held) if asked.is_filtered else Count(whole)
    return OrderList(
        tuple(row_of(values, billing=billing) for _section, values in page.rows),
        page.offset,
        page.previous,
        page.next,
        count,
    )


def row_of(values: Mapping[str, Any], *, billing: bool) -> OrderRow:
    """A row of COLUMNS as a list shows it."""
    return OrderRow(
        id=values["id"],
        number=values["number"],
        reference=values["reference"],
        date=values["date"],
        expected_on=values["expected_on"],
        standing=standing_of(
            values["status"], values["shipped_status"], values["invoiced_status"], billing=billing
        ),
        invoiced=values["invoiced_status"] if billing else "",
        paid=values["paid_status"] if billing else "",
        total=Money(values["total"], values["currency"]),
        is_new=values["first_viewed_at"] is None and values["status"] == OrderStatus.CONFIRMED,
    )
