"""Whom something is sent on to: addresses as people type or paste them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Final

from django.utils.translation import gettext as _

from portico.kit.errors import InvalidError
from portico.organisations import checks

_BETWEEN: Final = re.compile(r"[,;\n\r]+")
_BAD: Final = re.compile(
    r"[\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069<>\"@]|://|www\.", re.IGNORECASE
)
LONGEST_NAME: Final = 100


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody by name and address; the address in lower case."""

    name: str
    email: str


def read_recipients(typed: str) -> list[Recipient]:
    """The people in a text such as “Anna Berg <anna@example.com>, tom@example.com”, each address once.

    Who has no name is called by what stands before the @.

    Raises:
        InvalidError: something in it is no address, or a name has what names do not have; `field` is “addresses”.
    """
    found: dict[str, Recipient] = {}
    for part in _BETWEEN.split(typed):
        if part.strip():
            one = _read(part.strip())
            found.setdefault(one.email, one)
    return list(found.values())


def _read(part: str) -> Recipient:
    # Only what stands in the brackets or alone is the address; parseaddr alone would take “a b@c” apart.
    match = re.fullmatch(r"(?P<name>[^<>]*)<(?P<email>[^<>\s]+)>", part)
    name, address = (match["name"].strip(' "'), match["email"]) if match else ("", part)
    if re.search(r"\s", address) or parseaddr(address)[1] != address:
        raise InvalidError(_("“%(text)s” is not an e-mail address.") % {"text": part[:60]}, field="addresses")
    email = checks.email(address, "addresses")
    name = name or email.split("@")[0].replace(".", " ").replace("_", " ").strip().title() or email
    if _BAD.search(name) or len(name) > LONGEST_NAME:
        raise InvalidError(_("“%(text)s” is not a name.") % {"text": name[:60]}, field="addresses")
    return Recipient(name, email)
