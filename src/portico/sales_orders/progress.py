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
    """One line: its name, how many were ordered, and what else there is: (words, quantity, whether it matters)."""

    name: str
    ordered: str
    facts: tuple[tuple[str, str, bool], ...]


def line_progress(document: OrderDocument, language: str) -> tuple[Progress, ...]:
    """What became of the order's lines, in the active language; empty where nothing has happened to any.

    What was invoiced is left out for who may not see billing (S1.5).
    """
    lines = tuple(
        Progress(
            line.name,
            quantity_text(line.quantity, line.unit, language),
            tuple(
                (words, quantity_text(quantity, "", language), matters)
                for words, quantity, matters in _quantities(document, line)
                if quantity
            ),
        )
        for line in document.lines
    )
    return lines if any(line.facts for line in lines) else ()


def _quantities(document: OrderDocument, line: SalesOrderLine) -> list[tuple[str, Decimal, bool]]:
    """In the order in which things happen."""
    return [
        (_("Packed"), line.packed, False),
        (_("Shipped"), line.shipped, False),
        (_("Delivered"), line.delivered, False),
        (_("Back-ordered"), line.back_ordered(document.order), True),
        (_("Returned"), line.returned, False),
        (_("Cancelled"), line.cancelled, True),
        (_("Invoiced"), line.invoiced if document.billing else Decimal(0), False),
    ]
