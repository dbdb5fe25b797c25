"""The one look of our e-mails: plain paragraphs become HTML with the organisation's name and colour."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.template.loader import render_to_string

from portico.organisations.models import Organisation

_LINK: Final = re.compile(r"(?:(?P<label>[^\n:]{1,80}): )?(?P<url>https?://\S+)\Z")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph's lines, or a button when `url` is set."""

    lines: tuple[str, ...]
    url: str = ""


def blocks(text: str) -> list[Block]:
    """Split a plain text at its empty lines; a paragraph that is only an address becomes a button."""
    return [_block(part) for part in re.split(r"\n\s*\n", text.strip()) if part.strip()]


def as_html(organisation: Organisation, subject: str, text: str) -> str:
    """The HTML beside the text of one e-mail."""
    context = {
        "organisation": organisation,
        "subject": subject,
        "blocks": blocks(text),
        "portal": settings.PUBLIC_URL,
    }
    return render_to_string("notifications/mail.html", context)


def _block(part: str) -> Block:
    found = _LINK.fullmatch(part.strip())
    if found:
        return Block((found["label"] or found["url"],), found["url"])
    return Block(tuple(line.strip() for line in part.strip().splitlines()))
