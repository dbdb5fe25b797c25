"""The lists of transactions: finding a payment by its number, all charges of a time, settled batches as payouts."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from portico.gateways.authorize_net.api import MISSING, AnswerError, Api
from portico.gateways.authorize_net.numbers import id_of
from portico.kit import clock
from portico.payments.gateway import GatewayUnreachableError

_PER_PAGE: Final = 1000
_LONGEST: Final = timedelta(days=30)
"""Of a question for batches; 31 days are allowed."""
_OLDEST: Final = timedelta(days=200)
"""How long ago something is looked for: refunds are taken for 180 days, returns come within 60."""
_REMEMBERED: Final = 2000
"""Batches whose numbers are remembered; what was settled stays in its batch."""
_numbers_of: OrderedDict[tuple[UUID, str], dict[str, tuple[str, ...]]] = OrderedDict()


def find(api: Api, number: str, since: datetime) -> list[str]:
    """The ids of all transactions with this invoice number since then; the payment's own and its refunds'.

    What is not settled is read first: what is being settled meanwhile is seen twice rather than not at all.
    """
    found = [each["transId"] for each in unsettled(api, since) if each.get("invoiceNumber") == number]
    for batch in batches(api, max(since, clock.now() - _OLDEST) - timedelta(days=1), clock.now()):
        found += _numbers(api, batch).get(number, ())
    return sorted({str(each) for each in found}, key=int)


def details(api: Api, trans_id: str) -> dict[str, Any]:
    """One transaction. One that is not there yet may be there soon."""
    try:
        found: dict[str, Any] = api.ask("getTransactionDetails", transId=trans_id)["transaction"]
    except AnswerError as error:
        if error.number == MISSING:
            raise GatewayUnreachableError("Authorize.Net does not show this transaction (yet).") from None
        raise
    return found


def unsettled(api: Api, since: datetime) -> Iterator[dict[str, Any]]:
    """What is not settled yet, newest first, until it is older than asked for."""
    page = 0
    while True:
        page += 1
        answer = api.ask(
            "getUnsettledTransactionList",
            sorting={"orderBy": "submitTimeUTC", "orderDescending": "true"},
            paging={"limit": str(_PER_PAGE), "offset": str(page)},
        )
        rows = answer.get("transactions") or []
        yield from rows
        # An hour for a clock that is not theirs.
        if len(rows) < _PER_PAGE or submitted(rows[-1]) < since - timedelta(hours=1):
            return


def batches(api: Api, since: datetime, until: datetime) -> Iterator[dict[str, Any]]:
    """The batches that were settled in a time, oldest first."""
    first = since
    while first < until:
        last = min(first + _LONGEST, until)
        answer = api.ask(
            "getSettledBatchList", firstSettlementDate=_utc(first), lastSettlementDate=_utc(last)
        )
        yield from sorted(answer.get("batchList") or [], key=lambda each: str(each["settlementTimeUTC"]))
        first = last


def in_batch(api: Api, batch_id: str) -> Iterator[dict[str, Any]]:
    """The transactions of a settled batch."""
    page = 0
    while True:
        page += 1
        answer = api.ask(
            "getTransactionList",
            batchId=batch_id,
            sorting={"orderBy": "submitTimeUTC", "orderDescending": "false"},
            paging={"limit": str(_PER_PAGE), "offset": str(page)},
        )
        rows = answer.get("transactions") or []
        yield from rows
        if len(rows) < _PER_PAGE:
            return


def submitted(row: dict[str, Any]) -> datetime:
    """When a transaction was sent."""
    return read_time(row.get("submitTimeUTC"))


def read_time(text: object) -> datetime:
    """A time as the API writes it, in UTC."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        raise GatewayUnreachableError("Authorize.Net's answer cannot be read.") from None
    return found if found.tzinfo else datetime.fromisoformat(f"{text}+00:00")


def _numbers(api: Api, batch: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """Which of our invoice numbers a batch has, with their transactions' ids."""
    key = (api.account_id, str(batch["batchId"]))
    if key in _numbers_of:
        return _numbers_of[key]
    found: dict[str, tuple[str, ...]] = {}
    for row in in_batch(api, key[1]):
        number = str(row.get("invoiceNumber") or "")
        if id_of(number):
            found[number] = (*found.get(number, ()), str(row["transId"]))
    if batch.get("settlementState") == "settledSuccessfully":
        _numbers_of[key] = found
        while len(_numbers_of) > _REMEMBERED:
            _numbers_of.popitem(last=False)
    return found


def _utc(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
