"""Stripe's payouts and what each is made of: its balance transactions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from portico.gateways.stripe.amounts import from_units
from portico.gateways.stripe.calls import client, listed
from portico.payments.gateway import Account, PayoutLine, PayoutSeen


def payouts_since(account: Account, since: date) -> Iterator[PayoutSeen]:
    """The automatic payouts that arrive on that day or later, newest first.

    Of one that somebody made by hand Stripe does not say what it is made of; it is left out.
    """
    api = client(account)
    begin = int(datetime.combine(since, time(), UTC).timestamp())
    for payout in listed(api.payouts.list, arrival_date={"gte": begin}):
        if not payout["automatic"]:
            continue
        parts = listed(api.balance_transactions.list, payout=payout["id"], expand=["data.source"])
        yield PayoutSeen(
            reference=str(payout["id"]),
            amount=from_units(payout["amount"], payout["currency"]),
            arrives=datetime.fromtimestamp(payout["arrival_date"], UTC).date(),
            state=str(payout["status"]),
            lines=tuple(_line(each) for each in parts if each["type"] not in ("payout", "payout_failure")),
        )


def _line(part: Mapping[str, Any]) -> PayoutLine:
    source = part.get("source")
    payment = source.get("payment_intent") if isinstance(source, Mapping) else None
    currency = part["currency"]
    return PayoutLine(
        kind=str(part.get("reporting_category") or part["type"]),
        reference=str(payment or ""),
        gross=from_units(part["amount"], currency),
        fee=from_units(part["fee"], currency),
        net=from_units(part["net"], currency),
        description=str(part.get("description") or ""),
    )
