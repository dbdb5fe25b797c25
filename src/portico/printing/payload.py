"""A paper as Typst's templates read it: JSON in which every string can be printed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from portico.printing.glyphs import has_right_to_left, printable_json
from portico.printing.logos import Logo
from portico.printing.papers import Line, Paper, StatementRow

# More than this might not fit on a page of its own.
_TALL_LETTERS = 1200
_TALL_LINES = 20


def payload(paper: Paper) -> str:
    """All of the paper as JSON, and what the templates need to know about it; the logo is a list of bytes.

    Raises:
        TypeError: a field holds something that is neither text nor a date.
    """
    language, region = language_and_region(paper.language)
    logo = paper.letterhead.logo
    said = {field.name: getattr(paper, field.name) for field in fields(paper)}
    said |= {"heading": paper.heading, "title": paper.title, "language": language, "region": region}
    said |= {"columns": paper.columns, "longest": _longest(paper), "tall": _has_tall_row(paper)}
    text = printable_json(json.dumps(said, ensure_ascii=False, default=_plain))
    extra = {
        "mixed": paper.direction == "rtl" or has_right_to_left(text),
        "logo": list(logo.data) if logo else None,
    }
    return f"{text[:-1]}, {json.dumps(extra)[1:]}"


def _plain(value: object) -> Any:
    if isinstance(value, Logo):
        return {"alt": value.alt, "format": value.format}
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    raise TypeError(f"{value!r} cannot stand on a paper.")


def _longest(paper: Paper) -> dict[str, str]:
    """The longest text of each column; a quantity stands before its unit."""
    longest = dict(paper.longest)
    units = max((row.unit for row in paper.entries if isinstance(row, Line)), key=len, default="")
    if units:
        longest["quantity"] += f" {units}"
    return longest


def _has_tall_row(paper: Paper) -> bool:
    return any(len(text) > _TALL_LETTERS or text.count("\n") > _TALL_LINES for text in _wordy(paper))


def _wordy(paper: Paper) -> Iterator[str]:
    for row in paper.entries:
        if isinstance(row, Line):
            yield row.name
            yield row.description
        elif isinstance(row, StatementRow):
            yield "\n".join(row.details)


_REGION = len("BR")
# The one CJK font draws a Han character as the region writes it.
_HAN_REGION = {"hans": "CN", "hant": "TW"}


def language_and_region(tag: str) -> tuple[str, str]:
    """“pt-br” → (“pt”, “BR”), “zh_Hant_HK” → (“zh”, “HK”), “zh-hans” → (“zh”, “CN”), “de” → (“de”, "")."""
    language, *parts = tag.replace("_", "-").lower().split("-")
    region = next((part.upper() for part in parts if len(part) == _REGION), "")
    script = next((part for part in parts if part in _HAN_REGION), "")
    return language, region or _HAN_REGION.get(script, "")
