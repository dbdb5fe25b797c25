"""The time, in one place so that tests can hold it still."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_held: ContextVar[datetime | None] = ContextVar("portico_clock", default=None)


def now() -> datetime:
    """This instant, in UTC."""
    return _held.get() or datetime.now(UTC)


def today(time_zone: str) -> date:
    """The calendar day at the given place, such as “America/Los_Angeles”."""
    return now().astimezone(ZoneInfo(time_zone)).date()


@contextmanager
def held_at(moment: datetime) -> Iterator[None]:
    """Hold the clock at an aware moment within this context."""
    token = _held.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _held.reset(token)
