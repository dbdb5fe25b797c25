"""Stripe's events: verified on the raw bytes, and read for the payment that they are about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import stripe

from portico.gateways.stripe.amounts import from_units
from portico.gateways.stripe.reading import INTENT
from portico.kit.money import MoneyError
from portico.payments.gateway import Event, SignatureError

OLDEST: Final = 5 * 60
"""Seconds after which a signed event is too old, as Stripe's libraries have it."""
_OF_CONCERN: Final = ("payment_intent.", "charge.", "refund.")
"""Charges' events include those of disputes (charge.dispute.…)."""


def read_event(secret: str, body: bytes, headers: Mapping[str, str]) -> tuple[Event, ...]:
    """The event; nothing for one that is about no payment by PaymentIntent.

    Raises:
        SignatureError: not signed by Stripe with the endpoint's secret, too old, or not to be read.
    """
    given = {name.lower(): value for name, value in headers.items()}.get("stripe-signature")
    try:
        stripe.WebhookSignature.verify_header(body, given, secret, tolerance=OLDEST)
        content = json.loads(body)
        return _events(content)
    except stripe.SignatureVerificationError:
        raise SignatureError("The event is not signed by Stripe, or is too old.") from None
    except (ValueError, KeyError, TypeError, AttributeError, MoneyError):
        raise SignatureError("The event cannot be read.") from None


def _events(content: Mapping[str, Any]) -> tuple[Event, ...]:
    kind = str(content["type"])
    if not kind.startswith(_OF_CONCERN):
        return ()
    about = content["data"]["object"]
    if about["object"] != "payment_intent":
        payment = about.get("payment_intent")
        return (Event(str(content["id"]), kind, str(payment)),) if payment else ()
    named = (about.get("metadata") or {}).get(INTENT)
    event = Event(
        id=str(content["id"]),
        kind=kind,
        reference=str(about["id"]),
        intent_id=UUID(named) if named else None,
        amount=from_units(int(about["amount"]), str(about["currency"])),
    )
    return (event,)
