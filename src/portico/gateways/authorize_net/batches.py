"""A settled batch as a payout: its charges, less its refunds and the debits that came back."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, Final

from portico.gateways.authorize_net import lists
from portico.gateways.authorize_net.api import Api
from portico.gateways.authorize_net.numbers import Reference, id_of
from portico.gateways.authorize_net.reading import reference_in
from portico.kit.money import Money, MoneyError, total
from portico.payments.gateway import GatewayUnreachableError, PayoutLine, PayoutSeen

_KINDS: Final = {
    "settledSuccessfully": ("charge", 1),
    "chargebackReversal": ("dispute", 1),
    "refundSettledSuccessfully": ("refund", -1),
    "returnedItem": ("return", -1),
    "chargeback": ("dispute", -1),
}
"""What a transaction in a batch does to the merchant's bank account; declined and voided ones do nothing."""


def payout(api: Api, batch: dict[str, Any]) -> PayoutSeen:
    """A batch with its lines. Authorize.Net tells no fees: the acquirer takes them."""
    rows = lists.in_batch(api, str(batch["batchId"]))
    lines = tuple(
        _line(api, row, *_KINDS[str(row["transactionStatus"])])
        for row in rows
        if row["transactionStatus"] in _KINDS
    )
    return PayoutSeen(
        reference=str(batch["batchId"]),
        amount=total((each.net for each in lines), api.currency),
        arrives=lists.read_time(batch["settlementTimeUTC"]).date(),
        state="paid" if batch.get("settlementState") == "settledSuccessfully" else "failed",
        lines=lines,
    )


def _line(api: Api, row: dict[str, Any], kind: str, sign: int) -> PayoutLine:
    try:
        amount = Money(sign * Decimal(str(row["settleAmount"])), api.currency)
    except (InvalidOperation, MoneyError):
        raise GatewayUnreachableError("Authorize.Net's answer has no amount.") from None
    return PayoutLine(
        kind=kind,
        reference=_payment_of(api, row, amount),
        gross=amount,
        fee=Money.zero(api.currency),
        net=amount,
        description=f"{row.get('accountType', '')} {str(row.get('accountNumber', ''))[-4:]}".strip(),
    )


def _payment_of(api: Api, row: dict[str, Any], amount: Money) -> str:
    """The payment a line is about; a refund or a return names the transaction that it is of."""
    trans_id, number = str(row["transId"]), str(row.get("invoiceNumber") or "")
    if amount.amount > 0:
        return str(Reference(number, amount)) if id_of(number) else trans_id
    original = str(lists.details(api, trans_id).get("refTransId") or trans_id)
    named = reference_in(lists.details(api, original), api.currency)
    return str(named) if named else original
