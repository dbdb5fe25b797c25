"""Text that people typed, as markup: escaped, with the addresses in it as links."""

from __future__ import annotations

import re
from typing import Final

from django.utils.html import escape
from markupsafe import Markup

_ADDRESS: Final = re.compile(r"https?://[^\s<>\"'`\\^{|}]+", re.IGNORECASE)
_TAIL: Final = ".,;:!?*_~"
_BRACKETS: Final = {")": "(", "]": "["}
_CONTROLS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Marks that turn the reading direction, with which an address could be made to look like another one."""


def linked(text: str) -> Markup:
    """One line of plain text with its http addresses as links; nothing else in it means anything.

    A link says its whole address, opens without telling where it was followed from, and carries the rel that keeps
    a stranger's page from reaching back and from being recommended by ours.
    """
    line = _CONTROLS.sub("", str(text))
    parts: list[str] = []
    done = 0
    for found in _ADDRESS.finditer(line):
        address = _trimmed(found.group())
        parts += [escape(line[done : found.start()]), _link(address)]
        done = found.start() + len(address)
    parts.append(escape(line[done:]))
    return Markup("".join(parts))  # noqa: S704 # each part was escaped


def _trimmed(address: str) -> str:
    """Without the full stop that ends the sentence, and without a bracket that was opened before the address."""
    while address:
        last = address[-1]
        opening = _BRACKETS.get(last)
        if last in _TAIL or (opening and address.count(last) > address.count(opening)):
            address = address[:-1]
        else:
            break
    return address


def _link(address: str) -> str:
    plain = escape(address)
    return f'<a href="{plain}" rel="nofollow ugc noopener noreferrer">{plain}</a>'
