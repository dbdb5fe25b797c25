"""Which language an e-mail is written in: its reader's, where it is one that our e-mails speak."""

from __future__ import annotations

from typing import Final

MAIL_LANGUAGES: Final = ("en", "de", "fr", "es")
"""Languages into which every string of our e-mails is translated; a test holds the catalogues to it."""


def spoken(*wanted: str) -> str:
    """The first wanted language that our e-mails speak; a regional one counts as its language."""
    plain = (tag.replace("_", "-").split("-")[0].lower() for tag in wanted)
    return next((tag for tag in plain if tag in MAIL_LANGUAGES), "en")
