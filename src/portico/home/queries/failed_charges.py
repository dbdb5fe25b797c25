"""Automatic charges that failed, of invoices that are open still (S6.8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from portico.home.queries.parts import Rows

SAID: Final = 3
"""How many are said one by one; the page of automatic payments has them all."""

FAILED: Final = f"""
SELECT c.invoice_id, i.number, p.method_label, c.charge_on, c.state = 'planned' AS again, count(*) OVER () AS all_of_them
  FROM autopay_autopaycharge c
  JOIN autopay_autopay p ON p.id = c.autopay_id
  JOIN invoices_invoice i ON i.id = c.invoice_id
 WHERE c.organisation_id = %(organisation)s AND c.customer_id = %(customer)s AND c.failures > 0
   AND c.state IN ('planned', 'failed') AND i.balance > 0
   AND NOT EXISTS (SELECT FROM autopay_autopaycharge later
                    WHERE later.invoice_id = c.invoice_id AND later.customer_id = %(customer)s
                      AND (later.announced_at, later.id) > (c.announced_at, c.id))
   AND NOT EXISTS (SELECT FROM payments_attemptallocation a JOIN payments_paymentattempt t ON t.id = a.attempt_id
                    WHERE a.invoice_id = c.invoice_id AND a.customer_id = %(customer)s AND t.state = ANY(%(pending)s))
   AND NOT EXISTS (SELECT FROM transfers_noticepart s JOIN transfers_transfernotice n ON n.id = s.notice_id
                    WHERE s.invoice_id = c.invoice_id AND s.customer_id = %(customer)s AND n.state = 'awaiting')
 ORDER BY c.charge_on DESC, c.id DESC
 LIMIT {SAID}
"""  # noqa: S608 (constants)
"""Without those that somebody is paying otherwise at the moment."""


@dataclass(frozen=True, slots=True)
class FailedCharge:
    """A charge that failed: of which invoice, to what, and the day on which it is tried again, if it is."""

    invoice_id: UUID
    number: str
    method: str
    again_on: date | None


@dataclass(frozen=True, slots=True)
class FailedCharges:
    """The newest of them, and how many more there are."""

    newest: tuple[FailedCharge, ...]
    more: int


def failed_from(rows: Rows) -> FailedCharges:
    """The charges that `FAILED` answered."""
    newest = tuple(
        FailedCharge(
            UUID(row["invoice_id"]),
            row["number"],
            row["method_label"],
            date.fromisoformat(row["charge_on"]) if row["again"] else None,
        )
        for row in rows
    )
    return FailedCharges(newest, rows[0]["all_of_them"] - len(newest) if rows else 0)
