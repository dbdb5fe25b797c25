"""Payments: what they are, and the moves they can make."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from typing import Final

from portico.sandbox_bank import events, ids
from portico.sandbox_bank.accounts import Account, Work
from portico.sandbox_bank.instruments import DECLINES, NEEDS_ACTION, RETURNED, RETURNS, Instrument
from portico.sandbox_bank.methods import find_method, save_method, spend_token
from portico.sandbox_bank.problems import Problem, missing

MOVES: Final = {
    "created": {"requires_action", "processing", "succeeded", "failed", "cancelled"},
    "requires_action": {"succeeded", "failed", "cancelled"},
    "processing": {"succeeded", "returned"},
    "succeeded": {"returned"},
    "failed": set[str](),
    "cancelled": set[str](),
    "returned": set[str](),
}


@dataclass(frozen=True)
class Payment:
    """One payment; ``amount`` and ``amount_refunded`` in minor units of ``currency``."""

    position: int
    id: str
    account: str
    status: str
    amount: int
    currency: str
    reference: str
    description: str
    return_url: str
    customer_reference: str
    save_method: bool
    method: str | None
    instrument: Instrument | None
    challenge: str | None
    failure_code: str | None
    failure_message: str | None
    amount_refunded: int
    due: int | None
    created: int
    updated: int
    amount_disputed: int

    def public(self, origin: str) -> dict[str, object]:
        """What the API shows; ``origin`` is the bank's own."""
        waiting = self.status == "requires_action"
        return {
            "id": self.id,
            "status": self.status,
            "amount": self.amount,
            "currency": self.currency,
            "reference": self.reference,
            "description": self.description,
            "return_url": self.return_url,
            "customer_reference": self.customer_reference,
            "save_method": self.save_method,
            "method": {"id": self.method, **self.instrument.public()} if self.instrument else None,
            "next_action": {"type": "redirect", "redirect_url": f"{origin}/3ds/{self.challenge}"}
            if waiting
            else None,
            "failure": {"code": self.failure_code, "message": self.failure_message}
            if self.failure_code
            else None,
            "amount_refunded": self.amount_refunded,
            "amount_disputed": self.amount_disputed,
            "created": ids.iso(self.created),
            "updated": ids.iso(self.updated),
        }


@dataclass(frozen=True)
class Order:
    """What a caller asks to be paid."""

    amount: int
    currency: str
    reference: str
    description: str
    return_url: str
    customer_reference: str
    save_method: bool
    token: str
    method: str


def _payment(row: sqlite3.Row) -> Payment:
    values = dict(row)
    values["instrument"] = Instrument.restored(values["instrument"]) if values["instrument"] else None
    values["save_method"] = bool(values["save_method"])
    return Payment(**values)


def find_payment(db: sqlite3.Connection, account: Account, payment_id: str) -> Payment:
    """The account's payment; Problem 404 where there is none."""
    row = db.execute(
        "SELECT * FROM payments WHERE id = ? AND account = ?", (payment_id, account.id)
    ).fetchone()
    if row is None:
        raise missing("payment")
    return _payment(row)


def find_challenged(db: sqlite3.Connection, challenge: str) -> Payment:
    """The payment that asked for this 3-D Secure step; Problem 404 where there is none."""
    row = db.execute("SELECT * FROM payments WHERE challenge = ?", (challenge,)).fetchone()
    if row is None:
        raise missing("page")
    return _payment(row)


def payments_of(
    db: sqlite3.Connection, account: Account, *, reference: str | None, limit: int, after: str | None
) -> list[Payment]:
    """At most ``limit`` payments of the account, newest first, those older than the payment ``after``.

    Raises:
        Problem: 422 when ``after`` is not a payment of the account.
    """
    before = None
    if after is not None:
        try:
            before = find_payment(db, account, after).position
        except Problem:
            raise Problem(422, "parameter_invalid", "after is not a payment's id.", param="after") from None
    rows = db.execute(
        "SELECT * FROM payments WHERE account = :account AND (:reference IS NULL OR reference = :reference)"
        " AND (:before IS NULL OR position < :before) ORDER BY position DESC LIMIT :limit",
        {"account": account.id, "reference": reference, "before": before, "limit": limit},
    )
    return [_payment(row) for row in rows]


def due_payments(db: sqlite3.Connection, now: int) -> list[Payment]:
    """Payments whose time to settle or to be returned has come."""
    return [_payment(row) for row in db.execute("SELECT * FROM payments WHERE due <= ? ORDER BY due", (now,))]


def create(work: Work, order: Order) -> Payment:
    """A new payment; no money moves.

    Raises:
        Problem: 404 when the saved method is not there, 422 when the token cannot be used or both are given.
    """
    instrument = None
    if order.token and order.method:
        detail = "Give method_token or method, not both."
        raise Problem(422, "parameter_invalid", detail, param="method_token")
    if order.token:
        instrument = spend_token(work, order.token)
    elif order.method:
        instrument = find_method(work.db, work.account, order.method).instrument
    payment_id = ids.new_id("pay")
    work.db.execute(
        "INSERT INTO payments (id, account, status, amount, currency, reference, description, return_url,"
        " customer_reference, save_method, method, instrument, created, updated)"
        " VALUES (?, ?, 'created', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            payment_id,
            work.account.id,
            order.amount,
            order.currency,
            order.reference,
            order.description,
            order.return_url,
            order.customer_reference,
            order.save_method,
            order.method or None,
            instrument.stored() if instrument else None,
            work.now,
            work.now,
        ),
    )
    return find_payment(work.db, work.account, payment_id)


def confirm(work: Work, payment_id: str, *, token: str) -> Payment:
    """Charge the payment if it has not got that far yet; otherwise tell how it stands.

    Raises:
        Problem: 404 when there is none, 422 when there is nothing to charge or the token cannot be used.
    """
    payment = find_payment(work.db, work.account, payment_id)
    if payment.status != "created":
        return payment
    instrument = spend_token(work, token) if token else payment.instrument
    if instrument is None:
        detail = "There is nothing to charge: give method_token, or create the payment with a method."
        raise Problem(422, "method_missing", detail, param="method_token")
    # A token takes the place of the saved method that the payment was created with.
    payment = replace(payment, instrument=instrument, method=None if token else payment.method)
    if instrument.kind == "bank_account":
        return _move(work, payment, "processing", due=work.now + work.account.settlement_ms)
    if instrument.outcome == NEEDS_ACTION:
        return _move(work, replace(payment, challenge=ids.new_id("tds", 32)), "requires_action")
    if instrument.outcome in DECLINES:
        return _fail(work, payment, instrument.outcome, DECLINES[instrument.outcome])
    return _charge(work, payment)


def cancel(work: Work, payment_id: str) -> Payment:
    """Call the payment off unless it is charged, on its way or final; tells how it stands."""
    payment = find_payment(work.db, work.account, payment_id)
    if payment.status in {"created", "requires_action"}:
        return _move(work, payment, "cancelled")
    return payment


def authenticate(work: Work, payment_id: str, *, approved: bool) -> Payment:
    """The card holder's answer on the 3-D Secure page; an answer that comes too late changes nothing."""
    payment = find_payment(work.db, work.account, payment_id)
    if payment.status != "requires_action":
        return payment
    if approved:
        return _charge(work, payment)
    return _fail(work, payment, "authentication_failed", DECLINES["authentication_failed"])


def settle(work: Work, payment_id: str) -> Payment:
    """The money of a bank debit arrives; a payment that is not processing stays as it is."""
    payment = find_payment(work.db, work.account, payment_id)
    if payment.status != "processing":
        return payment
    comes_back = payment.instrument is not None and payment.instrument.outcome == RETURNED
    return _charge(work, payment, due=work.now + work.account.settlement_ms if comes_back else None)


def give_back(work: Work, payment_id: str, *, code: str) -> Payment:
    """A bank debit is returned by the payer's bank, before or after it arrived; again changes nothing.

    Raises:
        Problem: 404 when there is none, 422 when it is no bank debit or neither processing nor succeeded.
    """
    payment = find_payment(work.db, work.account, payment_id)
    if payment.status == "returned":
        return payment
    if payment.instrument is None or payment.instrument.kind != "bank_account":
        detail = "Only a payment from a bank account can be returned."
        raise Problem(422, "payment_not_returnable", detail, param="payment")
    if payment.status not in {"processing", "succeeded"}:
        detail = f"A payment that is {payment.status} cannot be returned."
        raise Problem(422, "payment_not_returnable", detail, param="payment")
    work.db.execute("UPDATE charges SET returned = ? WHERE payment = ?", (work.now, payment.id))
    return _fail(work, payment, code, RETURNS[code], status="returned")


def pass_time(work: Work, payment_id: str) -> Payment:
    """What happens to a payment by itself when its time has come."""
    payment = find_payment(work.db, work.account, payment_id)
    if payment.due is None or payment.due > work.now:
        return payment
    if payment.status == "processing":
        return settle(work, payment_id)
    return give_back(work, payment_id, code="R01")


def _charge(work: Work, payment: Payment, *, due: int | None = None) -> Payment:
    work.db.execute(
        "INSERT INTO charges (payment, amount, currency, charged) VALUES (?, ?, ?, ?)",
        (payment.id, payment.amount, payment.currency, work.now),
    )
    return _move(work, payment, "succeeded", due=due)


def _fail(work: Work, payment: Payment, code: str, message: str, *, status: str = "failed") -> Payment:
    return _move(work, replace(payment, failure_code=code, failure_message=message), status)


def _move(work: Work, payment: Payment, status: str, *, due: int | None = None) -> Payment:
    if status not in MOVES[payment.status]:
        raise RuntimeError(f"A payment does not move from {payment.status} to {status}.")
    method = payment.method
    wanted = payment.save_method and method is None and status in {"succeeded", "processing"}
    if wanted and payment.instrument is not None:
        saved = save_method(
            work, instrument=payment.instrument, customer_reference=payment.customer_reference
        )
        method = saved.id
    moved = work.db.execute(
        "UPDATE payments SET status = ?, method = ?, instrument = ?, challenge = ?, failure_code = ?,"
        " failure_message = ?, due = ?, updated = ? WHERE id = ? AND status = ?",
        (
            status,
            method,
            payment.instrument.stored() if payment.instrument else None,
            payment.challenge,
            payment.failure_code,
            payment.failure_message,
            due,
            work.now,
            payment.id,
            payment.status,
        ),
    )
    if moved.rowcount != 1:
        raise RuntimeError("The payment moved under a transaction that sees the store alone.")
    now_is = find_payment(work.db, work.account, payment.id)
    events.record(
        work, f"payment.{status}", payment_id=now_is.id, data={"payment": now_is.public(work.origin)}
    )
    return now_is
