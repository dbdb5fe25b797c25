"""What an order of PayPal's says of a payment, and what it is made of."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from portico.gateways.paypal import amounts
from portico.payments.gateway import (
    GatewayUnreachableError,
    Intent,
    MethodKind,
    Observed,
    RefundSeen,
    SavedSeen,
    Seen,
)

_CAPTURED: Final = {
    "COMPLETED": Seen.SUCCEEDED,
    "PARTIALLY_REFUNDED": Seen.SUCCEEDED,
    "REFUNDED": Seen.SUCCEEDED,
    "PENDING": Seen.PROCESSING,
    "DECLINED": Seen.FAILED,
    "FAILED": Seen.FAILED,
}
_OPEN: Final = {
    "CREATED": Seen.CREATED,
    "SAVED": Seen.CREATED,
    "PAYER_ACTION_REQUIRED": Seen.NEEDS_ACTION,
    "APPROVED": Seen.READY,
    "VOIDED": Seen.CANCELLED,
}
_REFUNDED: Final = {
    "COMPLETED": Seen.SUCCEEDED,
    "PENDING": Seen.PROCESSING,
    "CANCELLED": Seen.CANCELLED,
    "FAILED": Seen.FAILED,
}
CLOSED_BY: Final = "AUTHORIZE"
"""The intent by which an order is called off: PayPal captures only orders of the intent CAPTURE, and changes the
intent of no order that is captured already. So one of the two wins, at PayPal and for good."""


def request_of(intent: Intent) -> dict[str, Any]:
    """An order that charges nobody yet; `custom_id` brings the intent's id back in everything that PayPal says."""
    unit: dict[str, Any] = {
        "reference_id": "default",
        "amount": amounts.written(intent.amount),
        "custom_id": str(intent.id),
    }
    if intent.description:
        unit["description"] = intent.description[:127]
    return {"intent": "CAPTURE", "purchase_units": [unit]}


def wallet_of(intent: Intent) -> dict[str, Any]:
    """How the customer is asked on PayPal's site, and whether PayPal is to keep the wallet for later."""
    wallet: dict[str, Any] = {"experience_context": experience(intent.return_url, paying=True)}
    if intent.save and intent.owner:
        attributes: dict[str, Any] = {
            "vault": {"store_in_vault": "ON_SUCCESS", "usage_type": "MERCHANT", "customer_type": "CONSUMER"}
        }
        if intent.owner.reference:
            attributes["customer"] = {"id": intent.owner.reference}
        wallet["attributes"] = attributes
    return {"payment_source": {"paypal": wallet}}


def experience(return_url: str, *, paying: bool) -> dict[str, str]:
    """What PayPal's page is like; who turns back there comes to the same page of ours, which asks how it stands."""
    said = {"return_url": return_url, "cancel_url": return_url, "shipping_preference": "NO_SHIPPING"}
    return {**said, "user_action": "PAY_NOW"} if paying else said


def observed(order: dict[str, Any]) -> Observed:
    """The payment as its order tells it.

    Raises:
        GatewayUnreachableError: the order cannot be read.
    """
    try:
        unit = order["purchase_units"][0]
        capture = capture_of(order)
        state = _CAPTURED[capture["status"]] if capture else _state_of(order)
        amount = amounts.read((capture or unit)["amount"])
        wallet = (order.get("payment_source") or {}).get("paypal") or {}
        return Observed(
            reference=str(order["id"]),
            intent_id=uuid(unit.get("custom_id")),
            state=state,
            amount=amount,
            action_url=link(order, "payer-action", "approve") if state is Seen.NEEDS_ACTION else "",
            mode=MethodKind.WALLET.value,
            method_label=label(wallet),
            failure_code=_why(capture) if capture and state is Seen.FAILED else "",
            failure_message=declined() if state is Seen.FAILED else "",
            saved=_saved(wallet),
            refunds=tuple(refund_seen(each) for each in (unit.get("payments") or {}).get("refunds") or ()),
            at=moment((capture or order).get("create_time")),
        )
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise GatewayUnreachableError("PayPal's answer cannot be read.") from error


def capture_of(order: dict[str, Any]) -> dict[str, Any] | None:
    """The capture that counts: one that took money, else the last that did not; None before any."""
    captures = (order["purchase_units"][0].get("payments") or {}).get("captures") or []
    taken = [each for each in captures if each["status"] not in ("DECLINED", "FAILED")]
    found: list[dict[str, Any]] = taken or captures
    return found[-1] if found else None


def refund_seen(refund: dict[str, Any]) -> RefundSeen:
    """A refund; PayPal keeps our key in its `custom_id`."""
    try:
        return RefundSeen(
            str(refund["id"]),
            amounts.read(refund["amount"]),
            _REFUNDED[refund["status"]],
            str(refund.get("custom_id") or ""),
        )
    except (KeyError, TypeError) as error:
        raise GatewayUnreachableError("PayPal's answer about a refund cannot be read.") from error


def declined() -> str:
    """What the customer is told; PayPal tells nobody more, and asks that they look into their account."""
    return _("PayPal declined this payment. Check your PayPal account, or pay in another way.")


def label(wallet: dict[str, Any]) -> str:
    """How people know the wallet again."""
    address = str(wallet.get("email_address") or "")
    return f"PayPal {address}".strip()


def link(content: dict[str, Any], *names: str) -> str:
    """The first link of these names, on HTTPS or a stand-in's; empty where there is none."""
    for name in names:
        for each in content.get("links") or ():
            href = str(each.get("href", ""))
            if each.get("rel") == name and href.startswith(("https://", "http://127.0.0.1:")):
                return href
    return ""


def uuid(text: object) -> UUID | None:
    """An id of ours, or nothing."""
    try:
        return UUID(str(text))
    except ValueError:
        return None


def moment(text: object) -> datetime | None:
    """A time as PayPal writes it (RFC 3339)."""
    return datetime.fromisoformat(str(text)) if text else None


def _state_of(order: dict[str, Any]) -> Seen:
    return Seen.CANCELLED if order.get("intent") == CLOSED_BY else _OPEN[order["status"]]


def _why(capture: dict[str, Any]) -> str:
    processor = (capture.get("processor_response") or {}).get("response_code")
    return str(processor or (capture.get("status_details") or {}).get("reason") or capture["status"])


def _saved(wallet: dict[str, Any]) -> SavedSeen | None:
    vault = (wallet.get("attributes") or {}).get("vault") or {}
    if not vault.get("id"):
        return None
    owner = str((vault.get("customer") or {}).get("id") or "")
    return SavedSeen(str(vault["id"]), owner, MethodKind.WALLET, label(wallet))
