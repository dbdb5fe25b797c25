"""What became of each line of an order, in words and numbers for its page."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from portico.sales_orders.models import SalesOrderLine
from portico.sales_orders.queries import OrderDocument
from portico.sales_orders.words import quantity_text


@dataclass(frozen=True, slots=True)
class Progress:
    """One line: its name, how many were ordered, and what else there is to say (words, quantity, tone)."""

    name: str
    ordered: str
    facts: tuple[tuple[str, str, str], ...]
    cells: tuple[str, ...]
    """Quantities in the order of the table's columns; empty where there is none."""


@dataclass(frozen=True, slots=True)
class ProgressTable:
    """Lines, and the columns that any of them fills in."""

    columns: tuple[str, ...]
    lines: tuple[Progress, ...]


def line_progress(document: OrderDocument, language: str) -> ProgressTable:
    """What became of the order's lines, in the active language; a column in which nothing stands is left out.

    What was invoiced is left out for who may not see billing (S1.5).
    """
    every = [_quantities(document, line) for line in document.lines]
    shown = [index for index in range(len(every[0])) if any(row[index][1] for row in every)] if every else []
    columns = tuple(every[0][index][0] for index in shown)
    lines = tuple(
        Progress(
            line.name,
            quantity_text(line.quantity, line.unit, language),
            tuple(
                (row[index][0], quantity_text(row[index][1], "", language), row[index][2])
                for index in shown
                if row[index][1]
            ),
            tuple(quantity_text(row[index][1], "", language) if row[index][1] else "" for index in shown),
        )
        for line, row in zip(document.lines, every, strict=True)
    )
    return ProgressTable(columns, lines)


def _quantities(document: OrderDocument, line: SalesOrderLine) -> list[tuple[str, Decimal, str]]:
    """Words, quantity and tone, in the order in which things happen."""
    invoiced = line.invoiced if document.billing else Decimal(0)
    return [
        (_("Packed"), line.packed, ""),
        (_("Shipped"), line.shipped, ""),
        (_("Delivered"), line.delivered, "ok"),
        (_("Back-ordered"), line.back_ordered(document.order), "warn"),
        (_("Returned"), line.returned, ""),
        (_("Cancelled"), line.cancelled, "muted"),
        (_("Invoiced"), invoiced, ""),
    ]
