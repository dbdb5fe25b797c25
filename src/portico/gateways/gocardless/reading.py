"""What GoCardless says of a payment, in our words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from portico.gateways.gocardless.api import Api, Row
from portico.gateways.gocardless.schemes import SCHEMES
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
REFERENCE: Final = "portico_reference"
AMOUNT: Final = "portico_amount"
SAVING: Final = "portico_saving"
CALLED_OFF: Final = "portico_called_off"
"""In a payment's metadata: it was made to use up the idempotency key of an intent, so that nothing is charged for it."""
REFUND_KEY: Final = "portico_refund"

_STATES: Final = {
    "pending_customer_approval": Seen.PROCESSING,
    "pending_submission": Seen.PROCESSING,
    "submitted": Seen.PROCESSING,
    "confirmed": Seen.SUCCEEDED,
    "paid_out": Seen.SUCCEEDED,
    "cancelled": Seen.CANCELLED,
    "customer_approval_denied": Seen.FAILED,
    "failed": Seen.FAILED,
    # It had arrived, and the bank took it back under the scheme's guarantee; GoCardless may still get it back, so it
    # is told as a dispute beside a payment that succeeded, and not as a return, which is final.
    "charged_back": Seen.SUCCEEDED,
}
_REFUNDS: Final = {
    "paid": Seen.SUCCEEDED,
    "cancelled": Seen.FAILED,
    "failed": Seen.FAILED,
    "bounced": Seen.FAILED,
    "funds_returned": Seen.FAILED,
}
_DEAD: Final = frozenset({"failed", "cancelled", "expired", "blocked", "consumed"})
_UNSUITABLE: Final = frozenset({"suspended_by_payer"})


@dataclass(frozen=True, slots=True)
class Made:
    """The reference of a payment of a saved mandate, made before GoCardless has any payment: mandate, intent, amount."""

    mandate: str
    intent_id: UUID
    amount: Money

    def __str__(self) -> str:
        return f"{self.mandate}.{self.intent_id}.{self.amount.to_minor()}.{self.amount.currency}"

    @classmethod
    def read(cls, text: str) -> Made | None:
        """What a reference says; None for one that GoCardless has given."""
        parts = text.split(".")
        if len(parts) != 4:  # noqa: PLR2004 (mandate, intent, units, currency)
            return None
        intent_id = uuid_of(parts[1])
        return cls(parts[0], intent_id, Money.from_minor(int(parts[2]), parts[3])) if intent_id else None


def uuid_of(text: object) -> UUID | None:
    """An id of ours in GoCardless's metadata; None for what is none."""
    try:
        return UUID(str(text))
    except ValueError:
        return None


def asked_amount(billing_request: Row) -> Money:
    """What a billing request was made for, as we wrote it there; zero for one that only saves a mandate.

    Raises:
        GatewayUnreachableError: it cannot be read.
    """
    said = str((billing_request.get("metadata") or {}).get(AMOUNT) or "")
    currency = str((billing_request.get("mandate_request") or {}).get("currency") or "GBP")
    try:
        units, _space, named = said.partition(" ")
        return Money.from_minor(int(units), named) if said else Money.zero(currency)
    except (ValueError, MoneyError):
        raise GatewayUnreachableError("GoCardless's billing request cannot be read.") from None


def is_dead(mandate: Row) -> bool:
    """Whether nothing can be debited from a mandate."""
    return mandate["status"] in _DEAD | _UNSUITABLE


def observed(
    api: Api, payment: Row, *, saved: SavedSeen | None = None, reference: str = "", brief: bool = False
) -> Observed:
    """A payment with its refunds, why it failed, and whether its bank took it back.

    Args:
        api: to ask for refunds and events.
        payment: as GoCardless describes it.
        saved: its mandate.
        reference: ours, where the payment's metadata does not have it.
        brief: for lists: chargebacks that were undone are not asked for.

    Raises:
        GatewayUnreachableError: GoCardless does not answer, or what it says cannot be read.
    """
    try:
        metadata = payment.get("metadata") or {}
        amount = _money(payment, payment["currency"])
        state = _STATES[payment["status"]]
        if metadata.get(CALLED_OFF) and state is not Seen.CANCELLED:
            state = Seen.CREATED  # the calling off is not finished
        events: list[Row] = []
        if payment["status"] in ("failed", "charged_back", "customer_approval_denied"):
            events = list(api.events(payment=payment["id"]))
        elif state is Seen.SUCCEEDED and not brief:
            events = list(api.events(payment=payment["id"], action="chargeback_cancelled"))
        if state is Seen.FAILED and any(each["action"] in ("confirmed", "paid_out") for each in events):
            state = Seen.RETURNED  # a late failure: it had arrived, and will not come any more
        failure = _failure(events) if state in (Seen.FAILED, Seen.RETURNED) else ("", "")
        # Not by `amount_refunded` alone: a refund that came back (failed, bounced) is none of it, and is to be told.
        refunded = int(payment.get("amount_refunded") or 0) or (state is Seen.SUCCEEDED and not brief)
        refunds = api.refunds(payment["id"]) if refunded else ()
        return Observed(
            reference=reference or str(metadata.get(REFERENCE) or payment["id"]),
            intent_id=uuid_of(metadata.get(INTENT)),
            state=state,
            amount=amount,
            mode=MethodKind.BANK,
            method_label=label(saved),
            failure_code=failure[0],
            failure_message=failure[1],
            saved=saved,
            refunds=tuple(refund_seen(each) for each in refunds),
            disputes=_disputes(payment, events, amount),
            at=datetime.fromisoformat(payment["created_at"]),
        )
    except (KeyError, ValueError, TypeError, MoneyError) as error:
        raise GatewayUnreachableError("GoCardless's payment cannot be read.") from error


def refund_seen(refund: Row) -> RefundSeen:
    """One refund."""
    metadata = refund.get("metadata") or {}
    return RefundSeen(
        str(refund["id"]),
        _money(refund, refund["currency"]),
        _REFUNDS.get(refund["status"], Seen.PROCESSING),
        str(metadata.get(REFUND_KEY) or ""),
    )


def saved_seen(api: Api, mandate: Row) -> SavedSeen:
    """A mandate as a method that is kept: the bank, and the last digits that GoCardless shows."""
    links = mandate["links"]
    account = api.bank_account(links["customer_bank_account"])
    return SavedSeen(
        str(mandate["id"]),
        str(links["customer"]),
        MethodKind.BANK,
        str(account.get("bank_name") or "Bank account"),
        str(account.get("account_number_ending") or "")[-4:],
        currency=next((each for each, scheme in SCHEMES.items() if scheme == mandate["scheme"]), ""),
    )


def label(saved: SavedSeen | None) -> str:
    """How a payment's method is called, such as “Barclays ending 11”."""
    if saved is None:
        return ""
    return f"{saved.brand} ending {saved.last4}" if saved.last4 else saved.brand


def _money(row: Row, currency: str) -> Money:
    return Money.from_minor(int(row["amount"]), currency)


def _failure(events: Iterable[Row]) -> tuple[str, str]:
    """The newest event that says why: its cause, and a sentence for the customer."""
    for event in events:
        if event["action"] in ("failed", "late_failure", "customer_approval_denied", "cancelled"):
            details = event.get("details") or {}
            return str(details.get("cause") or "failed"), str(
                details.get("description") or "The bank did not pay."
            )
    return "failed", "The bank did not pay."


def _disputes(payment: Row, events: list[Row], amount: Money) -> tuple[DisputeSeen, ...]:
    """A chargeback under the scheme's guarantee: no evidence is asked for, and only GoCardless can undo it."""
    reference = f"{payment['id']}-chargeback"
    reason = next((_failure([{**each, "action": "failed"}])[1] for each in events if _is_back(each)), "")
    if payment["status"] == "charged_back":
        settled = any(each["action"] == "chargeback_settled" for each in events)
        state = DisputeState.LOST if settled else DisputeState.UNDER_REVIEW
        return (DisputeSeen(reference, amount, state, reason),)
    if any(each["action"] == "chargeback_cancelled" for each in events):
        return (DisputeSeen(reference, amount, DisputeState.WON, reason, money_taken=False),)
    return ()


def _is_back(event: Row) -> bool:
    return bool(event["action"] in ("charged_back", "chargeback_cancelled"))
