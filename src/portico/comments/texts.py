"""What people type: cleaned, and refused with a reason where it cannot be taken."""

from __future__ import annotations

import re
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portico.kit.errors import InvalidError

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def clean_text(typed: str, *, longest: int, needed: bool = True, field: str = "text") -> str:
    """The text with plain line breaks and nothing around it.

    Raises:
        InvalidError: nothing where something is needed, more than `longest` characters, or what cannot be printed.
    """
    text = re.sub(r"\r\n?", "\n", typed).strip()
    if not text and needed:
        raise InvalidError(_("Write something first."), field=field)
    if _CONTROL.search(text):
        raise InvalidError(_("This has characters that cannot be printed."), field=field)
    over = len(text) - longest
    if over > 0:
        raise InvalidError(
            ngettext(
                "This is %(over)d character too long: at most %(most)d.",
                "This is %(over)d characters too long: at most %(most)d.",
                over,
            )
            % {"over": over, "most": longest},
            field=field,
        )
    return text
