"""What a payment is called at Authorize.Net: an invoice number of twenty characters that holds the intent's id."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Final
from uuid import UUID

from portico.kit.money import Money, MoneyError
from portico.payments.gateway import GatewayRefusedError, Intent

LENGTH: Final = 20
"""Characters of an invoice number, and of a merchantCustomerId (AnetApiSchema.xsd)."""
_DIGITS: Final = digits + ascii_uppercase + ascii_lowercase
_RANDOM_BITS: Final = 62
_COUNTER_BITS: Final = 12
_TIME_BITS: Final = 44
"""Of a UUIDv7's 48 bits of milliseconds; enough until the year 2527. 118 bits in all, and 62**20 is more than 2**118."""
_VERSION: Final = 7
_REFERENCE: Final = re.compile(r"([0-9A-Za-z]{20})-([0-9]{1,15})([A-Z]{3})")


@dataclass(frozen=True, slots=True)
class Reference:
    """The invoice number, and the amount it is for: while there is no transaction, nobody else could say it."""

    number: str
    amount: Money

    def __str__(self) -> str:
        return f"{self.number}-{self.amount.to_minor()}{self.amount.currency}"

    @property
    def intent_id(self) -> UUID:
        """The id that the number holds."""
        found = id_of(self.number)
        if found is None:
            raise GatewayRefusedError("This is no payment of the portal.")
        return found

    @property
    def began(self) -> datetime:
        """When the intent was made: the first part of its id."""
        return datetime.fromtimestamp((self.intent_id.int >> 80) / 1000, UTC)


def reference_of(intent: Intent) -> Reference:
    """What the intent is called; always the same."""
    return Reference(number_of(intent.id), intent.amount)


def read_reference(text: str) -> Reference:
    """Read what `str(Reference)` wrote.

    Raises:
        GatewayRefusedError: it is none.
    """
    found = _REFERENCE.fullmatch(text)
    if not found or id_of(found[1]) is None:
        raise GatewayRefusedError("This is no payment of the portal.")
    try:
        return Reference(found[1], Money.from_minor(int(found[2]), found[3]))
    except MoneyError:
        raise GatewayRefusedError("This is no payment of the portal.") from None


def number_of(id_: UUID) -> str:
    """An id of ours in twenty characters.

    Raises:
        GatewayRefusedError: it is no UUIDv7, and does not fit.
    """
    time, counter, random = id_.int >> 80, id_.int >> 64 & 0xFFF, id_.int & (1 << _RANDOM_BITS) - 1
    if id_.version != _VERSION or time >> _TIME_BITS:
        raise GatewayRefusedError("The payment's id does not fit into an invoice number.")
    return _written((time << _COUNTER_BITS | counter) << _RANDOM_BITS | random)


def id_of(number: str) -> UUID | None:
    """The id of ours in an invoice number; None where it holds none."""
    if len(number) != LENGTH or not (number.isascii() and number.isalnum()):
        return None
    value = 0
    for each in number:
        value = value * len(_DIGITS) + _DIGITS.index(each)
    if value >> (_TIME_BITS + _COUNTER_BITS + _RANDOM_BITS):
        return None
    random = value & (1 << _RANDOM_BITS) - 1
    counter = value >> _RANDOM_BITS & 0xFFF
    time = value >> _RANDOM_BITS + _COUNTER_BITS
    return UUID(int=time << 80 | _VERSION << 76 | counter << 64 | 0b10 << _RANDOM_BITS | random)


def hashed(text: str) -> str:
    """Twenty characters that stand for a longer text, for what is only looked up and never read back."""
    return _written(int.from_bytes(hashlib.sha256(text.encode()).digest()) % len(_DIGITS) ** LENGTH)


def _written(value: int) -> str:
    made = ""
    for _ in range(LENGTH):
        value, digit = divmod(value, len(_DIGITS))
        made = _DIGITS[digit] + made
    return made
