"""Templates: texts with columns in braces, filled from one row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import TypeAlias

from portico.importing.errors import MappingError

Fields: TypeAlias = Sequence[str]
"""A row's cells, in the order of the header."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One way to fill a template: literal text and columns in turn; (“c”, “Customer ID”), (“@x.example”, None)."""

    parts: tuple[tuple[str, str | None], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it names."""
        return tuple(column for _, column in self.parts if column is not None)


@dataclass(frozen=True, slots=True)
class Template:
    """Ways to make a value, tried in turn; a way counts only if every column it names has something in it."""

    key: str
    pieces: tuple[Piece, ...]

    def __bool__(self) -> bool:
        return bool(self.pieces)

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns it names, each once."""
        return tuple(dict.fromkeys(column for piece in self.pieces for column in piece.columns))

    @property
    def where(self) -> str:
        """How a complaint calls the place of the value: its columns, or else the mapping's key."""
        return ", ".join(self.columns) or self.key

    def bind(self, header: Sequence[str]) -> Callable[[Fields], str]:
        """The template as a function from a row's fields to the text, without white space around it.

        Raises:
            MappingError: the file has no such column.
        """
        ways = [_bind_piece(self.key, piece, header) for piece in self.pieces]
        if not ways:
            return _nothing
        if len(ways) == 1:
            return ways[0]

        def first_of(fields: Fields) -> str:
            for way in ways:
                found = way(fields)
                if found:
                    return found
            return ""

        return first_of


NOTHING = Template("", ())
"""A value that the mapping does not give."""


def parse_template(key: str, sources: Sequence[str]) -> Template:
    """Read the texts of a template; braces stand for columns, doubled braces for themselves.

    Raises:
        MappingError: a brace is not closed or names nothing.
    """
    return Template(key, tuple(_parse(key, source) for source in sources))


def column_index(key: str, column: str, header: Sequence[str]) -> int:
    """Where the column stands.

    Raises:
        MappingError: the file has no such column; names the key and the columns there are.
    """
    try:
        return header.index(column)
    except ValueError:
        there = ", ".join(name for name in header if name)
        raise MappingError(
            f"{key} names the column “{column}”, which the file does not have. It has: {there}.", field=key
        ) from None


def _parse(key: str, source: str) -> Piece:
    parts: list[tuple[str, str | None]] = []
    try:
        for literal, column, spec, conversion in Formatter().parse(source):
            if column is not None:
                # A colon or an exclamation mark belongs to the column's name here, not to a format.
                column = column + (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "")  # noqa: PLW2901
            parts.append((literal, column))
    except ValueError:
        raise _bad_brace(key, source) from None
    if any(column == "" for _, column in parts):
        raise _bad_brace(key, source)
    return Piece(tuple(parts))


def _bad_brace(key: str, source: str) -> MappingError:
    return MappingError(
        f"{key}: in “{source}” a brace is not closed or names no column; write {{{{ for a brace itself.",
        field=key,
    )


def _bind_piece(key: str, piece: Piece, header: Sequence[str]) -> Callable[[Fields], str]:
    places = [
        (literal, None if column is None else column_index(key, column, header))
        for literal, column in piece.parts
    ]
    if len(places) == 1 and places[0][0] == "" and places[0][1] is not None:
        only = places[0][1]
        return lambda fields: fields[only].strip()
    if not piece.columns:
        constant = "".join(literal for literal, _ in places).strip()
        return lambda _: constant

    def fill(fields: Fields) -> str:
        text = ""
        for literal, index in places:
            text += literal
            if index is not None:
                value = fields[index].strip()
                if not value:
                    return ""
                text += value
        return text.strip()

    return fill


def _nothing(_: Fields) -> str:
    return ""
