"""Identifiers: UUIDv7, which sort by the time they were made (RFC 9562)."""

from __future__ import annotations

from uuid import UUID

import uuid6


def new_id() -> UUID:
    """A fresh UUIDv7."""
    return UUID(int=uuid6.uuid7().int)
