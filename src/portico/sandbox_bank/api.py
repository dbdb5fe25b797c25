"""The payments API under ``/v1``: every call, with the switches that can make it go wrong."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from werkzeug import Request, Response

from portico.sandbox_bank import disputes, faults, methods, payments, payouts, reading, refunds
from portico.sandbox_bank.accounts import Account, Work, account_by_secret
from portico.sandbox_bank.bank import Bank
from portico.sandbox_bank.idempotency import Answer, once
from portico.sandbox_bank.problems import Problem


class ConnectionDroppedError(ConnectionError):
    """The server closes the connection without an answer: it takes any ConnectionError as a sign to do so."""


@dataclass(frozen=True)
class Call:
    """One authenticated call; ``target`` is the id in the path."""

    account: Account
    request: Request
    body: dict[str, object]
    target: str


def _create_payment(call: Call) -> Callable[[Work], Answer]:
    body = call.body
    reading.only(
        body,
        "amount",
        "currency",
        "reference",
        "description",
        "return_url",
        "method_token",
        "method",
        "save_method",
        "customer_reference",
    )
    order = payments.Order(
        amount=reading.amount(body),
        currency=reading.currency(body),
        reference=reading.text(body, "reference"),
        description=reading.optional_text(body, "description"),
        return_url=reading.url(reading.text(body, "return_url", longest=reading.LONGEST_URL), "return_url"),
        customer_reference=reading.optional_text(body, "customer_reference"),
        save_method=reading.flag(body, "save_method"),
        token=reading.optional_text(body, "method_token"),
        method=reading.optional_text(body, "method"),
    )
    return lambda work: Answer(201, payments.create(work, order).public(work.origin))


def _confirm_payment(call: Call) -> Callable[[Work], Answer]:
    reading.only(call.body, "method_token")
    token = reading.optional_text(call.body, "method_token")
    return lambda work: Answer(200, payments.confirm(work, call.target, token=token).public(work.origin))


def _cancel_payment(call: Call) -> Callable[[Work], Answer]:
    reading.only(call.body)
    return lambda work: Answer(200, payments.cancel(work, call.target).public(work.origin))


def _get_payment(call: Call) -> Callable[[Work], Answer]:
    return lambda work: Answer(
        200, payments.find_payment(work.db, call.account, call.target).public(work.origin)
    )


def _list_payments(call: Call) -> Callable[[Work], Answer]:
    limit = reading.page_size(call.request)
    reference, after = call.request.args.get("reference"), call.request.args.get("after")

    def act(work: Work) -> Answer:
        found = payments.payments_of(work.db, call.account, reference=reference, limit=limit + 1, after=after)
        page = found[:limit]
        more = len(found) > limit
        shown = [each.public(work.origin) for each in page]
        return Answer(200, {"data": shown, "has_more": more, "next": page[-1].id if more else None})

    return act


def _create_refund(call: Call) -> Callable[[Work], Answer]:
    reading.only(call.body, "payment", "amount", "reference")
    payment_id = reading.text(call.body, "payment")
    amount = reading.amount(call.body)
    reference = reading.text(call.body, "reference")

    def act(work: Work) -> Answer:
        refund = refunds.create_refund(work, payment_id=payment_id, amount=amount, reference=reference)
        return Answer(201, refund.public())

    return act


def _get_refund(call: Call) -> Callable[[Work], Answer]:
    return lambda work: Answer(200, refunds.find_refund(work.db, call.account, call.target).public())


def _list_refunds(call: Call) -> Callable[[Work], Answer]:
    payment_id = call.request.args.get("payment")
    if not payment_id:
        raise Problem(422, "parameter_missing", "payment is missing.", param="payment")

    def act(work: Work) -> Answer:
        payment = payments.find_payment(work.db, call.account, payment_id)
        return Answer(200, {"data": [each.public() for each in refunds.refunds_of(work.db, payment.id)]})

    return act


def _list_disputes(call: Call) -> Callable[[Work], Answer]:
    payment_id = call.request.args.get("payment")
    if not payment_id:
        raise Problem(422, "parameter_missing", "payment is missing.", param="payment")

    def act(work: Work) -> Answer:
        payment = payments.find_payment(work.db, call.account, payment_id)
        found = disputes.disputes_of(work.db, payment.id)
        return Answer(200, {"data": [each.public() for each in found]})

    return act


def _list_payouts(call: Call) -> Callable[[Work], Answer]:
    since = reading.day(call.request, "since")
    return lambda work: Answer(200, {"data": payouts.payouts_of(work.db, call.account, since=since)})


def _create_method(call: Call) -> Callable[[Work], Answer]:
    reading.only(call.body, "method_token", "customer_reference")
    token = reading.text(call.body, "method_token")
    customer = reading.text(call.body, "customer_reference")

    def act(work: Work) -> Answer:
        instrument = methods.spend_token(work, token)
        saved = methods.save_method(work, instrument=instrument, customer_reference=customer)
        return Answer(201, saved.public())

    return act


def _get_method(call: Call) -> Callable[[Work], Answer]:
    return lambda work: Answer(200, methods.find_method(work.db, call.account, call.target).public())


def _list_methods(call: Call) -> Callable[[Work], Answer]:
    customer = call.request.args.get("customer_reference")
    if not customer:
        detail = "customer_reference is missing."
        raise Problem(422, "parameter_missing", detail, param="customer_reference")
    return lambda work: Answer(
        200, {"data": [each.public() for each in methods.methods_of(work.db, call.account, customer)]}
    )


def _delete_method(call: Call) -> Callable[[Work], Answer]:
    def act(work: Work) -> Answer:
        methods.delete_method(work, call.target)
        return Answer(200, {"id": call.target, "deleted": True})

    return act


READ: Final = {
    "payments.get": _get_payment,
    "payments.list": _list_payments,
    "refunds.get": _get_refund,
    "refunds.list": _list_refunds,
    "disputes.list": _list_disputes,
    "payouts.list": _list_payouts,
    "methods.get": _get_method,
    "methods.list": _list_methods,
}
WRITE: Final = {
    "payments.create": _create_payment,
    "payments.confirm": _confirm_payment,
    "payments.cancel": _cancel_payment,
    "refunds.create": _create_refund,
    "methods.create": _create_method,
    "methods.delete": _delete_method,
}
KEY_IS_DUE: Final = frozenset({"payments.create", "payments.confirm", "refunds.create"})
KEY_IS_HEEDED: Final = KEY_IS_DUE | {"methods.create"}
"""Cancelling and deleting end the same however often they are done, so they need no key and answer what is so."""


def answer_call(bank: Bank, request: Request, operation: str, target: str) -> Response:
    """Answer one call, or fail it as the account's switches say.

    Raises:
        Problem: a refusal.
        ConnectionDroppedError: the connection is to be closed without an answer.
    """
    body = reading.body_of(request)
    account = _authenticate(bank, request)
    with bank.store.read() as db:
        switches = faults.read(db, account)
    if switches.concerns(operation):
        time.sleep(switches.delay_ms / 1000)
        if _strikes(bank, account, "drop_before"):
            raise ConnectionDroppedError
        if _strikes(bank, account, "error_500"):
            raise Problem(500, "internal_error", "The bank failed before it did anything.")
    answer = _answer(bank, operation, Call(account, request, body, target))
    if switches.concerns(operation):
        time.sleep(switches.delay_answer_ms / 1000)
        if _strikes(bank, account, "drop_answer"):
            raise ConnectionDroppedError
    if operation == "payments.confirm" and _strikes(bank, account, "drop_answer_after_charge"):
        raise ConnectionDroppedError
    response = Response(json.dumps(answer.body), status=answer.status, content_type="application/json")
    if answer.replayed:
        response.headers["Idempotent-Replay"] = "true"
    return response


def _answer(bank: Bank, operation: str, call: Call) -> Answer:
    if operation in READ:
        act = READ[operation](call)
        with bank.store.read() as db:
            return act(Work(db, call.account, bank.origin, 0))
    if operation in KEY_IS_DUE or (operation in KEY_IS_HEEDED and "Idempotency-Key" in call.request.headers):
        key = reading.idempotency_key(call.request)
        act = WRITE[operation](call)
        fingerprint = reading.fingerprint(call.request, call.body)
        with bank.work(call.account) as work:
            return once(work, key=key, fingerprint=fingerprint, act=act)
    act = WRITE[operation](call)
    with bank.work(call.account) as work:
        return act(work)


def _authenticate(bank: Bank, request: Request) -> Account:
    given = request.authorization
    if given is None or given.type != "bearer" or not given.token:
        raise Problem(401, "secret_key_missing", "Send your secret key: Authorization: Bearer sk_…")
    with bank.store.read() as db:
        account = account_by_secret(db, given.token)
    if account is None:
        raise Problem(401, "secret_key_wrong", "This is not a secret key of this bank.")
    return account


def _strikes(bank: Bank, account: Account, name: str) -> bool:
    with bank.store.read() as db:
        if not getattr(faults.read(db, account), name):
            return False
    with bank.store.write() as db:
        return faults.use_up(db, account, name)
