"""The file of rejects: the rejected documents as they came, with the reason beside the row that is to be mended."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from portico.importing.building.outcome import Problem
from portico.importing.errors import SourceError
from portico.importing.mapping.model import FileFormat
from portico.importing.readers import Row
from portico.importing.readers.source import REASON_COLUMN


class RejectsFile:
    """A CSV file that appears under its name only when it is complete; with the mapping's encoding and delimiter."""

    def __init__(self, path: Path, header: Sequence[str], file: FileFormat) -> None:
        self._path = path
        self._draft = path.with_name(f".{path.name}.part")
        self._header = header
        self._format = file
        self._stack = ExitStack()
        self._writer: Any = None

    def __enter__(self) -> Self:
        try:
            stream = self._stack.enter_context(
                self._draft.open("w", encoding=self._format.encoding, newline="", errors="replace")
            )
        except OSError as error:
            raise SourceError(f"The rejects cannot be written to {self._path}: {error.strerror}.") from None
        self._writer = csv.writer(stream, delimiter=self._format.delimiter)
        self._writer.writerow([*self._header, REASON_COLUMN])
        return self

    def add(self, rows: Iterable[Row], problems: Iterable[Problem]) -> None:
        """Write one document."""
        reasons: defaultdict[int, list[str]] = defaultdict(list)
        for problem in problems:
            reasons[problem.line].append(str(problem))
        width = len(self._header)
        for row in rows:
            padded = [*row.fields, *[""] * (width - len(row.fields))]
            reason = "; ".join(reasons[row.line])
            self._writer.writerow([*padded[:width], reason, *padded[width:]])

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
        if kind is None:
            self._draft.replace(self._path)
        else:
            self._draft.unlink(missing_ok=True)
