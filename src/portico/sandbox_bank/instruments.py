"""Cards and bank accounts, and how the test numbers turn out; a number is looked at and forgotten."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Final

SUCCEEDS: Final = "succeeds"
NEEDS_ACTION: Final = "needs_action"
RETURNED: Final = "returned"


@dataclass(frozen=True)
class Instrument:
    """What the store keeps of a card or bank account: enough to name it and to play its part."""

    kind: str
    brand: str | None
    last4: str
    exp_month: int | None
    exp_year: int | None
    bank_name: str | None
    outcome: str

    def public(self) -> dict[str, object]:
        """What the API shows of it."""
        shown = asdict(self)
        del shown["outcome"]
        return shown

    def stored(self) -> str:
        """As the store keeps it."""
        return json.dumps(asdict(self))

    @classmethod
    def restored(cls, text: str) -> Instrument:
        """From what the store kept."""
        return cls(**json.loads(text))


@dataclass(frozen=True)
class KnownCard:
    """A card number with a known outcome."""

    number: str
    brand: str
    outcome: str
    meaning: str


@dataclass(frozen=True)
class KnownAccount:
    """A bank account with a known outcome."""

    routing: str
    number: str
    outcome: str
    meaning: str


CARDS: Final = (
    KnownCard("4242424242424242", "visa", SUCCEEDS, "Succeeds"),
    KnownCard("5555555555554444", "mastercard", SUCCEEDS, "Succeeds"),
    KnownCard("378282246310005", "amex", SUCCEEDS, "Succeeds; its security code has 4 digits"),
    KnownCard("4000000000000002", "visa", "card_declined", "Is declined"),
    KnownCard("4000000000003220", "visa", NEEDS_ACTION, "Asks for 3-D Secure"),
    KnownCard("4000000000009995", "visa", "insufficient_funds", "Is declined: insufficient funds"),
    KnownCard("4000000000000069", "visa", "expired_card", "Is declined: expired"),
    KnownCard("4000000000000127", "visa", "incorrect_cvc", "Is declined: wrong security code"),
)
BANK_NAME: Final = "Sandbox Federal"
BANK_ACCOUNTS: Final = (
    KnownAccount("110000000", "000123456789", SUCCEEDS, "Processing, then succeeds"),
    KnownAccount("110000000", "000111111116", RETURNED, "Processing, succeeds, then is returned (R01)"),
)
DECLINES: Final = {
    "card_declined": "The card was declined. Use another card, or ask the bank that issued it.",
    "insufficient_funds": "The card has insufficient funds. Use another card.",
    "expired_card": "The card has expired. Use another card.",
    "incorrect_cvc": "The security code is wrong. Check it on the card and try again.",
    "authentication_failed": "The payment was declined during 3-D Secure. Try again or use another card.",
}
RETURNS: Final = {
    "R01": "The bank returned the debit: insufficient funds.",
    "R02": "The bank returned the debit: the account is closed.",
    "R03": "The bank returned the debit: there is no such account.",
    "R10": "The bank returned the debit: the account holder says it was not authorised.",
}
AMEX_CVC: Final = 4
ROUTING_DIGITS: Final = 9
LATEST_EXPIRY_YEARS: Final = 25


def luhn(digits: str) -> bool:
    """Whether a card number's check digit is right (ISO/IEC 7812-1)."""
    if not re.fullmatch(r"[0-9]{12,19}", digits):
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 (a two-digit product gives its digit sum)
    return total % 10 == 0


def routing_is_valid(digits: str) -> bool:
    """Whether an ABA routing number's checksum is right."""
    if not re.fullmatch(r"[0-9]{9}", digits):
        return False
    weights = (3, 7, 1) * 3
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 10 == 0


def find_card(number: str) -> KnownCard | None:
    """The test card with this number."""
    return next((card for card in CARDS if card.number == number), None)


def find_account(routing: str, number: str) -> KnownAccount | None:
    """The test bank account with these numbers."""
    return next((each for each in BANK_ACCOUNTS if (each.routing, each.number) == (routing, number)), None)


def read_expiry(text: str) -> tuple[int, int] | None:
    """Month and four-digit year out of ``08 / 28`` or ``08/2028``; None where it is neither."""
    found = re.fullmatch(r"\s*(0?[1-9]|1[0-2])\s*/?\s*(20[0-9]{2}|[0-9]{2})\s*", text, re.ASCII)
    if not found:
        return None
    year = int(found[2])
    return int(found[1]), year if year >= 2000 else 2000 + year  # noqa: PLR2004 (cards say two digits)


def is_past(month: int, year: int) -> bool:
    """Whether a card's last month is over (UTC)."""
    today = datetime.now(UTC).date()
    return (year, month) < (today.year, today.month)


def is_far(year: int) -> bool:
    """Whether a card's year is further away than any card is issued for."""
    return year > datetime.now(UTC).date().year + LATEST_EXPIRY_YEARS
