"""The reason a person gives for undoing something."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from portico.kit.errors import InvalidError

LONGEST: Final = 200


def check_reason(reason: str) -> str:
    """The reason, trimmed.

    Raises:
        InvalidError: nothing, or more than 200 characters.
    """
    trimmed = reason.strip()
    if not trimmed:
        raise InvalidError(_("Say why, in a few words."), field="reason")
    if len(trimmed) > LONGEST or "\x00" in trimmed:
        raise InvalidError(_("At most %(count)d characters.") % {"count": LONGEST}, field="reason")
    return trimmed
