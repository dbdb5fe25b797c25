"""Exact money: a frozen amount with its currency, which refuses floats, bare numbers and mixed currencies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from typing import Final, Self

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency, get_currency_precision, list_currencies

from portico.kit.errors import PorticoError

MOST_DIGITS: Final = 3
"""Decimals that are kept; no circulating currency has more."""
LARGEST: Final = Decimal("999999999999.999")
"""The most one amount may be, in major units; leaves room for sums in numeric(19, 3)."""


_CODE_BEFORE: Final = re.compile(r"([A-Za-z])(?=-?\d)")
_CODE_AFTER: Final = re.compile(r"(?<=\d)([A-Za-z])")


class MoneyError(PorticoError):
    """An amount that cannot be: not a number, too fine for its currency, too large, or of another currency."""

    code = "invalid_amount"
    status = 422


@lru_cache(maxsize=512)
def minor_digits(currency: str) -> int:
    """How many decimals the currency has (CLDR): 0 for JPY, 2 for USD, 3 for KWD.

    Raises:
        MoneyError: the code is not an ISO 4217 currency, or has more than three decimals.
    """
    if currency not in list_currencies():
        raise MoneyError(f"{currency!r} is not a currency code.", field="currency")
    digits = get_currency_precision(currency)
    if digits > MOST_DIGITS:
        raise MoneyError(
            f"{currency} has {digits} decimals; at most {MOST_DIGITS} are kept.", field="currency"
        )
    return digits


@lru_cache(maxsize=512)
def smallest(currency: str) -> Decimal:
    """The smallest amount of the currency in major units: 0.01 for USD, 1 for JPY."""
    return Decimal(1).scaleb(-minor_digits(currency))


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An exact amount in major units of one currency, with exactly the currency's decimals."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if type(self.amount) is not Decimal:
            raise TypeError(f"Money takes a Decimal, not {type(self.amount).__name__}")
        if not self.amount.is_finite():
            raise MoneyError("The amount is not a number.", field="amount")
        digits = minor_digits(self.currency)
        exponent = self.amount.as_tuple().exponent
        if exponent != -digits:
            if abs(self.amount) > LARGEST:
                raise MoneyError("The amount is too large.", field="amount")
            fitted = self.amount.quantize(smallest(self.currency))
            if fitted != self.amount:
                raise MoneyError(_too_fine(self.amount, self.currency), field="amount")
            object.__setattr__(self, "amount", fitted)
        if abs(self.amount) > LARGEST:
            raise MoneyError("The amount is too large.", field="amount")
        if not self.amount and self.amount.is_signed():
            object.__setattr__(self, "amount", abs(self.amount))  # Decimal knows a -0; nobody owes it

    @classmethod
    def zero(cls, currency: str) -> Self:
        """Nothing, in the given currency."""
        return cls(Decimal(0), currency)

    @classmethod
    def of(cls, text: str, currency: str) -> Self:
        """Read a plain amount such as "1200.50" (point as decimal sign, no grouping).

        Raises:
            MoneyError: not a plain number, too fine for the currency, or too large.
        """
        stripped = text.strip()
        if not stripped.isascii() or any(c in stripped for c in "eE_"):
            raise MoneyError(f"“{text[:40]}” is not an amount.", field="amount")
        try:
            amount = Decimal(stripped)
        except InvalidOperation:
            raise MoneyError(f"“{text[:40]}” is not an amount.", field="amount") from None
        return cls(amount, currency)

    @classmethod
    def rounded(cls, amount: Decimal, currency: str) -> Self:
        """Round half up (away from zero) to the currency's decimals: how commercial invoices are rounded."""
        return cls(amount.quantize(smallest(currency), rounding=ROUND_HALF_UP), currency)

    @classmethod
    def from_minor(cls, units: int, currency: str) -> Self:
        """An amount given in minor units (cents for USD, yen for JPY), as gateways speak."""
        return cls(Decimal(units).scaleb(-minor_digits(currency)), currency)

    def to_minor(self) -> int:
        """The amount in minor units, exactly."""
        return int(self.amount.scaleb(minor_digits(self.currency)))

    def _same(self, other: Money) -> None:
        if not isinstance(other, Money):
            raise TypeError(f"Money meets only Money, not {type(other).__name__}")
        if other.currency != self.currency:
            raise MoneyError(f"{self.currency} and {other.currency} cannot be mixed.", field="currency")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __abs__(self) -> Money:
        return Money(abs(self.amount), self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.amount < other.amount

    def __le__(self, other: Money) -> bool:
        self._same(other)
        return self.amount <= other.amount

    def __gt__(self, other: Money) -> bool:
        self._same(other)
        return self.amount > other.amount

    def __ge__(self, other: Money) -> bool:
        self._same(other)
        return self.amount >= other.amount

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def times(self, factor: Decimal) -> Money:
        """The amount times a factor, rounded half up to the currency's decimals."""
        return Money.rounded(self.amount * factor, self.currency)

    def split(self, weights: Sequence[Decimal]) -> list[Money]:
        """Share the amount out in proportion to the weights; the parts add up exactly.

        Each part is rounded towards zero; the smallest units that are left go, one each, to the parts that lost
        most by it, the later one first where they lost the same. So no part is a unit or more from its exact
        share, none has another sign than the whole, and a part without weight gets nothing.

        Raises:
            MoneyError: no weight, a negative weight, or all weights zero.
        """
        if not weights or min(weights) < 0 or not any(weights):
            raise MoneyError("An amount is shared out by weights that are not negative and not all zero.")
        ratios = [Fraction(weight) for weight in weights]
        whole = sum(ratios)
        units = self.to_minor()
        shares = [abs(units) * ratio / whole for ratio in ratios]
        parts = [int(share) for share in shares]
        by_loss = sorted(range(len(parts)), key=lambda index: (shares[index] - parts[index], index))
        left = abs(units) - sum(parts)
        for index in by_loss[len(by_loss) - left :]:
            parts[index] += 1
        return [Money.from_minor(-part if units < 0 else part, self.currency) for part in parts]


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum of amounts that are all in the given currency; zero for none."""
    result = Money.zero(currency)
    for amount in amounts:
        result += amount
    return result


def smaller(a: Money, b: Money) -> Money:
    """The smaller of two amounts of one currency."""
    return min(a, b)


def format_money(money: Money, locale: str = "en") -> str:
    """Print an amount for people, by CLDR: “$1,234.50”, “1.234,50 €”, with a true minus sign."""
    return _printed(money.amount, money.currency, locale)


@lru_cache(maxsize=4_096)  # a page prints the same amounts several times, and again when it is opened again
def _printed(amount: Decimal, currency: str, locale: str) -> str:
    text = format_currency(amount, currency, locale=parse_locale(locale))
    # CLDR's currencySpacing, which Babel leaves out: a code of letters keeps its distance from the figures.
    spaced = _CODE_BEFORE.sub("\\1\N{NO-BREAK SPACE}", _CODE_AFTER.sub("\N{NO-BREAK SPACE}\\1", text))
    return spaced.replace("-", "\N{MINUS SIGN}")


@lru_cache(maxsize=128)
def parse_locale(language: str) -> Locale:
    """Babel's locale for a language tag such as “de” or “pt-br”; English for one it does not know."""
    try:
        return Locale.parse(language.replace("-", "_"))
    except (ValueError, LookupError, UnknownLocaleError):
        return Locale.parse("en")


def _too_fine(amount: Decimal, currency: str) -> str:
    digits = minor_digits(currency)
    allowed = {0: "no decimals", 1: "at most 1 decimal"}.get(digits, f"at most {digits} decimals")
    return f"{amount} is too fine: {currency} has {allowed}."
