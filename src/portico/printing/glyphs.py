"""Which characters the fonts in our folder can draw, and how text is made safe to draw.

PDF/UA forbids a character without a glyph, so one of those would stop a whole document from printing.
"""

from __future__ import annotations

import functools
import re
import struct
import unicodedata
from collections.abc import Iterator
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
"""Stands where no font of ours knows the character; the reader sees that something is missing."""

# Invisible by definition (joiners, marks of direction, variation selectors): they need no glyph.
_INVISIBLE = (
    (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E),
    (0x2060, 0x206F), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xE0020, 0xE007F), (0xE0100, 0xE01EF),
)  # fmt: skip

# A run without a place to break; scripts that break between any two letters, or by dictionary, are left alone.
_LONG_WORD = re.compile(r"""[^\s"\\\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\uffef]{28,}""")
_BREAK_EVERY = 8
_ZERO_WIDTH_SPACE = "\N{ZERO WIDTH SPACE}"


# What json.dumps writes for quotes, backslashes and control characters, read from the left.
_ESCAPE = re.compile(r"\\r\\n|\\(?:u[0-9a-f]{4}|.)")
_KEPT = {r"\"": r"\"", r"\\": r"\\", r"\n": r"\n", r"\r\n": r"\n", r"\r": r"\n", r"\t": " "}

_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)


def printable_json(text: str) -> str:
    r"""JSON (from `json.dumps(…, ensure_ascii=False)`) in which every string can be printed.

    Control characters and characters that no font of ours draws become REPLACEMENT, tabs spaces, all line ends
    `\n`; endless words get room to break.
    """
    text = _ESCAPE.sub(lambda found: _KEPT.get(found[0], REPLACEMENT), text)
    text = _undrawable().sub(REPLACEMENT, text)
    return _LONG_WORD.sub(_with_breaks, text)


def has_right_to_left(text: str) -> bool:
    """Whether any of it is written from right to left."""
    return _RIGHT_TO_LEFT.search(text) is not None


def _with_breaks(word: re.Match[str]) -> str:
    pieces: list[str] = []
    since = 0
    for letter in word[0]:
        since += 1
        if since > _BREAK_EVERY and not (unicodedata.combining(letter) or letter == "\N{ZERO WIDTH JOINER}"):
            pieces.append(_ZERO_WIDTH_SPACE)
            since = 1
        pieces.append(letter)
    return "".join(pieces)


@functools.cache
def _undrawable() -> re.Pattern[str]:
    spans = [*_INVISIBLE, (0x0A, 0x0A)]
    for font in sorted(FONTS.glob("*.[ot]tf")):
        spans += drawn_by(font.read_bytes())
    return re.compile("[^" + "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in _merged(spans)) + "]")


def _merged(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    low, high = 0, -2
    for start, end in sorted(spans):
        if start > high + 1:
            if high >= 0:
                yield low, high
            low, high = start, end
        high = max(high, end)
    yield low, high


def drawn_by(font: bytes) -> list[tuple[int, int]]:
    """The spans of characters (first, last) that an OpenType font has glyphs for, private use left out.

    Reads the Unicode `cmap` in format 12, else 4 (OpenType 1.9, "cmap"). Raises ValueError when there is neither.
    """
    tables = (struct.unpack_from(">4sLLL", font, 12 + 16 * at) for at in range(_short(font, 4)))
    base = next(offset for tag, _, offset, _ in tables if tag == b"cmap")
    found: dict[int, int] = {}
    for at in range(_short(font, base + 2)):
        platform, encoding, offset = struct.unpack_from(">HHL", font, base + 4 + 8 * at)
        if (platform, encoding) in _UNICODE:
            found[_short(font, base + offset)] = base + offset
    for format_, read in _FORMATS.items():
        if format_ in found:
            return [span for span in read(font, found[format_]) if not _is_private(span[0])]
    raise ValueError("The font has no Unicode character map in format 12 or 4.")


def _is_private(letter: int) -> bool:
    """Whether Unicode leaves it to private use, or it is a control character that a font draws for reasons of its own."""
    return unicodedata.category(chr(letter)) in ("Co", "Cc")


_LAST = 0xFFFF  # closes a map of format 4 and is no character
_UNICODE = {(0, 3), (0, 4), (0, 6), (3, 1), (3, 10)}


def _short(font: bytes, at: int) -> int:
    return int.from_bytes(font[at : at + 2], "big")


def _format_12(font: bytes, base: int) -> Iterator[tuple[int, int]]:
    (count,) = struct.unpack_from(">L", font, base + 12)
    for first, last, glyph in struct.iter_unpack(">LLL", font[base + 16 : base + 16 + 12 * count]):
        start = first + (glyph == 0)
        if start <= last:
            yield start, last


def _format_4(font: bytes, base: int) -> Iterator[tuple[int, int]]:
    count = _short(font, base + 6) // 2
    ends = base + 14
    for at in range(count):
        end, start, delta, offset = (
            _short(font, ends + 2 * (at + column * count) + pad)
            for column, pad in ((0, 0), (1, 2), (2, 2), (3, 2))
        )
        where = ends + 2 * (at + 3 * count) + 2 + offset
        for letter in range(start, end + 1):
            glyph = _short(font, where + 2 * (letter - start)) if offset else letter
            if letter != _LAST and glyph and (glyph + delta) & 0xFFFF:
                yield letter, letter


_FORMATS = {12: _format_12, 4: _format_4}
