"""From Authorize.Net's transactions of one invoice number to what a payment is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from portico.gateways.authorize_net import lists, notes
from portico.gateways.authorize_net.api import Api
from portico.gateways.authorize_net.methods import saved_in
from portico.gateways.authorize_net.notes import Note, Word
from portico.gateways.authorize_net.numbers import Reference, id_of
from portico.kit.money import Money, MoneyError
from portico.payments.gateway import (
    DisputeSeen,
    DisputeState,
    GatewayUnreachableError,
    Observed,
    RefundSeen,
    Seen,
)

AUTHORISED: Final = "authorizedPendingCapture"
REFUND: Final = "refundTransaction"
UNSETTLED: Final = frozenset({"capturedPendingSettlement", "couldNotVoid", "approvedReview"})
"""Charged, and can still be voided."""
_BEING_SETTLED: Final = frozenset({"pendingSettlement", "pendingFinalSettlement", "updatingSettlement"})
_SETTLED: Final = frozenset({"settledSuccessfully", "chargeback", "chargebackReversal", "returnedItem"})
_AFTER: Final = frozenset({"chargeback", "chargebackReversal", "returnedItem"})
_IN_REVIEW: Final = frozenset(
    {"FDSPendingReview", "FDSAuthorizedPendingReview", "authorizedPendingRelease", "underReview"}
)
_FAILED: Final = frozenset({"declined", "failedReview", "generalError", "communicationError"})
_ORDER: Final = (
    _SETTLED | UNSETTLED | _BEING_SETTLED,
    frozenset({"settlementError"}),
    _IN_REVIEW,
    frozenset({AUTHORISED}),
    frozenset({"voided"}),
    frozenset({"expired"}),
)
"""Of several transactions of one number, which is the payment: the first of these; else one that failed."""
_BRANDS: Final = {
    "AmericanExpress": "American Express",
    "MasterCard": "Mastercard",
    "DinersClub": "Diners Club",
    "eCheck": "Bank account",
}


@dataclass(frozen=True, slots=True)
class Sight:
    """How a payment stands, and the transactions it was read from."""

    observed: Observed
    charge: dict[str, Any] | None = None
    others: tuple[dict[str, Any], ...] = ()
    refunds: tuple[dict[str, Any], ...] = ()
    noted: tuple[Note, ...] = ()

    @property
    def status(self) -> str:
        """The charge's transactionStatus."""
        return str((self.charge or {}).get("transactionStatus", ""))

    @property
    def trans_id(self) -> str:
        """The charge's id."""
        return str((self.charge or {}).get("transId", ""))


def look(api: Api, reference: Reference, known: str = "") -> Sight:
    """Find a payment's transactions and read them.

    Args:
        api: the account's.
        reference: the payment's.
        known: a transaction of it that was just made, which the lists may not show yet.
    """
    ids = lists.find(api, reference.number, reference.began)
    ids = sorted({*ids, *([known] if known else [])}, key=int)
    found = [lists.details(api, each) for each in ids]
    refunds = tuple(each for each in found if each.get("transactionType") == REFUND)
    after = tuple(each for each in found if _is_after(each))
    charges = sorted((each for each in found if _is_charge(each)), key=_rank)
    if not charges:
        return _nothing(reference, tuple(notes.read(api, reference.number)))
    charge = charges[0]
    noted: tuple[Note, ...] = ()
    if charge["transactionStatus"] in ("voided", AUTHORISED):
        noted = tuple(notes.read(api, reference.number))
    observed = _observed(api, reference, charge, noted, after)
    seen = tuple(refund_seen(each, reference.amount.currency) for each in refunds)
    observed = replace(observed, refunds=(*observed.refunds, *seen))
    return Sight(observed, charge, tuple(charges[1:]), refunds, noted)


def reference_in(details: dict[str, Any], currency: str) -> Reference | None:
    """Which payment of ours a charge is; None for one that somebody else made."""
    number = str((details.get("order") or {}).get("invoiceNumber") or "")
    return Reference(number, _money(details.get("authAmount"), currency)) if id_of(number) else None


def elsewhere(details: dict[str, Any], currency: str) -> Observed:
    """A charge that is not ours, by its own id."""
    settled = details.get("settleAmount") or details.get("authAmount")
    return Observed(
        reference=str(details["transId"]),
        intent_id=None,
        state=_state(str(details.get("transactionStatus")), is_bank=is_bank(details)),
        amount=_money(settled, currency),
        mode="bank_debit" if is_bank(details) else "card",
        method_label=_label(details),
        at=lists.submitted(details),
    )


def listed(row: dict[str, Any], currency: str) -> Observed | None:
    """A charge as a list tells it; None for what charged nobody, and for refunds."""
    status = str(row.get("transactionStatus"))
    bank = row.get("accountType") == "eCheck"
    taken = status in _ORDER[0] and status != "returnedItem"
    if not taken:
        return None
    amount = _money(row.get("settleAmount"), currency)
    number = str(row.get("invoiceNumber") or "")
    intent_id = id_of(number)
    return Observed(
        reference=str(Reference(number, amount)) if intent_id else str(row["transId"]),
        intent_id=intent_id,
        state=Seen.RETURNED if row.get("hasReturnedItems") is True else _state(status, is_bank=bank),
        amount=amount,
        mode="bank_debit" if bank else "card",
        method_label=_ending(str(row.get("accountType", "")), str(row.get("accountNumber", ""))),
        at=lists.submitted(row),
    )


def refund_seen(details: dict[str, Any], currency: str) -> RefundSeen:
    """A refund; its key is its order's description."""
    status = str(details.get("transactionStatus"))
    failed = status in _FAILED or status in ("voided", "expired", "settlementError")
    settled = status == "refundSettledSuccessfully"
    return RefundSeen(
        reference=str(details["transId"]),
        amount=_money(details.get("settleAmount") or details.get("authAmount"), currency),
        state=Seen.FAILED if failed else Seen.SUCCEEDED if settled else Seen.PROCESSING,
        key=str((details.get("order") or {}).get("description") or ""),
        failure_message=str(details.get("responseReasonDescription") or "") if failed else "",
    )


def void_seen(charge: dict[str, Any], amount: Money, noted: Sequence[Note]) -> RefundSeen:
    """A charge that was voided before it was settled is all of it paid back; the key where we voided it."""
    key = next((each.detail for each in noted if each.word is Word.VOIDED), "")
    return RefundSeen(f"void-{charge['transId']}", amount, Seen.SUCCEEDED, key)


def is_bank(details: dict[str, Any]) -> bool:
    """Whether it is an eCheck."""
    return "bankAccount" in (details.get("payment") or {})


def _is_charge(details: dict[str, Any]) -> bool:
    return str(details.get("transactionType", "")).startswith("auth") and not _is_after(details)


def _is_after(details: dict[str, Any]) -> bool:
    """What became of a charge, as a transaction of its own."""
    return details.get("transactionStatus") in _AFTER and bool(details.get("refTransId"))


def _rank(details: dict[str, Any]) -> tuple[int, int]:
    status, trans_id = details["transactionStatus"], int(details["transId"])
    for place, statuses in enumerate(_ORDER):
        if status in statuses:
            return place, trans_id
    return len(_ORDER), -trans_id


def _nothing(reference: Reference, noted: tuple[Note, ...]) -> Sight:
    """There is no transaction: not sent, called off, or not shown yet."""
    state = Seen.CREATED
    if any(each.word is Word.CANCELLED for each in noted):
        state = Seen.CANCELLED
    elif noted:
        if not noted[0].is_old:
            raise GatewayUnreachableError("The debit is being sent, and Authorize.Net does not show it yet.")
        state = Seen.CANCELLED
    seen = Observed(str(reference), reference.intent_id, state, reference.amount)
    return Sight(seen, noted=noted)


def _observed(
    api: Api,
    reference: Reference,
    charge: dict[str, Any],
    noted: tuple[Note, ...],
    after: tuple[dict[str, Any], ...],
) -> Observed:
    status, bank = str(charge["transactionStatus"]), is_bank(charge)
    currency = reference.amount.currency
    taken = status in _ORDER[0]
    amount = _money((charge.get("settleAmount") if taken else None) or charge.get("authAmount"), currency)
    state, failure_code, failure = _state(status, is_bank=bank), "", ""
    refunds: tuple[RefundSeen, ...] = ()
    if status == AUTHORISED and any(each.word is Word.CANCELLED for each in noted):
        state = Seen.CANCELLED
    if status == "voided" and not any(each.word is Word.CANCELLED for each in noted):
        # Voided here, after it was charged; or by the merchant, who can have done so before or after charging.
        refunds = (void_seen(charge, amount, noted),)
        state = Seen.SUCCEEDED if refunds[0].key else Seen.CANCELLED
    if state in (Seen.FAILED, Seen.RETURNED):
        failure_code = str(charge.get("responseReasonCode") or status)
        failure = str(charge.get("responseReasonDescription") or "The payment was not taken.")
    returned = next((each for each in charge.get("returnedItems") or [] if _is_return(each)), None)
    if returned:
        state, failure_code = Seen.RETURNED, str(returned["code"])
        failure = str(returned.get("description") or "The bank has taken the debit back.")
    return Observed(
        reference=str(reference),
        intent_id=reference.intent_id,
        state=state,
        amount=amount,
        mode="bank_debit" if bank else "card",
        method_label=_label(charge),
        failure_code=failure_code,
        failure_message=failure,
        saved=saved_in(api, charge),
        refunds=refunds,
        disputes=_disputes(charge, amount, after),
        at=lists.submitted(charge),
    )


def _state(status: str, *, is_bank: bool) -> Seen:
    if status in _SETTLED:
        return Seen.RETURNED if status == "returnedItem" else Seen.SUCCEEDED
    if status in UNSETTLED | _BEING_SETTLED:
        return Seen.PROCESSING if is_bank else Seen.SUCCEEDED
    if status in _IN_REVIEW:
        return Seen.PROCESSING
    if status in _FAILED:
        return Seen.FAILED
    known = {
        AUTHORISED: Seen.READY,
        "voided": Seen.CANCELLED,
        "expired": Seen.CANCELLED,
        "settlementError": Seen.RETURNED,
    }
    if status not in known:
        raise GatewayUnreachableError(f"Authorize.Net says “{status}”, which is not known here.")
    return known[status]


def _is_return(item: dict[str, Any]) -> bool:
    """A return (R01 and so on); a notice that an account has changed (C01 and so on) takes nothing back."""
    return str(item.get("code", "")).upper().startswith("R")


def _disputes(
    charge: dict[str, Any], amount: Money, after: tuple[dict[str, Any], ...]
) -> tuple[DisputeSeen, ...]:
    """What the API tells of a chargeback is that there is one; evidence is given to the acquirer, elsewhere."""
    said = {each["transactionStatus"] for each in (charge, *after)} & {"chargeback", "chargebackReversal"}
    if not said:
        return ()
    won = "chargebackReversal" in said
    state = DisputeState.WON if won else DisputeState.UNDER_REVIEW
    return (DisputeSeen(f"chargeback-{charge['transId']}", amount, state, money_taken=not won),)


def _label(details: dict[str, Any]) -> str:
    payment = details.get("payment") or {}
    if bank := payment.get("bankAccount"):
        return _ending(str(bank.get("bankName") or "eCheck"), str(bank.get("accountNumber", "")))
    card = payment.get("creditCard") or {}
    return _ending(str(card.get("cardType", "")), str(card.get("cardNumber", "")))


def _ending(kind: str, masked: str) -> str:
    return f"{_BRANDS.get(kind, kind)} ending {masked[-4:]}".strip() if masked else ""


def _money(amount: object, currency: str) -> Money:
    try:
        return Money(Decimal(str(amount)), currency)
    except (InvalidOperation, MoneyError):
        raise GatewayUnreachableError("Authorize.Net's answer has no amount.") from None
