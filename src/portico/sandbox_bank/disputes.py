"""Disputes: a payer's bank takes money back until it is decided who is right."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Final

from portico.sandbox_bank import events, ids
from portico.sandbox_bank.accounts import Account, Work
from portico.sandbox_bank.payments import find_payment
from portico.sandbox_bank.problems import Problem, missing

EVIDENCE_MS: Final = 7 * 24 * 3600 * 1000
"""How long evidence is taken."""
REASONS: Final = {
    "fraudulent": "The card holder says that they did not make this payment.",
    "not_received": "The card holder says that the goods did not come.",
    "duplicate": "The card holder says that they were charged twice.",
}


@dataclass(frozen=True)
class Dispute:
    """One dispute; ``amount`` in minor units of ``currency``. While it is open, and when lost, the money is gone."""

    position: int
    id: str
    payment: str
    status: str
    amount: int
    currency: str
    reason: str
    evidence_due: int
    created: int
    updated: int

    def public(self) -> dict[str, object]:
        """What the API shows."""
        return {
            "id": self.id,
            "status": self.status,
            "payment": self.payment,
            "amount": self.amount,
            "currency": self.currency,
            "reason": self.reason,
            "message": REASONS[self.reason],
            "evidence_due": ids.iso(self.evidence_due),
            "created": ids.iso(self.created),
        }


def open_dispute(work: Work, payment_id: str, *, amount: int | None, reason: str) -> Dispute:
    """Take some or all of a succeeded payment back.

    Raises:
        Problem: 404 when there is no such payment, 422 when it has not succeeded or less than that is left.
    """
    payment = find_payment(work.db, work.account, payment_id)
    if payment.status != "succeeded":
        detail = f"A payment that is {payment.status} cannot be disputed."
        raise Problem(422, "payment_not_disputable", detail, param="payment")
    gone = sum(each.amount for each in disputes_of(work.db, payment.id) if each.status != "won")
    left = payment.amount - gone
    amount = left if amount is None else amount
    if not 0 < amount <= left:
        raise Problem(422, "dispute_too_large", f"At most {left} can be disputed.", param="amount")
    dispute_id = ids.new_id("dp")
    work.db.execute(
        "INSERT INTO disputes (id, payment, status, amount, currency, reason, evidence_due, created, updated)"
        " VALUES (?, ?, 'open', ?, ?, ?, ?, ?, ?)",
        (
            *(dispute_id, payment.id, amount, payment.currency, reason),
            *(work.now + EVIDENCE_MS, work.now, work.now),
        ),
    )
    work.db.execute(
        "UPDATE payments SET amount_disputed = amount_disputed + ?, updated = ? WHERE id = ?",
        (amount, work.now, payment.id),
    )
    return _tell(work, dispute_id, "dispute.opened")


def decide(work: Work, dispute_id: str, *, won: bool) -> Dispute:
    """The bank decides; a dispute that is decided stays so.

    Raises:
        Problem: 404 when there is none.
    """
    dispute = find_dispute(work.db, work.account, dispute_id)
    if dispute.status != "open":
        return dispute
    status = "won" if won else "lost"
    work.db.execute(
        "UPDATE disputes SET status = ?, updated = ? WHERE id = ?", (status, work.now, dispute.id)
    )
    return _tell(work, dispute_id, f"dispute.{status}")


def find_dispute(db: sqlite3.Connection, account: Account, dispute_id: str) -> Dispute:
    """The account's dispute; Problem 404 where there is none."""
    row = db.execute(
        "SELECT disputes.* FROM disputes JOIN payments ON payments.id = disputes.payment"
        " WHERE disputes.id = ? AND payments.account = ?",
        (dispute_id, account.id),
    ).fetchone()
    if row is None:
        raise missing("dispute")
    return Dispute(**dict(row))


def disputes_of(db: sqlite3.Connection, payment_id: str) -> list[Dispute]:
    """The disputes of a payment, newest first."""
    rows = db.execute("SELECT * FROM disputes WHERE payment = ? ORDER BY position DESC", (payment_id,))
    return [Dispute(**dict(row)) for row in rows]


def _tell(work: Work, dispute_id: str, kind: str) -> Dispute:
    dispute = find_dispute(work.db, work.account, dispute_id)
    shown = find_payment(work.db, work.account, dispute.payment).public(work.origin)
    data: dict[str, object] = {"payment": shown, "dispute": dispute.public()}
    events.record(work, kind, payment_id=dispute.payment, data=data)
    return dispute
