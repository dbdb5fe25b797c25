"""What every reader gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from portico.importing.errors import SourceError

REASON_COLUMN: Final = "Rejected because"
"""The column that a file of rejects has more than the file it came from; left out when read again."""


class Row(NamedTuple):
    """One row: the line it begins on, counted from 1 with the header, and its cells as text."""

    line: int
    fields: list[str]


class Source(Protocol):
    """A file that can be read from its first row any number of times."""

    path: Path
    header: tuple[str, ...]

    def rows(self) -> Iterator[Row]:
        """The rows after the header; empty ones are left out.

        Raises:
            SourceError: the file turns out to be damaged or of another encoding further down.
        """
        ...


def check_header(path: Path, header: Sequence[str]) -> tuple[str, ...]:
    """The names of the columns without white space around them.

    Raises:
        SourceError: there are none, or two are the same.
    """
    names = tuple(name.strip() for name in header)
    if not any(names):
        raise SourceError(f"{path.name} is empty: it has no header line.")
    doubled = sorted({name for name in names if name and names.count(name) > 1})
    if doubled:
        raise SourceError(f"{path.name} has two columns called “{doubled[0]}”.")
    return names
