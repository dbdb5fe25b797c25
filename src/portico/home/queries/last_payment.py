"""The last payment, and what it was applied to (S3.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from portico.access.actors import ContactActor
from portico.home.queries.parts import OWN, Rows, answers
from portico.kit.money import Money
from portico.payments.models import PaymentMode

NAMED: Final = 4
"""How many invoices of the last payment are named; the receipt has them all."""

LAST: Final = f"""
SELECT p.*, r.number AS retainer_number,
       (SELECT count(*) FROM payments_allocation a
         WHERE a.payment_id = p.id AND a.customer_id = %(customer)s AND a.reversed_at IS NULL AND a.amount > a.taken) AS applied_count,
       (SELECT coalesce(json_agg(named), '[]')
          FROM (SELECT i.id, i.number, (a.amount - a.taken)::text AS amount
                  FROM payments_allocation a JOIN invoices_invoice i ON i.id = a.invoice_id
                 WHERE a.payment_id = p.id AND a.customer_id = %(customer)s AND a.reversed_at IS NULL
                   AND a.amount > a.taken
                 ORDER BY a.id LIMIT {NAMED}) AS named) AS applied
  FROM (SELECT id, number, date, currency, mode, method_label, reference, retainer_id, amount::text AS amount,
               retained::text AS retained, unused::text AS unused
          FROM payments_payment
         WHERE {OWN} AND voided_at IS NULL AND returned_at IS NULL
         ORDER BY payments_payment.date DESC, id DESC LIMIT 1) p
  LEFT JOIN retainers_retainerinvoice r ON r.id = p.retainer_id
"""  # noqa: S608 (constants)


@dataclass(frozen=True, slots=True)
class Applied:
    """What part of a payment went to which invoice or retainer invoice."""

    number: str
    amount: Money
    invoice_id: UUID | None = None
    retainer_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class LastPayment:
    """The latest payment (S3.2): allocations are the first few, with how many more there are."""

    id: UUID
    number: str
    date: date
    amount: Money
    method: str
    reference: str
    applied: tuple[Applied, ...]
    more: int
    unused: Money


def last_payment(actor: ContactActor) -> LastPayment | None:
    """The latest payment that stands, with what it was applied to; one statement.

    Raises:
        ForbiddenError: the person may not see amounts.
    """
    (rows,) = answers(actor, LAST)
    return last_from(rows)


def last_from(rows: Rows) -> LastPayment | None:
    """The payment that `LAST` answered; None where there is none yet."""
    if not rows:
        return None
    (row,) = rows

    def money(text: str) -> Money:
        return Money(Decimal(text), row["currency"])

    applied = [Applied(each["number"], money(each["amount"]), UUID(each["id"])) for each in row["applied"]]
    if row["retainer_number"]:
        retainer_id = UUID(row["retainer_id"])
        applied.append(Applied(row["retainer_number"], money(row["retained"]), retainer_id=retainer_id))
    return LastPayment(
        id=UUID(row["id"]),
        number=row["number"],
        date=date.fromisoformat(row["date"]),
        amount=money(row["amount"]),
        method=row["method_label"] or str(PaymentMode(row["mode"]).label),
        reference=row["reference"],
        applied=tuple(applied),
        more=row["applied_count"] - len(row["applied"]),
        unused=money(row["unused"]),
    )
