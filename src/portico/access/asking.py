"""Which organisations ask everybody for a second factor (preference 3), remembered for a few seconds."""

from __future__ import annotations

import time
from typing import Final, NamedTuple
from uuid import UUID

from django.db import connection

FRESH: Final = 5.0
"""Seconds for which a process remembers it."""


class _Known(NamedTuple):
    until: float
    organisations: frozenset[UUID]


_known: list[_Known] = []


def requiring() -> frozenset[UUID]:
    """The organisations whose preference 3 is on; at most FRESH seconds old."""
    if not _known or _known[0].until < time.monotonic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT organisation_id FROM door_second_factor()")
            found = frozenset(row[0] for row in cursor.fetchall())
        _known[:] = [_Known(time.monotonic() + FRESH, found)]
    return _known[0].organisations


def forget() -> None:
    """Ask anew at the next request, because a preference was changed here."""
    _known.clear()
