"""PayPal's events: which payment each is about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from portico.gateways.paypal import amounts, orders
from portico.gateways.paypal.signature import verify
from portico.payments.gateway import Account, Event, GatewayUnreachableError, SignatureError

CAPTURE: Final = "capture:"
"""Before the id of a capture where an event does not name the order; `fetch` finds the order by it."""
_OF_ORDERS: Final = ("CHECKOUT.ORDER.APPROVED", "CHECKOUT.ORDER.COMPLETED")
_OF_CAPTURES: Final = (
    "PAYMENT.CAPTURE.COMPLETED",
    "PAYMENT.CAPTURE.PENDING",
    "PAYMENT.CAPTURE.DENIED",
    "PAYMENT.CAPTURE.DECLINED",
)
_OF_REFUNDS: Final = ("PAYMENT.CAPTURE.REFUNDED", "PAYMENT.CAPTURE.REVERSED")
_OF_DISPUTES: Final = ("CUSTOMER.DISPUTE.CREATED", "CUSTOMER.DISPUTE.UPDATED", "CUSTOMER.DISPUTE.RESOLVED")
CONCERNING: Final = _OF_ORDERS + _OF_CAPTURES + _OF_REFUNDS + _OF_DISPUTES


def parse(account: Account, body: bytes, headers: Mapping[str, str]) -> tuple[Event, ...]:
    """Verify the raw bytes and read them; nothing for what is about no payment.

    Raises:
        SignatureError: it is not PayPal's, or cannot be read.
    """
    verify(account, body, headers)
    try:
        content = json.loads(body)
        kind = str(content["event_type"])
        return (_read(str(content["id"]), kind, content["resource"]),) if kind in CONCERNING else ()
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, GatewayUnreachableError):
        raise SignatureError("The event cannot be read.") from None


def order_of(capture: Mapping[str, Any]) -> str:
    """The order that a capture is of; empty for a payment that came without one."""
    related = (capture.get("supplementary_data") or {}).get("related_ids") or {}
    return str(related.get("order_id") or "")


def _read(event_id: str, kind: str, resource: dict[str, Any]) -> Event:
    if kind in _OF_ORDERS:
        unit = resource["purchase_units"][0]
        return Event(event_id, kind, str(resource["id"]), orders.uuid(unit.get("custom_id")))
    if kind in _OF_CAPTURES:
        reference = order_of(resource) or CAPTURE + str(resource["id"])
        intent_id = orders.uuid(resource.get("custom_id"))
        return Event(event_id, kind, reference, intent_id, amounts.read(resource["amount"]))
    if kind in _OF_REFUNDS:
        return Event(event_id, kind, CAPTURE + _capture_above(resource))
    return Event(event_id, kind, CAPTURE + str(resource["disputed_transactions"][0]["seller_transaction_id"]))


def _capture_above(refund: dict[str, Any]) -> str:
    """A refund names its capture by a link only; a reversed capture is one itself."""
    above = next((str(each["href"]) for each in refund.get("links") or () if each.get("rel") == "up"), "")
    if "/captures/" in above:
        return above.rsplit("/captures/", 1)[1].split("/")[0]
    return str(refund["id"])
