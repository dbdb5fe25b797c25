"""Reading single cells: numbers, days, countries, e-mail addresses, texts; each complaint says what is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale

from portico.importing.mapping.model import FileFormat
from portico.kit.money import MoneyError, minor_digits
from portico.organisations import checks

EARLIEST: Final = date(1900, 1, 1)
LATEST: Final = date(2199, 12, 31)
_REMEMBERED: Final = 100_000
_SHOWN: Final = 40


class ValueProblemError(ValueError):
    """A cell that cannot be read as what it should be; the message is for people."""


class Numbers:
    """Reads plain numbers in the file's notation; remembers them, since prices and quantities repeat."""

    def __init__(self, file: FileFormat) -> None:
        point, group = re.escape(file.decimal_point), re.escape(file.thousands)
        whole = rf"\d{{1,3}}(?:{group}\d{{3}})+|\d+" if group else r"\d+"
        self._pattern = re.compile(rf"([+-]?)({whole})?(?:{point}(\d*))?\Z", re.ASCII)
        self._group = file.thousands
        self._example = f"1{file.thousands}234{file.decimal_point}50"
        self._known: dict[tuple[str, int, int], Decimal] = {}

    def read(self, text: str, *, whole: int, decimals: int) -> Decimal:
        """A number with at most so many digits before and after the point; zeros at the end do not count.

        Raises:
            ValueProblemError: it is none, or too large, or too fine.
        """
        key = (text, whole, decimals)
        found = self._known.get(key)
        if found is None:
            found = self._read(text, whole, decimals)
            if len(self._known) < _REMEMBERED:
                self._known[key] = found
        return found

    def _read(self, text: str, whole: int, decimals: int) -> Decimal:
        if not text:
            raise ValueProblemError("is empty; a number is needed")
        match = self._pattern.match(text)
        if match is None or not (match[2] or match[3]):
            raise ValueProblemError(f"“{_short(text)}” is not a number such as {self._example}")
        digits = (match[2] or "0").replace(self._group, "") if self._group else match[2] or "0"
        fraction = (match[3] or "").rstrip("0")
        if len(fraction) > decimals:
            raise ValueProblemError(f"“{_short(text)}” is too fine: at most {decimals} decimals are kept")
        if len(digits.lstrip("0")) > whole:
            raise ValueProblemError(f"“{_short(text)}” is too large")
        value = Decimal(f"{digits}.{fraction}" if fraction else digits)
        return -value if match[1] == "-" and value else value


@dataclass(frozen=True, slots=True)
class Day:
    """A day as the file writes it, and the moment, if the file's format has a time of day."""

    day: date
    moment: datetime | None


class Days:
    """Reads dates. The day stays the day that is written; the moment is reckoned from the file's time zone."""

    def __init__(self, file: FileFormat, default_zone: str) -> None:
        self._formats = file.date_formats
        self._zone = ZoneInfo(file.time_zone or default_zone)
        self._known: dict[str, Day] = {}

    def read(self, text: str) -> Day:
        """The day and moment.

        Raises:
            ValueProblemError: no format fits, the day does not exist, or lies outside 1900 to 2199.
        """
        found = self._known.get(text)
        if found is None:
            found = self._read(text)
            if len(self._known) < _REMEMBERED:
                self._known[text] = found
        return found

    def _read(self, text: str) -> Day:
        if not text:
            raise ValueProblemError("is empty; a date is needed")
        for date_format in self._formats:
            try:
                local = datetime.strptime(text, date_format)  # noqa: DTZ007 (the zone is put on below)
            except ValueError:
                continue
            if not EARLIEST <= local.date() <= LATEST:
                raise ValueProblemError(f"“{_short(text)}” lies outside the years 1900 to 2199")
            zone = local.tzinfo or self._zone
            has_time = "%H" in date_format or "%I" in date_format
            moment = local.replace(tzinfo=zone).astimezone(UTC) if has_time else None
            return Day(local.date(), moment)
        wanted = " or ".join(
            datetime(2010, 11, 29, 13, 5, 7, tzinfo=UTC).strftime(each) for each in self._formats
        )
        raise ValueProblemError(f"“{_short(text)}” is not a date written like {wanted}")

    def start_of(self, day: date) -> datetime:
        """Midnight at the beginning of a day, for files that give no time of day."""
        return datetime.combine(day, time(), self._zone).astimezone(UTC)


class Countries:
    """Turns countries, written as codes or by their English names, into ISO 3166-1 codes."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = {name.strip().casefold(): code for name, code in given.items()}

    def read(self, text: str) -> str:
        """The code; empty for none.

        Raises:
            ValueProblemError: no such country is known.
        """
        if not text:
            return ""
        name = text.casefold()
        if name in self._given:
            return self._given[name]
        found = _country_names().get(name)
        if found is None:
            raise ValueProblemError(
                f"“{_short(text)}” is not a country we know; give its code in the mapping under [countries]"
            )
        return found


@lru_cache(maxsize=1)
def _country_names() -> dict[str, str]:
    territories = Locale("en").territories
    names = {str(territories[code]).casefold(): code for code in checks.countries()}
    return names | {code.casefold(): code for code in checks.countries()}


def read_currency(text: str) -> str:
    """An ISO 4217 code.

    Raises:
        ValueProblemError: it is none.
    """
    code = text.upper()
    try:
        minor_digits(code)
    except MoneyError:
        raise ValueProblemError(f"“{_short(text)}” is not a currency code such as GBP") from None
    return code


def check_length(text: str, longest: int) -> str:
    """The text itself.

    Raises:
        ValueProblemError: it is too long for its column.
    """
    if len(text) > longest:
        raise ValueProblemError(f"has {len(text)} characters; at most {longest} are kept")
    return text


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
