"""The bank's front page: accounts, payments, events and the switches, for whoever runs the demonstration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, Final

from werkzeug import Request, Response
from werkzeug.utils import redirect

from portico.sandbox_bank import accounts, events, faults, ids, payments, refunds
from portico.sandbox_bank.accounts import Account
from portico.sandbox_bank.bank import Bank, settle_now
from portico.sandbox_bank.faults import Faults
from portico.sandbox_bank.instruments import BANK_ACCOUNTS, CARDS
from portico.sandbox_bank.pages import page
from portico.sandbox_bank.problems import Problem

SHOWN: Final = 50
SAYS: Final = {
    "delay_ms": "Wait before doing the work, milliseconds",
    "delay_answer_ms": "Wait after the work, before the answer, milliseconds",
    "drop_before": "Close the connection before doing anything, times",
    "error_500": "Answer 500 before doing anything, times",
    "drop_answer": "Do the work, then close without an answer, times",
    "drop_answer_after_charge": "The same, for confirming payments only, times",
    "duplicate_events": "Send each event this often",
    "hold_events": "Hold events back",
    "reorder_events": "Send the newest event first",
    "wrong_amount_events": "Send a wrong amount in events",
    "wrong_currency_events": "Send a wrong currency in events",
    "wrong_signature_events": "Sign events with the wrong secret",
}


def index(bank: Bank, request: Request) -> Response:
    """Everything about one account, the first unless ``?account=`` names another."""
    with bank.store.read() as db:
        everyone = accounts.all_accounts(db)
        wanted = request.args.get("account")
        chosen = accounts.account_by_id(db, wanted) if wanted else next(iter(everyone), None)
        values: dict[str, Any] = {}
        if chosen is not None:
            found = payments.payments_of(db, chosen, reference=None, limit=SHOWN, after=None)
            values = {
                "payments": found,
                "refunds": [refund for each in found for refund in refunds.refunds_of(db, each.id)],
                "events": events.events_of(db, chosen, limit=SHOWN),
                "summary": accounts.summary(db, chosen),
                "switches": _switches(faults.read(db, chosen)),
            }
    return page(
        "board.html",
        accounts=everyone,
        chosen=chosen,
        cards=CARDS,
        bank_accounts=BANK_ACCOUNTS,
        iso=ids.iso,
        **values,
    )


def set_switches(bank: Bank, request: Request, *, account: str) -> Response:
    """The switches as the form has them."""
    with bank.store.write() as db:
        owner = accounts.account_by_id(db, account)
        if "clear" in request.form:
            faults.clear(db, owner)
        else:
            faults.change(db, owner, _typed(request.form))
    return _back(account)


def settle(bank: Bank, request: Request, *, account: str) -> Response:
    """Let bank debits under way arrive."""
    settle_now(bank, _account(bank, account), request.form.get("payment"))
    return _back(account)


def give_back(bank: Bank, request: Request, *, account: str) -> Response:
    """Return a bank debit."""
    with bank.work(_account(bank, account)) as work:
        payments.give_back(work, request.form.get("payment", ""), code="R01")
    return _back(account)


def resend(bank: Bank, request: Request, *, account: str) -> Response:
    """Send an event once more."""
    with bank.work(_account(bank, account)) as work:
        events.resend(work, request.form.get("event", ""), times=1)
    return _back(account)


def _switches(now: Faults) -> list[dict[str, object]]:
    return [
        {
            "name": name,
            "says": says,
            "value": getattr(now, name),
            "flag": isinstance(getattr(now, name), bool),
        }
        for name, says in SAYS.items()
    ]


def _typed(form: Mapping[str, str]) -> dict[str, object]:
    typed: dict[str, object] = {}
    for each in fields(Faults):
        if each.name not in SAYS:
            continue
        given = form.get(each.name, "")
        if isinstance(each.default, bool):
            typed[each.name] = bool(given)
        elif given.isascii() and given.isdigit():
            typed[each.name] = int(given)
        else:
            detail = f"{each.name} must be a whole number."
            raise Problem(422, "parameter_invalid", detail, param=each.name)
    return typed


def _account(bank: Bank, account_id: str) -> Account:
    with bank.store.read() as db:
        return accounts.account_by_id(db, account_id)


def _back(account_id: str) -> Response:
    return redirect(f"/?account={account_id}", 303)


ENDPOINTS: Final[dict[str, Callable[..., Response]]] = {
    "board.index": index,
    "board.switches": set_switches,
    "board.settle": settle,
    "board.return": give_back,
    "board.resend": resend,
}
