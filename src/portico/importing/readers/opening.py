"""Opening a file as what its content is, whatever its name says."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import Final

from portico.importing.errors import SourceError
from portico.importing.mapping.model import FileFormat
from portico.importing.readers.delimited import DelimitedFile
from portico.importing.readers.source import Source
from portico.importing.readers.workbook import Workbook

_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = b"PK\x03\x04"
_STRANGERS: Final = (
    (b"%PDF", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "an old Excel (XLS) or Word file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ", "an xz file"),
    (b"(\xb5/\xfd", "a zstd file"),
    (b"Rar!", "a RAR file"),
    (b"7z\xbc\xaf", "a 7-Zip file"),
    (b"SQLite format", "a database"),
    (b"<!DOCTYPE", "a web page"),
    (b"<!doctype", "a web page"),
    (b"<html", "a web page"),
    (b"<?xml", "an XML file"),
    (b"{", "a JSON file"),
)


def open_source(path: Path, file: FileFormat) -> Source:
    """Open a CSV file (plain or gzipped) or an XLSX workbook.

    Raises:
        SourceError: it cannot be read, is something else, or is not what its name says.
    """
    start, gzipped = _peek(path)
    name = path.name.lower().removesuffix(".gz")
    says_workbook = name.endswith((".xlsx", ".xlsm"))
    for magic, what in _STRANGERS:
        if start.startswith(magic):
            raise SourceError(f"{path.name} is {what}, not a CSV or XLSX file.")
    if start.startswith(_ZIP):
        if gzipped:
            raise SourceError(f"{path.name} is a gzipped workbook: unpack it first.")
        if not says_workbook:
            raise SourceError(
                f"{path.name} is a ZIP archive or a workbook, not CSV. If it is a workbook, name it .xlsx."
            )
        return Workbook(
            path, sheet=file.sheet, date_format=file.date_formats[0], decimal_point=file.decimal_point
        )
    if says_workbook:
        raise SourceError(f"{path.name} is not an XLSX workbook, though its name says so.")
    if not start.strip():
        raise SourceError(f"{path.name} is empty.")
    return DelimitedFile(path, gzipped=gzipped, encoding=file.encoding, delimiter=file.delimiter)


def _peek(path: Path) -> tuple[bytes, bool]:
    """The first bytes of the content, unpacked, and whether it is gzipped."""
    try:
        with path.open("rb") as stream:
            start = stream.read(512)
        if not start.startswith(_GZIP):
            return start, False
        with gzip.open(path) as stream:
            return stream.read(512), True
    except IsADirectoryError:
        raise SourceError(f"{path} is a folder.") from None
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise SourceError(f"{path.name} is a damaged gzip file.") from None
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}.") from None
