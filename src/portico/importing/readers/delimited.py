"""CSV files, plain or gzipped, read as a stream."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import Final, TextIO

from portico.importing.errors import SourceError
from portico.importing.readers.source import REASON_COLUMN, Row, check_header

_LONGEST_CELL: Final = 1_000_000
_NUL: Final = "\x00"


class DelimitedFile:
    """A CSV file; nothing of it is kept in memory."""

    def __init__(self, path: Path, *, gzipped: bool, encoding: str, delimiter: str) -> None:
        self.path = path
        self._gzipped = gzipped
        self._encoding = encoding
        self._delimiter = delimiter
        csv.field_size_limit(_LONGEST_CELL)
        with self._open() as stream:
            first = next(self._records(stream), None)
        names = check_header(path, first.fields if first else [])
        self._reason = names.index(REASON_COLUMN) if REASON_COLUMN in names else None
        self.header = tuple(name for name in names if name != REASON_COLUMN)

    def rows(self) -> Iterator[Row]:
        """The rows after the header."""
        with self._open() as stream:
            records = self._records(stream)
            next(records, None)
            if self._reason is None:
                yield from records
                return
            for row in records:
                del row.fields[self._reason : self._reason + 1]
                yield row

    def _open(self) -> TextIO:
        if self._gzipped:
            return TextIOWrapper(gzip.GzipFile(self.path), encoding=self._encoding, newline="")
        return self.path.open(encoding=self._encoding, newline="")

    def _records(self, stream: TextIO) -> Iterator[Row]:
        reader = csv.reader(self._lines(stream), delimiter=self._delimiter, strict=True)
        line = 1
        try:
            for fields in reader:
                if any(fields):
                    yield Row(line, fields)
                line = reader.line_num + 1
        except csv.Error as error:
            raise SourceError(f"{self.path.name}, line {line}: this is not CSV: {error}.") from None

    def _lines(self, stream: TextIO) -> Iterator[str]:
        count = 0
        try:
            for count, text in enumerate(stream, start=1):
                if _NUL in text:
                    raise SourceError(
                        f"{self.path.name}, line {count} holds a NUL character: this is not a text file"
                        f" in {self._encoding}."
                    )
                yield text
        except UnicodeDecodeError as error:
            raise SourceError(
                f"{self.path.name} is not {self._encoding.removesuffix('-sig')} text: after line {count}"
                f" there is the byte 0x{error.object[error.start]:02x}. Name its encoding in the mapping:"
                " file.encoding, for instance “cp1252”."
            ) from None
        except (EOFError, gzip.BadGzipFile, zlib.error):
            raise SourceError(
                f"{self.path.name} is a damaged gzip file: it breaks off after line {count}."
            ) from None
