"""GoCardless's payouts, and what each is made of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from portico.gateways.gocardless.api import Api, Row
from portico.gateways.gocardless.reading import REFERENCE
from portico.kit.money import Money, total
from portico.payments.gateway import PayoutLine, PayoutSeen

_KINDS: Final = {
    "payment_paid_out": "payment",
    "payment_failed": "return",
    "payment_charged_back": "dispute",
    "payment_refunded": "refund",
    "refund": "refund",
    "refund_funds_returned": "refund",
}
_FEES: Final = frozenset({"gocardless_fee", "app_fee", "surcharge_fee", "revenue_share"})


def payouts(api: Api, since: date) -> Iterator[PayoutSeen]:
    """The payouts made since a day, newest first; fees stand in one line of their own, as they are in parts of cents."""
    known: dict[str, str] = {}
    for row in api.payouts(**{"created_at[gte]": f"{since.isoformat()}T00:00:00.000Z"}):
        currency = str(row["currency"])
        amount = Money.from_minor(int(row["amount"]), currency)
        lines = [
            _line(api, item, currency, known)
            for item in api.payout_items(str(row["id"]))
            if item["type"] not in _FEES
        ]
        zero = Money.zero(currency)
        if fee := total((each.net for each in lines), currency) - amount:
            lines.append(PayoutLine("fee", "", zero, fee, -fee, "Fees of GoCardless"))
        yield PayoutSeen(str(row["id"]), amount, _arrives(row), str(row["status"]), tuple(lines))


def _line(api: Api, item: Row, currency: str, known: dict[str, str]) -> PayoutLine:
    gross = Money.rounded(Decimal(str(item["amount"])) * Money.from_minor(1, currency).amount, currency)
    payment = str((item.get("links") or {}).get("payment") or "")
    kind = _KINDS.get(str(item["type"]), "adjustment")
    return PayoutLine(kind, _reference(api, payment, known), gross, Money.zero(currency), gross)


def _reference(api: Api, payment: str, known: dict[str, str]) -> str:
    """What we call a payment: our reference of it is in its metadata."""
    if payment and payment not in known:
        metadata = api.payment(payment).get("metadata") or {}
        known[payment] = str(metadata.get(REFERENCE) or payment)
    return known.get(payment, "")


def _arrives(row: Row) -> date:
    if row.get("arrival_date"):
        return date.fromisoformat(str(row["arrival_date"]))
    return datetime.fromisoformat(str(row["created_at"])).date()
