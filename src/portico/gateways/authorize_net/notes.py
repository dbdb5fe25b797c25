"""Notes kept at Authorize.Net itself: a customer profile without a card, which can be made only once.

A second profile with the same merchantCustomerId, description and e-mail is refused as a duplicate (E00039), so the one
who makes it has decided something: that an eCheck is sent, that a payment is called off, that a refund is sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from portico.gateways.authorize_net.api import DUPLICATE, MISSING, AnswerError, Api
from portico.kit import clock
from portico.payments.gateway import GatewayUnreachableError

LAG: Final = timedelta(hours=1)
"""After this a note's sender is long dead, its nonce too old, and the lists have caught up."""
_DESCRIPTION: Final = "Note of the customer portal"


class Word(StrEnum):
    """What a note says."""

    SENT = "sent"
    """An eCheck, or a refund, is being sent by whoever made the note."""
    CANCELLED = "cancelled"
    VOIDED = "voided"
    """All of it was paid back before it was settled; the detail is the refund's key."""


@dataclass(frozen=True, slots=True)
class Note:
    """One note; `at` is when it was made."""

    word: Word
    detail: str
    at: datetime

    @property
    def is_old(self) -> bool:
        """Whether whoever made it cannot be at it any more."""
        return self.at < clock.now() - LAG


def decide(api: Api, number: str, word: Word, detail: str = "") -> tuple[Note, bool]:
    """Make the first note of a number, or learn what the first one was; and whether it is ours."""
    note = Note(word, detail, clock.now())
    try:
        api.ask(
            "createCustomerProfile",
            profile={
                "merchantCustomerId": number,
                "description": _DESCRIPTION,
                "shipToList": [_written(note)],
            },
        )
    except AnswerError as error:
        if error.number != DUPLICATE:
            raise
    else:
        return note, True
    notes = read(api, number)
    if not notes:
        raise GatewayUnreachableError("Authorize.Net has a note of this payment, and does not show it yet.")
    return notes[0], False


def read(api: Api, number: str) -> list[Note]:
    """The notes of a number, oldest first."""
    return [_note(each) for each in _addresses(_profile(api, number))]


def add(api: Api, number: str, word: Word, detail: str) -> None:
    """Write one more note; for what may be done twice without harm."""
    profile = _profile(api, number)
    if profile is None:
        decide(api, number, word, detail)
        return
    note = Note(word, detail, clock.now())
    try:
        api.ask(
            "createCustomerShippingAddress",
            customerProfileId=profile["customerProfileId"],
            address=_written(note),
        )
    except AnswerError as error:
        if error.number != DUPLICATE:
            raise


def _profile(api: Api, number: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = api.ask("getCustomerProfile", merchantCustomerId=number)["profile"]
    except AnswerError as error:
        if error.number != MISSING:
            raise
        return None
    return found


def _addresses(profile: dict[str, Any] | None) -> list[dict[str, Any]]:
    found = (profile or {}).get("shipToList") or []
    return sorted(found, key=lambda each: int(each["customerAddressId"]))


def _written(note: Note) -> dict[str, str]:
    return {"company": note.word.value, "address": note.detail or "-", "city": note.at.isoformat()}


def _note(address: dict[str, Any]) -> Note:
    try:
        detail = str(address.get("address", ""))
        return Note(
            Word(address["company"]),
            "" if detail == "-" else detail,
            datetime.fromisoformat(address["city"]),
        )
    except (KeyError, ValueError):
        raise GatewayUnreachableError("Somebody has changed a note of the portal.") from None
