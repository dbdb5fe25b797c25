"""People's own words in an e-mail: quoted, so that they cannot pass for the organisation's, nor become a button."""

from __future__ import annotations


def quoted(who: str, text: str) -> str:
    """A person's name and, from the next line on, their words between quotation marks; empty for no words.

    It is one paragraph of two lines or more, empty ones left out: a paragraph of one line that is an address would
    become a button in the organisation's colour (look.blocks).
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        return ""
    return "\n".join([f"{' '.join(who.split())}:", f"“{lines[0]}", *lines[1:]]) + "”"
