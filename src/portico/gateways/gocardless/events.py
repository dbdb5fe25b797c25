"""Webhooks of GoCardless: signed as a whole, with up to 250 events in one delivery."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, Final

from portico.payments.gateway import Event, SignatureError

_ABOUT: Final = {
    "payments": ("payment", None),
    "refunds": ("refund", None),
    "billing_requests": ("billing_request", frozenset({"fulfilled", "cancelled", "failed"})),
}
"""Which events concern us: the kind of resource, what names it, and which actions (None: all)."""


def read_events(secret: str, body: bytes, headers: Mapping[str, str]) -> tuple[Event, ...]:
    """The events of a delivery about payments, refunds and billing requests, in the order they came.

    The signature is the HMAC-SHA-256 of the raw body in hexadecimal digits, without a time: a delivery that is sent
    again does no harm, as each event is taken once and only makes us ask.

    Raises:
        SignatureError: the delivery is not GoCardless's, or cannot be read.
    """
    given = {name.lower(): value for name, value in headers.items()}.get("webhook-signature", "")
    expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    if not secret or not given or not hmac.compare_digest(given.encode(), expected.encode()):
        raise SignatureError("The events are not signed by GoCardless.")
    try:
        read = [_event(each) for each in json.loads(body)["events"]]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise SignatureError("The events cannot be read.") from None
    return tuple(event for event in read if event is not None)


def _event(row: dict[str, Any]) -> Event | None:
    name, actions = _ABOUT.get(row["resource_type"], ("", None))
    action = str(row["action"])
    reference = str(row["links"].get(name) or "") if name else ""
    if not reference or (actions is not None and action not in actions):
        return None
    part = json.dumps(row, ensure_ascii=False, sort_keys=True).encode()
    return Event(str(row["id"]), f"{row['resource_type']}.{action}", reference, part=part)
