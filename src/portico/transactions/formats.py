"""Money and dates of long lists, formatted once for each value: a list is half formatting, and values recur."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import lru_cache

from markupsafe import Markup

from portico.kit.money import Money
from portico.ui.dates import date_short
from portico.ui.icons import badge
from portico.ui.money import language, money


def list_money(value: Money, *, void: bool = False) -> Markup:
    """As the filter `money`, in the active language."""
    return _money(value.amount, value.currency, void, language())


def list_date(day: dt.date) -> str:
    """As the filter `date_short`, in the active language."""
    return _date(day, language())


def list_badge(words: str, tone: str) -> Markup:
    """As the function `badge`."""
    return _badge(words, tone)


@lru_cache(maxsize=20_000)
def _money(amount: Decimal, currency: str, void: bool, _language: str) -> Markup:
    return money(Money(amount, currency), void=void)


@lru_cache(maxsize=5_000)
def _date(day: dt.date, _language: str) -> str:
    return date_short(day)


_badge = lru_cache(maxsize=500)(badge)
FORMATS = {"list_money": list_money, "list_date": list_date, "list_badge": list_badge}
"""For the context of a list's template."""
