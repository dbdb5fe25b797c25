"""How money is shown: the text Babel gives, marked up so that figures align and cents may recede."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal, Protocol

from babel.numbers import format_compact_currency, get_decimal_symbol
from django.utils.translation import get_language, get_language_bidi
from markupsafe import Markup, escape

from portico.kit.money import Money, format_money, minor_digits, parse_locale

Size = Literal["", "lg", "xl"]


class MoneyLike(Protocol):
    """What is shown as money: an amount in major units and its ISO 4217 code."""

    @property
    def amount(self) -> Decimal: ...

    @property
    def currency(self) -> str: ...


def language() -> str:
    """The language of the page being made."""
    return get_language() or "en"


def money_text(value: MoneyLike) -> str:
    """Money in words of the active language without markup, for titles and labels: “−$408.00”."""
    text = format_money(_exact(value), language())
    if not get_language_bidi():
        return text
    # Between right-to-left words a sign has no side of its own: it stays at its figure, and the $ of US$ at its US.
    marked = text.replace("\N{MINUS SIGN}", "\N{LEFT-TO-RIGHT MARK}\N{MINUS SIGN}")
    return f"{marked}\N{LEFT-TO-RIGHT MARK}"


def money(value: MoneyLike, size: Size = "", *, void: bool = False, tone: str = "") -> Markup:
    """Money as a `<data>` element; in the sizes lg and xl the part after the decimal sign is dimmed.

    Args:
        value: the money.
        size: empty for running text and tables, lg for stat figures, xl for the one figure of a page.
        void: struck through, for what no longer counts.
        tone: “ok” or “bad”, to colour it; the words around must say the same.
    """
    text = money_text(value)
    classes = " ".join(part for part in ("money", size, "void" if void else "", tone) if part)
    shown = _dimmed(text, value.currency) if size else escape(text)
    return Markup('<data class="{}" value="{}">{}</data>').format(classes, value.amount, shown)


def money_compact(value: MoneyLike) -> str:
    """Money shortened for the axis of a chart, the only place where that is allowed: “$5K”."""
    return format_compact_currency(
        value.amount, value.currency, locale=parse_locale(language()), fraction_digits=1
    ).replace("-", "\N{MINUS SIGN}")


def _exact(value: MoneyLike) -> Money:
    return value if isinstance(value, Money) else Money(value.amount, value.currency)


def _dimmed(text: str, currency: str) -> Markup:
    """The text with its decimal sign and decimals in a span; as it is where the currency has none."""
    digits = minor_digits(currency)
    if not digits:
        return escape(text)
    sign = get_decimal_symbol(parse_locale(language()))
    # The last such run is the fraction: grouping signs, symbols in front or behind do not look like it.
    found = list(re.finditer(rf"{re.escape(sign)}\d{{{digits}}}(?!\d)", text))
    if not found:
        return escape(text)
    start, end = found[-1].span()
    return Markup('{}<span class="cents">{}</span>{}').format(text[:start], text[start:end], text[end:])
