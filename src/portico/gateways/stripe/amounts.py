"""Amounts as Stripe writes them: whole units of the smallest size it knows of a currency.

Its sizes are not everywhere those of CLDR, by which `Money` counts (docs.stripe.com/currencies): the króna and the
Ugandan shilling are written with two decimals that are always zero, and of the third decimal of a dinar only 0 is taken.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from portico.kit.money import Money
from portico.payments.gateway import GatewayRefusedError

_WITHOUT_DECIMALS: Final = frozenset(
    "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split()  # noqa: SIM905 (read as a list)
)
_WITH_THREE: Final = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})


def digits(currency: str) -> int:
    """How many decimals Stripe's smallest unit of the currency has."""
    if currency in _WITHOUT_DECIMALS:
        return 0
    return 3 if currency in _WITH_THREE else 2


def to_units(amount: Money) -> int:
    """The amount in Stripe's units, exactly.

    Raises:
        GatewayRefusedError: Stripe has no such amount.
    """
    units = amount.amount.scaleb(digits(amount.currency))
    if units != int(units) or (amount.currency in _WITH_THREE and int(units) % 10):
        raise GatewayRefusedError(f"Stripe takes no amount as fine as {amount.amount} {amount.currency}.")
    return int(units)


def from_units(units: int, currency: str) -> Money:
    """What Stripe writes as so many units of a currency (in small letters).

    Raises:
        MoneyError: it is finer than the currency.
    """
    code = currency.upper()
    return Money(Decimal(units).scaleb(-digits(code)), code)
