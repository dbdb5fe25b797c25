"""Amounts as PayPal writes them: decimal strings, without decimals in three currencies that elsewhere have two."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, Final

from portico.kit.money import Money
from portico.payments.gateway import GatewayRefusedError, GatewayUnreachableError

CURRENCIES: Final = frozenset(
    {"AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS"}
    | {"JPY", "MXN", "MYR", "NOK", "NZD", "PHP", "PLN", "SEK", "SGD", "THB", "TWD", "USD"}
)
"""https://developer.paypal.com/api/rest/reference/currency-codes/ (read in November 2026)."""
WITHOUT_DECIMALS: Final = frozenset({"HUF", "JPY", "TWD"})


def written(amount: Money) -> dict[str, str]:
    """An amount for PayPal.

    Raises:
        GatewayRefusedError: PayPal does not take the currency, or not that fine.
    """
    if amount.currency not in CURRENCIES:
        raise GatewayRefusedError(f"PayPal takes no {amount.currency}.")
    if amount.currency in WITHOUT_DECIMALS:
        if amount.amount != amount.amount.to_integral_value():
            raise GatewayRefusedError(f"PayPal takes {amount.currency} in whole amounts only.")
        return {"currency_code": amount.currency, "value": f"{amount.amount:.0f}"}
    return {"currency_code": amount.currency, "value": f"{amount.amount:.2f}"}


def read(said: Any) -> Money:
    """An amount of PayPal's, exactly.

    Raises:
        GatewayUnreachableError: it is no amount, so that nobody knows what happened.
    """
    try:
        value, currency = Decimal(str(said["value"])), str(said["currency_code"])
        amount = Money.rounded(value, currency)
    except (KeyError, TypeError, InvalidOperation) as error:
        raise GatewayUnreachableError("PayPal's answer has an amount that cannot be read.") from error
    if amount.amount != value:
        raise GatewayUnreachableError("PayPal's answer has an amount finer than its currency.")
    return amount
