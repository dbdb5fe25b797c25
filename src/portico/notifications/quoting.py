"""People's own words in an e-mail: quoted, so that they cannot pass for the organisation's, nor become a button."""

from __future__ import annotations

import re


def quoted(text: str) -> str:
    """A person's text as paragraphs that open with “, the last one closed with ”.

    A paragraph that is only an address would become a button in the organisation's colour (look.blocks); one that
    opens with a quotation mark does not.
    """
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n", text.strip()) if part.strip()]
    if not paragraphs:
        return ""
    return "\n\n".join(f"“{part}" for part in paragraphs) + "”"
