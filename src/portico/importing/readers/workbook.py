"""XLSX workbooks, with cells turned into the text the mapping expects."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TypeAlias

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from portico.importing.errors import SourceError
from portico.importing.readers.source import REASON_COLUMN, Row, check_header

Cell: TypeAlias = int | float | str | bool | time | date | datetime | timedelta


class Workbook:
    """One sheet of a workbook. The library holds the sheet in memory; rows are handed out one by one."""

    def __init__(self, path: Path, *, sheet: str, date_format: str, decimal_point: str) -> None:
        self.path = path
        self._date_format = date_format
        self._decimal_point = decimal_point
        self._sheet = _find_sheet(path, sheet)
        first = next(self._all_rows(), None)
        names = check_header(path, first.fields if first else [])
        self._kept = [index for index, name in enumerate(names) if name != REASON_COLUMN]
        self.header = tuple(names[index] for index in self._kept)

    def rows(self) -> Iterator[Row]:
        """The rows after the header."""
        rows = self._all_rows()
        next(rows, None)
        for row in rows:
            yield Row(row.line, [row.fields[index] for index in self._kept])

    def _all_rows(self) -> Iterator[Row]:
        for line, cells in enumerate(self._sheet.iter_rows(), start=1):
            fields = [self._text(cell) for cell in cells]
            if any(fields):
                yield Row(line, fields)

    def _text(self, cell: Cell) -> str:
        if isinstance(cell, str):
            return cell.replace("\x00", "")
        if isinstance(cell, bool):
            return "TRUE" if cell else "FALSE"
        if isinstance(cell, int | float):
            # Excel keeps 15 digits; the rest is binary noise (0.1 + 0.2 = 0.30000000000000004).
            text = f"{cell:.15g}"
            if "e" in text:
                text = f"{cell:.6f}"
            return text.replace(".", self._decimal_point)
        if isinstance(cell, date):  # a datetime is a date
            return cell.strftime(self._date_format)
        return str(cell)


def _find_sheet(path: Path, name: str) -> CalamineSheet:
    try:
        workbook = CalamineWorkbook.from_path(path)
        if not name:
            return workbook.get_sheet_by_index(0)
        if name not in workbook.sheet_names:
            there = ", ".join(workbook.sheet_names)
            raise SourceError(
                f"{path.name} has no sheet called “{name}”; it has: {there}.", field="file.sheet"
            )
        return workbook.get_sheet_by_name(name)
    except PasswordError:
        raise SourceError(f"{path.name} is protected by a password.") from None
    except (CalamineError, OSError) as error:
        raise SourceError(f"{path.name} cannot be read as an XLSX workbook: {error}.") from None
