"""The invoices that are due next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from portico.access.actors import ContactActor
from portico.home.queries.parts import OWN, Rows, answers
from portico.invoices.models import Invoice
from portico.invoices.queries import standing_of
from portico.kit.money import Money
from portico.payments.models import PENDING

LISTED: Final = 5
"""How many invoices Home lists."""

NEXT: Final = f"""
SELECT id, number, currency, due_date, status, balance::text AS balance,
       (SELECT coalesce(sum(a.amount), 0)::text
          FROM payments_attemptallocation a JOIN payments_paymentattempt t ON t.id = a.attempt_id
         WHERE a.invoice_id = i.id AND a.customer_id = %(customer)s AND t.state = ANY(%(pending)s)) AS on_its_way
  FROM invoices_invoice i
 WHERE {OWN} AND status <> 'draft' AND balance > 0
 ORDER BY due_date, id
 LIMIT {LISTED}
"""  # noqa: S608 (constants)


@dataclass(frozen=True, slots=True)
class NextInvoice:
    """An open invoice; `standing` is a key of invoices.words.STANDINGS."""

    id: UUID
    number: str
    due_date: date
    balance: Money
    standing: str


def next_to_pay(actor: ContactActor, today: date) -> tuple[NextInvoice, ...]:
    """The first few open invoices by due date; one statement.

    Raises:
        ForbiddenError: the person may not see amounts.
    """
    (rows,) = answers(actor, NEXT, pending=list(PENDING))
    return next_from(rows, today)


def next_from(rows: Rows, today: date) -> tuple[NextInvoice, ...]:
    """The invoices that `NEXT` answered."""
    found = []
    for row in rows:
        due_date = date.fromisoformat(row["due_date"])
        balance = Money(Decimal(row["balance"]), row["currency"])
        reserved = Money(Decimal(row["on_its_way"]), row["currency"])
        invoice = Invoice(status=row["status"], due_date=due_date, currency=row["currency"], balance=balance)
        standing = standing_of(invoice, reserved, today)
        found.append(NextInvoice(UUID(row["id"]), row["number"], due_date, balance, standing))
    return tuple(found)
