"""What the wholesaler's file adds up to, found with csv and Decimal alone: nothing of Portico is used here.

The rules are those of examples/online-retail.toml, said again: a number that begins with A is no document; one that
begins with C is a credit note over what is taken back, and must be above zero; every other one is an invoice.
"""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from itertools import islice
from pathlib import Path

PENNY = Decimal("0.01")


@dataclass
class Sums:
    """Counts, and what each customer was charged less what was credited, in pounds."""

    invoices: int = 0
    credit_notes: int = 0
    rejected: list[str] = field(default_factory=list)
    rejected_amount: Decimal = Decimal(0)
    invoiced: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    credited: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    invoices_of: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    every_line: Decimal = Decimal(0)
    """Quantity times price over all lines, rejected ones and all."""

    @property
    def totals(self) -> dict[str, Decimal]:
        """By customer number; COUNTER for sales without one."""
        return {each: self.invoiced[each] - self.credited[each] for each in {*self.invoiced, *self.credited}}


def independent_sum(file: Path, lines: int | None = None) -> Sums:
    """Add up the file, or its first so many lines."""
    with gzip.open(file, "rt", encoding="utf-8", newline="") as stream:
        return add_up(islice(csv.DictReader(stream), lines))


def add_up(rows: Iterable[dict[str, str]]) -> Sums:
    """Add up the rows."""
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    customers: dict[str, str] = {}
    sums = Sums()
    for row in rows:
        amount = (Decimal(row["Quantity"]) * Decimal(row["Price"])).quantize(PENNY, ROUND_HALF_UP)
        amounts[row["Invoice"]] += amount
        sums.every_line += amount
        customers[row["Invoice"]] = row["Customer ID"] or "COUNTER"
    for number, amount in amounts.items():
        customer = customers[number]
        if number.startswith("A") or (number.startswith("C") and amount >= 0):
            sums.rejected.append(number)
            sums.rejected_amount += amount
        elif number.startswith("C"):
            sums.credit_notes += 1
            sums.credited[customer] += -amount
        else:
            sums.invoices += 1
            sums.invoices_of[customer] += 1
            sums.invoiced[customer] += amount
    return sums
