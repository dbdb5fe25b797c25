"""What may be a logo: judged by content, never by name."""

from __future__ import annotations

import re
from typing import Final

from portico.kit.errors import InvalidError

LARGEST: Final = 500_000
"""Bytes. It goes into every PDF."""

_SVG: Final = re.compile(rb"\A(\xef\xbb\xbf)?\s*(<\?xml[^>]*\?>)?\s*(<!--.*?-->\s*)*<svg[\s>]", re.DOTALL)
# What runs or fetches. A logo needs none of it, so one that has it is refused rather than cleaned.
_SVG_ACTIVE: Final = re.compile(
    rb"<!DOCTYPE|<!ENTITY|<script|<foreignObject|<iframe|\son[a-z]+\s*=|javascript:|@import"
    rb"|href\s*=\s*[\"']?\s*(?!#|data:image/)[^\"'\s>]",
    re.IGNORECASE,
)


def logo_type(data: bytes) -> str:
    """The media type of a logo.

    Raises:
        InvalidError: too large, of another type, or an SVG that carries a script; `field` is “logo”.
    """
    if len(data) > LARGEST:
        raise InvalidError("A logo has at most 500 KB.", field="logo")
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if _SVG.match(data):
        if _SVG_ACTIVE.search(data):
            raise InvalidError("This SVG carries scripts or links to other files.", field="logo")
        return "image/svg+xml"
    raise InvalidError("A logo is a PNG, JPEG or SVG file.", field="logo")
