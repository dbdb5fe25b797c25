"""Sends what moves money: authorise, capture, debit, void and pay back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from portico.gateways.authorize_net import methods, notes
from portico.gateways.authorize_net.api import Api
from portico.gateways.authorize_net.methods import DESCRIPTOR
from portico.gateways.authorize_net.notes import Word
from portico.gateways.authorize_net.numbers import Reference, hashed
from portico.gateways.authorize_net.reading import UNSETTLED, Sight, is_bank, look, refund_seen, void_seen
from portico.kit.money import Money, total
from portico.payments.gateway import (
    GatewayRefusedError,
    GatewayUnreachableError,
    Intent,
    MethodKind,
    Observed,
    RefundSeen,
    Seen,
)

LONGEST_DUPLICATE_WINDOW: Final = "28800"
"""Seconds; eight hours is the most."""
_APPROVED: Final = "1"
_HELD: Final = "4"
_NOT_KNOWN: Final = frozenset({"11", "120", "121", "122", "153"})
"""Of a transaction's errors: a duplicate of one sent before, and time-outs on the way to the processor."""
_SETTLED: Final = "settledSuccessfully"
_DECLINED_WORDS: Final = "The bank did not approve this payment."


@dataclass(frozen=True, slots=True)
class Said:
    """The answer to a transaction that was sent."""

    code: str
    trans_id: str
    error: str
    text: str

    @property
    def went_through(self) -> bool:
        """Approved, or held for the merchant to look at."""
        return self.code in (_APPROVED, _HELD)


def send(api: Api, intent: Intent, reference: Reference, token: str) -> Observed:
    """Authorise a card, or debit a bank account; nothing of this number has been sent before.

    Raises:
        GatewayRefusedError: the nonce, or the saved method, is no good.
        GatewayUnreachableError: it is not known whether it was sent.
    """
    debit = intent.kind is MethodKind.BANK
    fresh, method = "", intent.method
    profile = (method.owner_reference, method.reference) if method else None
    if profile is None and not token:
        raise GatewayRefusedError("There is nothing to charge: the card was not typed in.")
    if profile is None and intent.save and intent.owner:
        customer, kept, is_new = methods.keep(api, intent.owner, token, ask_bank=False)
        profile, fresh = (customer, kept), kept if is_new else ""
    if debit:
        note, is_ours = notes.decide(api, reference.number, Word.SENT)
        if not is_ours:
            if note.word is not Word.CANCELLED and not note.is_old:
                raise GatewayUnreachableError("This debit is being sent by somebody else.")
            return look(api, reference).observed
    said = _transaction(api, _charge(intent, reference, profile, token))
    if said.went_through:
        return look(api, reference, said.trans_id).observed
    if profile and fresh:
        methods.remove(api, *profile)
    if said.trans_id.strip("0"):
        return look(api, reference, said.trans_id).observed
    return _failed(intent, reference, said)


def capture(api: Api, reference: Reference, sight: Sight) -> Observed:
    """Charge what was authorised, once.

    A note of calling off may come between looking and capturing. Then either this or the void came first, and only
    Authorize.Net knows which: so the answer is “not known”, and whoever asks later is told.
    """
    for other in sight.others:
        if other["transactionStatus"] == sight.status:
            void(api, str(other["transId"]))
    _transaction(
        api,
        {
            "transactionType": "priorAuthCaptureTransaction",
            "amount": _plain(sight.observed.amount),
            "refTransId": sight.trans_id,
        },
    )
    if any(each.word is Word.CANCELLED for each in notes.read(api, reference.number)):
        raise GatewayUnreachableError("The payment was called off while it was charged.")
    seen = look(api, reference, sight.trans_id).observed
    if seen.state is Seen.READY:
        raise GatewayUnreachableError("Authorize.Net has not captured the payment (yet).")
    return seen


def void(api: Api, trans_id: str) -> None:
    """Take back what is not settled; what was voided before stays so."""
    _transaction(api, {"transactionType": "voidTransaction", "refTransId": trans_id})


def pay_back(api: Api, reference: Reference, amount: Money, key: str) -> RefundSeen:
    """Pay back part or all: by voiding what is not settled, which must be all of it, or by a refund.

    Raises:
        GatewayRefusedError: it was not charged, or that much is not left, or a part was asked for before settlement.
        GatewayUnreachableError: it is not known whether it was paid back.
    """
    sight = look(api, reference)
    seen = sight.observed
    if found := next((each for each in seen.refunds if each.key == key), None):
        return found
    on_its_way = seen.state is Seen.PROCESSING and sight.status in UNSETTLED
    if sight.charge is None or not (seen.state is Seen.SUCCEEDED or on_its_way):
        raise GatewayRefusedError("Nothing was charged that could be paid back.")
    gone = total((each.amount for each in seen.refunds if each.state is not Seen.FAILED), amount.currency)
    if amount > seen.amount - gone:
        raise GatewayRefusedError("That is more than is left of the payment.")
    if sight.status in UNSETTLED:
        return _void_all(api, reference, sight, amount, key)
    if sight.status not in (_SETTLED, "chargebackReversal"):
        raise GatewayRefusedError("The payment is being settled, or disputed. Try again tomorrow.")
    return _refund(api, reference, sight, amount, key)


def _void_all(api: Api, reference: Reference, sight: Sight, amount: Money, key: str) -> RefundSeen:
    if amount != sight.observed.amount:
        raise GatewayRefusedError(
            "Authorize.Net pays back a part only after the payment is settled, mostly the next day. All of it can "
            "be paid back now."
        )
    assert sight.charge is not None  # what is charged has a transaction
    notes.add(api, reference.number, Word.VOIDED, key)
    void(api, sight.trans_id)
    after = look(api, reference, sight.trans_id)
    if after.status != "voided":
        raise GatewayUnreachableError("The payment was settled while it was voided.")
    return void_seen(sight.charge, amount, after.noted)


def _refund(api: Api, reference: Reference, sight: Sight, amount: Money, key: str) -> RefundSeen:
    charge = sight.charge or {}
    note, is_ours = notes.decide(api, hashed(f"refund {key}"), Word.SENT, key[:60])
    if not is_ours and not note.is_old:
        raise GatewayUnreachableError("This refund is being sent, and Authorize.Net does not show it yet.")
    said = _transaction(
        api,
        {
            "transactionType": "refundTransaction",
            "amount": _plain(amount),
            "currencyCode": amount.currency,
            "payment": _masked(charge),
            "refTransId": sight.trans_id,
            "order": {"invoiceNumber": reference.number, "description": key},
            # Among what duplicates are known by: two refunds of one size are two, and one that is sent twice is one.
            "poNumber": hashed(f"refund {key}"),
            "transactionSettings": _settings(),
        },
    )
    if said.went_through:
        for each in look(api, reference, said.trans_id).refunds:
            if each["transId"] == said.trans_id:
                return refund_seen(each, amount.currency)
    if said.error in _NOT_KNOWN or said.went_through:
        raise GatewayUnreachableError("Authorize.Net does not say what became of the refund.")
    return RefundSeen(said.trans_id, amount, Seen.FAILED, key, said.text)


def _charge(
    intent: Intent, reference: Reference, profile: tuple[str, str] | None, token: str
) -> dict[str, Any]:
    """The transaction, its members in the schema's order."""
    debit = intent.kind is MethodKind.BANK
    made: dict[str, Any] = {
        "transactionType": "authCaptureTransaction" if debit else "authOnlyTransaction",
        "amount": _plain(intent.amount),
        "currencyCode": intent.amount.currency,
    }
    if profile:
        made["profile"] = {
            "customerProfileId": profile[0],
            "paymentProfile": {"paymentProfileId": profile[1]},
        }
    else:
        made["payment"] = {"opaqueData": {"dataDescriptor": DESCRIPTOR, "dataValue": token}}
    made["order"] = {"invoiceNumber": reference.number, "description": intent.description[:255]}
    if intent.owner and not profile:
        made["customer"] = {"email": intent.owner.email[:255]}
    if intent.agreed and intent.agreed.ip:
        made["customerIP"] = intent.agreed.ip
    made["transactionSettings"] = _settings()
    if intent.save:
        made["processingOptions"] = {"isFirstSubsequentAuth": "true"}
    elif intent.method and intent.off_session:
        made["processingOptions"] = {"isSubsequentAuth": "true"}
    return made


def _settings() -> dict[str, Any]:
    return {
        "setting": [
            {"settingName": "duplicateWindow", "settingValue": LONGEST_DUPLICATE_WINDOW},
            {"settingName": "emailCustomer", "settingValue": "false"},
        ]
    }


def _masked(charge: dict[str, Any]) -> dict[str, Any]:
    """Where a refund goes, as Authorize.Net itself tells it: the last four characters of what was charged."""
    payment = charge.get("payment") or {}
    if is_bank(charge):
        bank = payment["bankAccount"]
        named = ("accountType", "routingNumber", "accountNumber", "nameOnAccount")
        return {"bankAccount": {name: bank[name] for name in named if bank.get(name)}}
    number = str((payment.get("creditCard") or {}).get("cardNumber", ""))
    return {"creditCard": {"cardNumber": number[-4:], "expirationDate": "XXXX"}}


def _transaction(api: Api, request: dict[str, Any]) -> Said:
    said = api.ask("createTransaction", transactionRequest=request).get("transactionResponse") or {}
    errors = said.get("errors") or [{}]
    return Said(
        code=str(said.get("responseCode", "")),
        trans_id=str(said.get("transId") or "0"),
        error=str(errors[0].get("errorCode", "")),
        text=str(errors[0].get("errorText", "")),
    )


def _failed(intent: Intent, reference: Reference, said: Said) -> Observed:
    if said.error in _NOT_KNOWN or not said.code:
        raise GatewayUnreachableError(f"Authorize.Net cannot say whether it was charged ({said.error}).")
    return Observed(
        reference=str(reference),
        intent_id=intent.id,
        state=Seen.FAILED,
        amount=reference.amount,
        mode="bank_debit" if intent.kind is MethodKind.BANK else "card",
        failure_code=said.error or said.code,
        failure_message=said.text or _DECLINED_WORDS,
    )


def _plain(amount: Money) -> str:
    return str(amount.amount)
