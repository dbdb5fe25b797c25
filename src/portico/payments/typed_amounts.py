"""Amounts as people type and read them in their language."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from babel.numbers import NumberFormatError, format_decimal, get_group_symbol, parse_decimal
from django.utils.translation import gettext as _

from portico.kit.money import Money, MoneyError, minor_digits, parse_locale

LONGEST_AMOUNT: Final = 40
"""Signs of an amount as typed; the largest that can be has fewer, and decimals of a million digits raise what nobody foresees."""
_AMOUNT: Final = re.compile(r"[-+\u2212]?[0-9.,'\u2019\s\u00a0\u202f]+")


def read_amount(text: str, currency: str, locale: str) -> Money:
    """Read an amount as people of this locale type it: “1,200.50” in English, “1.200,50” in German.

    Raises:
        MoneyError: not an amount, zero or less, too fine for the currency, or too large.
    """
    stripped = text.strip()
    if not stripped:
        raise MoneyError(_("Enter an amount."))
    if len(stripped) > LONGEST_AMOUNT or not _AMOUNT.fullmatch(stripped):
        raise MoneyError(_("“%(text)s” is not an amount.") % {"text": stripped[:40]})
    try:
        value = parse_decimal(_grouped(stripped, locale), locale=parse_locale(locale), strict=True)
    except NumberFormatError:
        raise MoneyError(
            _("“%(text)s” is not an amount. Write it like %(example)s.")
            % {"text": stripped[:40], "example": _example(currency, locale)}
        ) from None
    if value <= 0:
        raise MoneyError(_("Enter an amount above zero."))
    return Money(value, currency)


def write_amount(amount: Money, locale: str) -> str:
    """An amount for an input field, without the currency: what `read_amount` reads back."""
    digits = minor_digits(amount.currency)
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(amount.amount, format=pattern, locale=parse_locale(locale))


def _grouped(text: str, locale: str) -> str:
    """The grouping signs as CLDR has them: people type a plain space or apostrophe for a narrow or curved one."""
    sign = get_group_symbol(parse_locale(locale))
    typed = r"\s" if sign.isspace() else "['\u2019]"
    plain = text.replace("\N{MINUS SIGN}", "-")
    return re.sub(typed, sign, plain) if sign.isspace() or sign in "'\u2019" else plain


def _example(currency: str, locale: str) -> str:
    return write_amount(Money.rounded(Decimal("1200.5"), currency), locale)
