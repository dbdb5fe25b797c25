"""Identifiers and the time of day, as the bank writes them."""

from __future__ import annotations

import secrets
import string
import time
from datetime import UTC, datetime
from typing import Final

_ALPHABET: Final = string.ascii_letters + string.digits


def new_id(prefix: str, length: int = 24) -> str:
    """A fresh random identifier such as ``pay_x3…``; 24 characters carry 142 bits."""
    return f"{prefix}_{''.join(secrets.choice(_ALPHABET) for _ in range(length))}"


def now() -> int:
    """Milliseconds since 1970, UTC: how the store keeps every time."""
    return time.time_ns() // 1_000_000


def iso(milliseconds: int) -> str:
    """A stored time as ISO 8601 in UTC, to the millisecond: how the API says every time."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
