"""The days a statement covers: presets and custom dates (S8.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Preset(StrEnum):
    """The periods to choose from."""

    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    THIS_QUARTER = "this_quarter"
    THIS_YEAR = "this_year"
    LAST_YEAR = "last_year"
    ALL = "all"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class Span:
    """The first and the last day, both within."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("a span ends before it begins")


def preset_span(preset: Preset, today: date) -> Span:
    """The calendar month, quarter or year that `today` is in, or the one before it.

    Args:
        preset: any but ALL and CUSTOM, which no calendar knows.
        today: the organisation's calendar day.
    """
    if preset is Preset.THIS_MONTH:
        return _months(today.year, today.month, 1)
    if preset is Preset.LAST_MONTH:
        before = today.replace(day=1) - timedelta(days=1)
        return _months(before.year, before.month, 1)
    if preset is Preset.THIS_QUARTER:
        return _months(today.year, (today.month - 1) // 3 * 3 + 1, 3)
    if preset is Preset.THIS_YEAR:
        return _months(today.year, 1, 12)
    if preset is Preset.LAST_YEAR:
        return _months(today.year - 1, 1, 12)
    raise ValueError(f"{preset} has no days of its own")


def _months(year: int, month: int, count: int) -> Span:
    following = date(year + (month + count - 1) // 12, (month + count - 1) % 12 + 1, 1)
    return Span(date(year, month, 1), following - timedelta(days=1))
