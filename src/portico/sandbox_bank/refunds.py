"""Refunds: money of a payment that goes back, in part or whole, never more than was charged."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from portico.sandbox_bank import events, ids
from portico.sandbox_bank.accounts import Account, Work
from portico.sandbox_bank.payments import find_payment
from portico.sandbox_bank.problems import Problem, missing


@dataclass(frozen=True)
class Refund:
    """One refund; ``amount`` in minor units of ``currency``. A refund here always succeeds at once."""

    position: int
    id: str
    payment: str
    amount: int
    currency: str
    reference: str
    created: int

    def public(self) -> dict[str, object]:
        """What the API shows."""
        return {
            "id": self.id,
            "status": "succeeded",
            "payment": self.payment,
            "amount": self.amount,
            "currency": self.currency,
            "reference": self.reference,
            "created": ids.iso(self.created),
        }


def create_refund(work: Work, *, payment_id: str, amount: int, reference: str) -> Refund:
    """Pay back ``amount`` of a succeeded payment.

    Raises:
        Problem: 404 when there is no such payment, 422 when it has not succeeded or less than that is left.
    """
    payment = find_payment(work.db, work.account, payment_id)
    if payment.status != "succeeded":
        detail = f"A payment that is {payment.status} cannot be refunded."
        raise Problem(422, "payment_not_refundable", detail, param="payment")
    left = payment.amount - payment.amount_refunded
    if amount > left:
        raise Problem(422, "refund_too_large", f"At most {left} can be refunded.", param="amount")
    refund_id = ids.new_id("re")
    work.db.execute(
        "INSERT INTO refunds (id, payment, amount, currency, reference, created) VALUES (?, ?, ?, ?, ?, ?)",
        (refund_id, payment.id, amount, payment.currency, reference, work.now),
    )
    work.db.execute(
        "UPDATE payments SET amount_refunded = amount_refunded + ?, updated = ? WHERE id = ?",
        (amount, work.now, payment.id),
    )
    refund = find_refund(work.db, work.account, refund_id)
    shown = find_payment(work.db, work.account, payment.id).public(work.origin)
    data: dict[str, object] = {"payment": shown, "refund": refund.public()}
    events.record(work, "refund.succeeded", payment_id=payment.id, data=data)
    return refund


def find_refund(db: sqlite3.Connection, account: Account, refund_id: str) -> Refund:
    """The account's refund; Problem 404 where there is none."""
    row = db.execute(
        "SELECT refunds.* FROM refunds JOIN payments ON payments.id = refunds.payment"
        " WHERE refunds.id = ? AND payments.account = ?",
        (refund_id, account.id),
    ).fetchone()
    if row is None:
        raise missing("refund")
    return Refund(**dict(row))


def refunds_of(db: sqlite3.Connection, payment_id: str) -> list[Refund]:
    """The refunds of a payment, newest first."""
    rows = db.execute("SELECT * FROM refunds WHERE payment = ? ORDER BY position DESC", (payment_id,))
    return [Refund(**dict(row)) for row in rows]
