"""Icons, badges and avatars: the small parts a page has dozens of, made in Python because that is faster."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Final
from zlib import crc32

from django.templatetags.static import static
from markupsafe import Markup

DIRECTIONAL: Final = frozenset({"left", "right", "forward", "statement", "out", "credit", "menu"})
"""Icons that point along the line of reading, and turn round with it."""

TONES: Final = frozenset({"", "due", "part", "overdue", "pending", "paid", "open", "void"})
"""A badge's tones; each has a colour and a shape. The empty one is neutral."""


def icon(name: str, *, small: bool = False, extra: str = "") -> Markup:
    """An icon of the sprite, hidden from screen readers: the words beside it say what it means."""
    return _icon(_sprite(), name, small, extra)


@cache
def _sprite() -> str:
    """Where the sprite is served; asked for once, because a page has dozens of icons."""
    return static("portico/icons.svg")


@lru_cache(maxsize=512)
def _icon(sprite: str, name: str, small: bool, extra: str) -> Markup:
    parts = ("i", "s" if small else "", "flip" if name in DIRECTIONAL else "", extra)
    classes = " ".join(part for part in parts if part)
    return Markup('<svg class="{}" aria-hidden="true"><use href="{}#i-{}"/></svg>').format(
        classes, sprite, name
    )


def badge(text: str, tone: str = "") -> Markup:
    """A status: a word and a shape; the colour only repeats it.

    Raises:
        ValueError: a tone that has no shape.
    """
    if tone not in TONES:
        raise ValueError(f"{tone!r} is no tone of a badge.")
    return Markup('<span class="{}">{}</span>').format(f"badge {tone}".rstrip(), text)


def initials(name: str, *, company: bool = False) -> str:
    """One or two letters for an avatar: “Maya van Dyke” → “MD”, “김민준” → “김”.

    A company's are those of its first two words, since its last is often its legal form.
    """
    words = [word for word in name.replace("-", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    if len(words) == 1:
        return words[0][0].upper()
    return (words[0][0] + words[1 if company else -1][0]).upper()


def avatar(name: str, *, organisation: bool = False, company: bool = False) -> Markup:
    """Initials on a colour that stays with the name. The name itself must stand beside it in words.

    Args:
        name: whose.
        organisation: on the accent, square: the organisation whose portal this is, or its people.
        company: a company's name, not a person's.
    """
    look = "org" if organisation else "abcdef"[crc32(name.encode()) % 6]
    return Markup('<span class="avatar {}" aria-hidden="true">{}</span>').format(
        look, initials(name, company=company)
    )
