"""References that customers quote: short, without letters that look like digits, and with a sign that checks the rest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final
from uuid import UUID

_SIGNS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Thirty-one, a prime number, so that any one sign mistaken and any two exchanged are noticed."""
_LENGTH: Final = 8


def reference_for(customer_id: UUID, document_ids: Iterable[UUID], turn: int) -> str:
    """The reference of a customer's payment of these documents, the same each time; `turn` counts earlier ones."""
    named = "|".join([str(customer_id), *sorted(str(each) for each in document_ids), str(turn)])
    number = int.from_bytes(hashlib.sha256(named.encode()).digest())
    body = ""
    for _place in range(_LENGTH - 1):
        number, rest = divmod(number, len(_SIGNS))
        body += _SIGNS[rest]
    whole = body + _check(body)
    return f"{whole[:4]}-{whole[4:]}"


def is_reference(text: str) -> bool:
    """Whether this can be a reference, as typed from a bank statement."""
    plain = text.strip().upper().replace("-", "").replace(" ", "")
    fits = len(plain) == _LENGTH and all(sign in _SIGNS for sign in plain)
    return fits and _check(plain[:-1]) == plain[-1]


def _check(body: str) -> str:
    weighted = sum((place + 1) * _SIGNS.index(sign) for place, sign in enumerate(body))
    return _SIGNS[weighted % len(_SIGNS)]
