"""The switchboard under ``/control``: accounts, faults, settling, returning, sending events again."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final

from werkzeug import Request, Response

from portico.sandbox_bank import accounts, disputes, events, faults, payments, payouts, reading
from portico.sandbox_bank.accounts import Account
from portico.sandbox_bank.bank import Bank, settle_now
from portico.sandbox_bank.instruments import RETURNS
from portico.sandbox_bank.problems import Problem

LONGEST_SETTLEMENT_MS: Final = 365 * 24 * 3600 * 1000
MOST_RESENDS: Final = 100


def _json(body: object, status: int = 200) -> Response:
    return Response(json.dumps(body), status=status, content_type="application/json")


def open_account(bank: Bank, request: Request, **_: str) -> Response:
    """Make an account, or change the one of that name; its keys stay."""
    body = reading.body_of(request)
    reading.only(body, "name", "webhook_url", "parent_origins", "settlement_ms")
    webhook_url = reading.optional_text(body, "webhook_url", longest=reading.LONGEST_URL)
    origins = body.get("parent_origins")
    if origins is not None and not isinstance(origins, list):
        detail = "parent_origins must be a list of origins."
        raise Problem(422, "parameter_invalid", detail, param="parent_origins")
    with bank.store.write() as db:
        account = accounts.open_account(
            db,
            name=reading.text(body, "name"),
            webhook_url=reading.url(webhook_url, "webhook_url") if webhook_url else None,
            parent_origins=None
            if origins is None
            else tuple(dict.fromkeys(reading.origin(each, "parent_origins") for each in origins)),
            settlement_ms=reading.count(body, "settlement_ms", largest=LONGEST_SETTLEMENT_MS)
            if "settlement_ms" in body
            else None,
            usual_settlement_ms=bank.settlement_ms,
        )
    return _json(account.public(), 201)


def list_accounts(bank: Bank, request: Request, **_: str) -> Response:
    """Every account with its keys."""
    with bank.store.read() as db:
        return _json({"data": [each.public() for each in accounts.all_accounts(db)]})


def show_faults(bank: Bank, request: Request, *, account: str) -> Response:
    """The account's switches."""
    with bank.store.read() as db:
        return _json(faults.read(db, accounts.account_by_id(db, account)).public())


def set_faults(bank: Bank, request: Request, *, account: str) -> Response:
    """Change the switches that are given."""
    body = reading.body_of(request)
    with bank.store.write() as db:
        return _json(faults.change(db, accounts.account_by_id(db, account), body).public())


def clear_faults(bank: Bank, request: Request, *, account: str) -> Response:
    """All switches off."""
    with bank.store.write() as db:
        return _json(faults.clear(db, accounts.account_by_id(db, account)).public())


def settle(bank: Bank, request: Request, *, account: str) -> Response:
    """Let bank debits under way arrive now, all of them or the payment named."""
    body = reading.body_of(request)
    reading.only(body, "payment")
    chosen = reading.optional_text(body, "payment") or None
    return _json({"settled": settle_now(bank, _account(bank, account), chosen)})


def give_back(bank: Bank, request: Request, *, account: str) -> Response:
    """Return a bank debit."""
    body = reading.body_of(request)
    reading.only(body, "payment", "code")
    code = reading.optional_text(body, "code") or "R01"
    if code not in RETURNS:
        raise Problem(422, "parameter_invalid", f"code must be one of {', '.join(RETURNS)}.", param="code")
    with bank.work(_account(bank, account)) as work:
        payment = payments.give_back(work, reading.text(body, "payment"), code=code)
        return _json(payment.public(bank.origin))


def open_dispute(bank: Bank, request: Request, *, account: str) -> Response:
    """The payer's bank disputes a payment, all of it or an amount."""
    body = reading.body_of(request)
    reading.only(body, "payment", "amount", "reason")
    reason = reading.optional_text(body, "reason") or "fraudulent"
    if reason not in disputes.REASONS:
        detail = f"reason must be one of {', '.join(disputes.REASONS)}."
        raise Problem(422, "parameter_invalid", detail, param="reason")
    amount = reading.amount(body) if "amount" in body else None
    with bank.work(_account(bank, account)) as work:
        found = disputes.open_dispute(work, reading.text(body, "payment"), amount=amount, reason=reason)
        return _json(found.public(), 201)


def decide_dispute(bank: Bank, request: Request, *, account: str) -> Response:
    """The bank decides a dispute: won by the merchant, or lost."""
    body = reading.body_of(request)
    reading.only(body, "dispute", "outcome")
    outcome = reading.text(body, "outcome")
    if outcome not in {"won", "lost"}:
        raise Problem(422, "parameter_invalid", "outcome must be won or lost.", param="outcome")
    with bank.work(_account(bank, account)) as work:
        return _json(disputes.decide(work, reading.text(body, "dispute"), won=outcome == "won").public())


def pay_out(bank: Bank, request: Request, *, account: str) -> Response:
    """Pay out what is charged and not paid out yet."""
    with bank.work(_account(bank, account)) as work:
        return _json({"data": payouts.pay_out(work)}, 201)


def list_events(bank: Bank, request: Request, *, account: str = "") -> Response:
    """The account's events with their delivery log, newest first."""
    account_id = account or request.args.get("account", "")
    with bank.store.read() as db:
        found = events.events_of(
            db,
            accounts.account_by_id(db, account_id),
            payment=request.args.get("payment"),
            limit=reading.page_size(request),
        )
    return _json({"data": found})


def resend(bank: Bank, request: Request, *, event: str, account: str = "") -> Response:
    """Deliver an event again, ``times`` times."""
    body = reading.body_of(request)
    reading.only(body, "times")
    times = reading.count(body, "times", largest=MOST_RESENDS) if "times" in body else 1
    if not account:
        with bank.store.read() as db:
            account = events.account_of(db, event)
    with bank.work(_account(bank, account)) as work:
        events.resend(work, event, times=times)
    return _json({"event": event, "times": times}, 202)


def summary(bank: Bank, request: Request, *, account: str) -> Response:
    """What was charged, refunded and returned."""
    with bank.store.read() as db:
        return _json(accounts.summary(db, accounts.account_by_id(db, account)))


def _account(bank: Bank, account_id: str) -> Account:
    with bank.store.read() as db:
        return accounts.account_by_id(db, account_id)


ENDPOINTS: Final[dict[str, Callable[..., Response]]] = {
    "control.open_account": open_account,
    "control.accounts": list_accounts,
    "control.faults": show_faults,
    "control.set_faults": set_faults,
    "control.clear_faults": clear_faults,
    "control.settle": settle,
    "control.return": give_back,
    "control.dispute": open_dispute,
    "control.decide": decide_dispute,
    "control.payout": pay_out,
    "control.events": list_events,
    "control.resend": resend,
    "control.summary": summary,
}
