"""Which scheme of bank debits a currency has at GoCardless."""

from __future__ import annotations

from typing import Final

from portico.gateways.gocardless.api import Row
from portico.payments.gateway import GatewayRefusedError

SCHEMES: Final = {"USD": "ach", "EUR": "sepa_core", "GBP": "bacs"}
INSTANT: Final = frozenset({"EUR", "GBP"})
"""Currencies in which GoCardless takes single payments straight from the customer's bank."""


def scheme_of(currency: str) -> str:
    """The scheme; GatewayRefusedError where there is none."""
    if currency not in SCHEMES:
        raise GatewayRefusedError(f"GoCardless takes no {currency} here.")
    return SCHEMES[currency]


def mandate_request(currency: str) -> Row:
    """What of a billing request asks for a mandate."""
    return {"currency": currency, "scheme": scheme_of(currency)}
