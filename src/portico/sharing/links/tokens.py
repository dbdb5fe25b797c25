"""The secrets of public links: their tokens, and the codes that confirm an address."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final
from uuid import UUID

from django.utils.crypto import salted_hmac

_BYTES: Final = 32
CODE_DIGITS: Final = 6


def new_token() -> str:
    """256 random bits, as they stand in an address."""
    return secrets.token_urlsafe(_BYTES)


def hash_of(token: str) -> str:
    """What is stored of a token: its SHA-256. So many random bits need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def hash_of_code(link_id: UUID, browser: str, code: str) -> str:
    """What is stored of a code: keyed, because six digits by themselves are found by trying."""
    said = f"{link_id}/{browser}/{code}"
    return salted_hmac("portico.sharing.links.code", said, algorithm="sha256").hexdigest()
