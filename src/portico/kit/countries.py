"""Countries by their codes (ISO 3166-1 alpha-2), and what people call them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from portico.kit.money import parse_locale

_LETTERS: Final = 2


def country_name(code: str, language: str) -> str:
    """“US” → “United States”, in the language (CLDR); the code itself where no name is known."""
    return str(parse_locale(language).territories.get(code, code))


def spelled_out(lines: Iterable[str], language: str) -> list[str]:
    """An address with the code of the country in its last line, as it is kept, replaced by the country's name."""
    *rest, last = [*lines] or [""]
    if len(last) == _LETTERS and last.isascii() and last.isupper():
        last = country_name(last, language)
    return [*rest, last] if last else rest
