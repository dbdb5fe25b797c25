"""Invoiced against paid, month by month (S3.7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from portico.access.actors import ContactActor
from portico.home.queries.parts import OWN, Rows, answers
from portico.kit.money import Money

SHOWN: Final = 12
"""How many months the chart has, this one included."""

MONTHS: Final = f"""
SELECT currency, month, account = 'receivable' AS invoiced, sum(amount)::text AS sum
  FROM ledger_period
 WHERE {OWN} AND month BETWEEN %(first_month)s AND %(last_month)s
   AND (account = 'receivable' AND kind = 'invoice' OR account = 'cash' AND kind IN ('payment', 'retainer_payment', 'taken_back'))
 GROUP BY currency, month, account
"""  # noqa: S608 (constants)
"""Invoiced is what invoices asked for less voids; paid is money received (payments, payments on retainer invoices)
less returns. Refunds, credits and write-offs are neither."""


@dataclass(frozen=True, slots=True)
class Month:
    """What was invoiced and what was paid in one calendar month, net of what was undone in it."""

    first_day: date
    invoiced: Money
    paid: Money


def months(actor: ContactActor, currencies: Sequence[str], today: date) -> dict[str, tuple[Month, ...]]:
    """Invoiced against paid for this month and the eleven before it, for each currency; one statement.

    Raises:
        ForbiddenError: the person may not see amounts.
    """
    (rows,) = answers(actor, MONTHS, **asked_months(today))
    return months_from(rows, currencies, today)


def asked_months(today: date) -> dict[str, date]:
    """The parameters that `MONTHS` names."""
    first, *_between, last = _firsts(today)
    return {"first_month": first, "last_month": last}


def months_from(rows: Rows, currencies: Sequence[str], today: date) -> dict[str, tuple[Month, ...]]:
    """The months of what `MONTHS` answered, the oldest first."""
    sums = {(row["currency"], row["month"], row["invoiced"]): Decimal(row["sum"]) for row in rows}

    def sum_of(currency: str, first: date, *, invoiced: bool) -> Money:
        return Money(sums.get((currency, first.isoformat(), invoiced), Decimal(0)), currency)

    return {
        currency: tuple(
            Month(first, sum_of(currency, first, invoiced=True), sum_of(currency, first, invoiced=False))
            for first in _firsts(today)
        )
        for currency in currencies
    }


def _firsts(today: date) -> list[date]:
    """The first days of the months shown."""
    number = today.year * 12 + today.month - 1
    return [date(each // 12, each % 12 + 1, 1) for each in range(number - SHOWN + 1, number + 1)]
