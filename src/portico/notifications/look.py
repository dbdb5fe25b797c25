"""The one look of our e-mails: plain paragraphs become a text and an HTML with the organisation's name and colour."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from portico.organisations.models import Organisation

LARGEST_LOGO: Final = 100_000
"""Bytes of a logo that travels in each e-mail; of a larger one the name stands there."""
LOGO_TYPES: Final = ("image/png", "image/jpeg")
"""What mail readers show; of an SVG logo the name stands there."""
LOGO_ID: Final = "logo@portico"

_LINK: Final = re.compile(r"(?:(?P<label>[^\n:]{1,80}): )?(?P<url>https?://\S+)\Z")
_GAP: Final = "\N{EM SPACE}"  # between the columns of a table: nobody types it
_LONGEST_PREHEADER: Final = 140
_READABLE: Final = 4.5  # WCAG 2.2, 1.4.3
_LINEAR_BELOW: Final = 0.04045  # of sRGB, IEC 61966-2-1


@dataclass(frozen=True, slots=True)
class Dress:
    """What stands around the text of one e-mail.

    Args:
        organisation: who sends it.
        subject: the e-mail's; also its heading.
        language: the reader's.
        stop: where more of its kind can be stopped; empty where it cannot.
    """

    organisation: Organisation
    subject: str
    language: str
    stop: str = ""

    @property
    def has_logo(self) -> bool:
        """Whether the logo goes along."""
        return self.organisation.logo_type in LOGO_TYPES and len(self.organisation.logo) <= LARGEST_LOGO


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph's lines; a button when `url` is set; a table when `rows` are, the first of them its head."""

    lines: tuple[str, ...]
    url: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


def blocks(text: str) -> list[Block]:
    """Split a plain text at its empty lines; a paragraph that is only an address becomes a button."""
    return [_block(part) for part in re.split(r"\n[ \t]*\n", text.strip()) if part.strip()]


def table(rows: Sequence[Sequence[str]]) -> str:
    """A paragraph that reads as columns in the text and becomes a table in the HTML.

    Args:
        rows: the head first, all of the same length; the last column is set to the right.
    """
    plain = [[" ".join(cell.replace(_GAP, " ").split(" ")) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in plain) for column in range(len(plain[0]))]
    return "\n".join(
        _GAP.join(
            _pad(cell, width, right=column == len(row) - 1)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in plain
    )


def as_text(dress: Dress, text: str) -> str:
    """The plain text of one e-mail, with who sent it below."""
    organisation = dress.organisation
    foot = [organisation.name, *organisation.address_lines]
    foot += [line for line in (organisation.phone, organisation.email, organisation.website) if line]
    parts = [text.strip(), "-- \n" + "\n".join(foot)]
    if dress.stop:
        parts.append(_("No more e-mails of this kind") + f": {dress.stop}")
    return "\n\n".join(parts) + "\n"


def as_html(dress: Dress, text: str) -> str:
    """The HTML beside the text of one e-mail."""
    shown = blocks(text)
    if shown and shown[0].lines == (dress.subject,):
        shown = shown[1:]  # the heading says it
    context = {
        "dress": dress,
        "organisation": dress.organisation,
        "accent": readable(dress.organisation.accent_colour),
        "blocks": shown,
        "preheader": _preheader(shown),
        "logo": f"cid:{LOGO_ID}" if dress.has_logo else "",
    }
    return render_to_string("notifications/mail.html", context)


def readable(colour: str) -> str:
    """A colour written #rrggbb, darkened as far as white letters on it need (4.5 : 1)."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    while 1.05 / (_luminance(red, green, blue) + 0.05) < _READABLE:
        red, green, blue = (int(part * 0.95) for part in (red, green, blue))
    return f"#{red:02x}{green:02x}{blue:02x}"


def _luminance(*parts: int) -> float:
    """Relative luminance of sRGB (WCAG 2.2)."""
    shares = (part / 255 for part in parts)
    linear = [
        share / 12.92 if share <= _LINEAR_BELOW else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _pad(cell: str, width: int, *, right: bool) -> str:
    filling = "\N{NO-BREAK SPACE}" * (width - len(cell))
    return filling + cell if right else cell + filling


def _preheader(shown: list[Block]) -> str:
    """What lists of e-mails show after the subject."""
    words = " ".join(" ".join(block.lines) for block in shown if not block.url and not block.rows)
    return words if len(words) <= _LONGEST_PREHEADER else words[: _LONGEST_PREHEADER - 1] + "…"


def _block(part: str) -> Block:
    found = _LINK.fullmatch(part.strip())
    if found:
        return Block((found["label"] or found["url"],), found["url"])
    lines = tuple(part.strip("\n").splitlines())
    if len(lines) > 1 and all(_GAP in line for line in lines):
        rows = tuple(tuple(_cells(line)) for line in lines)
        if len({len(row) for row in rows}) == 1:
            return Block((), rows=rows)
    return Block(tuple(line.strip() for line in lines))


def _cells(line: str) -> list[str]:
    return [cell.strip(" \t\N{NO-BREAK SPACE}") for cell in line.split(_GAP)]
