"""Quantities as words."""

from __future__ import annotations

from decimal import Decimal

from babel.numbers import format_decimal

from portico.kit.money import parse_locale


def quantity_text(quantity: Decimal, unit: str, language: str) -> str:
    """“2.5 kg”: the quantity with the decimals it has, and its unit."""
    number = format_decimal(quantity.normalize(), locale=parse_locale(language), decimal_quantization=False)
    return f"{number} {unit}" if unit else number
