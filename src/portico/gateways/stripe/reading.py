"""What Stripe says of payments, methods, refunds and disputes, as values of the protocol."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from portico.gateways.stripe.amounts import from_units
from portico.kit.money import Money, MoneyError
from portico.payments.gateway import (
    DisputeSeen,
    DisputeState,
    GatewayUnreachableError,
    MethodKind,
    Observed,
    RefundSeen,
    SavedSeen,
    Seen,
)

INTENT: Final = "portico_intent"
REFUND: Final = "portico_refund"
"""Names in Stripe's metadata, by which what is ours is known again."""
DEBITS: Final = {"us_bank_account": "USD", "sepa_debit": "EUR"}
"""Debits of bank accounts, and the only currency of each."""
DEPOSITS_TAKE: Final = timedelta(days=10)
"""Two small deposits arrive within two days, and Stripe takes what they were for ten."""

_SEEN: Final = {
    "requires_payment_method": Seen.CREATED,
    "requires_confirmation": Seen.CREATED,
    "requires_action": Seen.NEEDS_ACTION,
    "processing": Seen.PROCESSING,
    "succeeded": Seen.SUCCEEDED,
    "canceled": Seen.CANCELLED,
}
_CHARGED: Final = {"pending": Seen.PROCESSING, "succeeded": Seen.SUCCEEDED, "failed": Seen.FAILED}
_REFUNDED: Final = {
    "pending": Seen.PROCESSING,
    "requires_action": Seen.PROCESSING,
    "succeeded": Seen.SUCCEEDED,
    "failed": Seen.FAILED,
    "canceled": Seen.CANCELLED,
}
_DISPUTED: Final = {
    "warning_needs_response": DisputeState.OPEN,
    "needs_response": DisputeState.OPEN,
    "warning_under_review": DisputeState.UNDER_REVIEW,
    "under_review": DisputeState.UNDER_REVIEW,
    "appeal_needs_response": DisputeState.OPEN,
    "appeal_under_review": DisputeState.UNDER_REVIEW,
    "warning_closed": DisputeState.WON,
    "prevented": DisputeState.WON,
    "won": DisputeState.WON,
    "lost": DisputeState.LOST,
}
_BRANDS: Final = {
    "amex": "American Express",
    "diners": "Diners Club",
    "eftpos_au": "eftpos",
    "jcb": "JCB",
    "unionpay": "UnionPay",
}


def observed(
    payment: Mapping[str, Any],
    refunds: Iterable[Mapping[str, Any]] = (),
    disputes: Iterable[Mapping[str, Any]] = (),
) -> Observed:
    """A PaymentIntent with its newest charge and its method expanded.

    Raises:
        GatewayUnreachableError: it cannot be read, so nothing is known of it.
    """
    try:
        return _observed(payment, list(refunds), list(disputes))
    except (KeyError, ValueError, TypeError, AttributeError, MoneyError) as error:
        raise GatewayUnreachableError("Stripe's answer cannot be read.") from error


def charged(charge: Mapping[str, Any]) -> Observed:
    """A charge with its PaymentIntent expanded, or one that was made without; raises as `observed`."""
    try:
        payment = charge.get("payment_intent") or {}
        reference = payment["id"] if payment else charge["id"]
        return Observed(
            reference=str(reference),
            intent_id=_uuid((payment or charge).get("metadata")),
            state=_CHARGED[charge["status"]],
            amount=from_units(charge["amount_captured"] or charge["amount"], charge["currency"]),
            mode=_mode(charge["payment_method_details"] or {}),
            method_label=_label(charge["payment_method_details"] or {}),
            at=_moment(charge["created"]),
        )
    except (KeyError, ValueError, TypeError, AttributeError, MoneyError) as error:
        raise GatewayUnreachableError("Stripe's answer cannot be read.") from error


def refund_seen(refund: Mapping[str, Any]) -> RefundSeen:
    """One refund; raises as `observed`."""
    try:
        return RefundSeen(
            reference=str(refund["id"]),
            amount=from_units(refund["amount"], refund["currency"]),
            state=_REFUNDED[refund["status"]],
            key=str((refund.get("metadata") or {}).get(REFUND, "")),
            failure_message=_words(refund.get("failure_reason")),
        )
    except (KeyError, ValueError, TypeError, MoneyError) as error:
        raise GatewayUnreachableError("Stripe's answer about a refund cannot be read.") from error


def saved_seen(method: Mapping[str, Any], owner: str) -> SavedSeen:
    """A PaymentMethod that is attached to a customer of Stripe's."""
    kind = MethodKind.BANK if method["type"] in DEBITS else MethodKind.CARD
    details = method[method["type"]]
    expires = None
    if details.get("exp_year"):
        year, month = int(details["exp_year"]), int(details["exp_month"])
        expires = date(year, month, monthrange(year, month)[1])
    last4, currency = str(details.get("last4") or ""), DEBITS.get(method["type"], "")
    return SavedSeen(str(method["id"]), owner, kind, _brand(method), last4, expires, currency)


def action_url(intent: Mapping[str, Any]) -> str:
    """Where the customer goes on: the bank's page, or Stripe's on which two small deposits are told."""
    action = intent.get("next_action") or {}
    known = action.get("redirect_to_url") or action.get("verify_with_microdeposits") or {}
    return str(known.get("url") or known.get("hosted_verification_url") or "")


def waits_for_deposits(intent: Mapping[str, Any]) -> bool:
    """Whether the customer is to tell two small deposits, which takes days."""
    return (intent.get("next_action") or {}).get("type") == "verify_with_microdeposits"


def failure(error: Mapping[str, Any] | None) -> tuple[str, str]:
    """The code and the sentence of an error that Stripe keeps with an intent."""
    if not error:
        return "", ""
    code = str(error.get("decline_code") or error.get("code") or "failed")
    return code, str(error.get("message") or "The payment was declined.")


def _observed(
    payment: Mapping[str, Any], refunds: list[Mapping[str, Any]], disputes: list[Mapping[str, Any]]
) -> Observed:
    charge = payment.get("latest_charge") or {}
    method = charge.get("payment_method_details") or payment.get("payment_method") or {}
    state = _SEEN[payment["status"]]
    code, words = failure(payment.get("last_payment_error"))
    if state is Seen.CREATED and code:
        state = Seen.FAILED
    amount = from_units(
        payment["amount_received"] if state is Seen.SUCCEEDED else payment["amount"], payment["currency"]
    )
    if state is Seen.SUCCEEDED:
        code = words = ""
        if back := _sent_back(charge, disputes, amount):
            state, disputes = Seen.RETURNED, []
            code, words = back
    return Observed(
        reference=str(payment["id"]),
        intent_id=_uuid(payment.get("metadata")),
        state=state,
        amount=amount,
        action_url=action_url(payment),
        mode=_mode(method or {"type": payment["payment_method_types"][0]}),
        method_label=_label(method),
        failure_code=code,
        failure_message=words,
        saved=_saved(payment, state),
        refunds=tuple(refund_seen(each) for each in refunds),
        disputes=tuple(_dispute(each) for each in disputes),
        at=_moment(charge.get("created") or payment["created"]),
        patience=DEPOSITS_TAKE if waits_for_deposits(payment) else None,
    )


def _sent_back(
    charge: Mapping[str, Any], disputes: list[Mapping[str, Any]], amount: Money
) -> tuple[str, str] | None:
    """Why a debit that had arrived was taken back whole: Stripe tells it as a dispute that is lost from the start."""
    if charge.get("status") == "failed":
        return str(charge.get("failure_code") or "returned"), str(
            charge.get("failure_message") or "Returned."
        )
    if (charge.get("payment_method_details") or {}).get("type") not in DEBITS:
        return None
    for each in disputes:
        if each["status"] == "lost" and from_units(each["amount"], each["currency"]) == amount:
            reason = str(each.get("reason") or "returned")
            return reason, f"The bank took the debit back: {_words(reason).lower()}."
    return None


def _saved(payment: Mapping[str, Any], state: Seen) -> SavedSeen | None:
    method, owner = payment.get("payment_method"), payment.get("customer")
    kept = payment.get("setup_future_usage") and state in (Seen.PROCESSING, Seen.SUCCEEDED)
    return saved_seen(method, str(owner)) if kept and method and owner else None


def _dispute(dispute: Mapping[str, Any]) -> DisputeSeen:
    state, moved = _DISPUTED[dispute["status"]], dispute.get("balance_transactions")
    # An inquiry (“warning”) takes nothing yet; else what was moved because of it says so, where it is told.
    taken = not dispute["status"].startswith(("warning", "prevented"))
    if moved is not None:
        taken = sum(int(each["amount"]) for each in moved) < 0
    if dispute["status"] == "prevented" and taken:  # settled for the customer before it became a chargeback
        state = DisputeState.LOST
    due = (dispute.get("evidence_details") or {}).get("due_by")
    return DisputeSeen(
        reference=str(dispute["id"]),
        amount=from_units(dispute["amount"], dispute["currency"]),
        state=state,
        reason=_words(dispute.get("reason")),
        evidence_due=_moment(due) if due and state is DisputeState.OPEN else None,
        money_taken=taken and state is not DisputeState.WON,
    )


def _mode(method: Mapping[str, Any]) -> str:
    return "bank_debit" if method.get("type") in DEBITS else "card"


def _brand(method: Mapping[str, Any]) -> str:
    details = method.get(method["type"]) or {}
    if method["type"] == "sepa_debit":
        return "SEPA"
    name = str(details.get("brand") or details.get("bank_name") or method["type"].replace("_", " "))
    return _BRANDS.get(name, name.capitalize() if name.islower() else name)


def _label(method: Mapping[str, Any]) -> str:
    if not method.get("type"):
        return ""
    last = (method.get(method["type"]) or {}).get("last4")
    return f"{_brand(method)} ending {last}" if last else _brand(method)


def _words(code: Any) -> str:
    return str(code or "").replace("_", " ").capitalize()


def _moment(seconds: Any) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


def _uuid(metadata: Any) -> UUID | None:
    try:
        return UUID(str((metadata or {}).get(INTENT)))
    except ValueError:
        return None
