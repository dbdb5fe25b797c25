"""Tables written as CSV and as XLSX: row by row, so that a long statement needs no more memory than a short one.

No text becomes a formula (OWASP: CSV injection). In CSV an apostrophe stands before one that could; in XLSX each
text is stored as a text.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO, Final

from xlsxwriter import Workbook

from portico.kit.money import minor_digits
from portico.statements.tables import Cell, Table
from portico.transactions.lists.exporting import harmless

MARK: Final = "\N{BYTE ORDER MARK}"
"""So that spreadsheets read every script."""


def csv_rows(tables: Sequence[Table]) -> Iterator[str]:
    """The tables, which must have the same head, one below the other; each row is made as it is taken."""
    writer = csv.writer(_Echo())
    yield MARK + writer.writerow(tables[0].head)
    for each in tables:
        for row in each.rows():
            yield writer.writerow([_plain(cell) for cell in row])


def write_xlsx(tables: Sequence[Table]) -> IO[bytes]:
    """A workbook with a sheet for each table, in a file that is gone when it is closed; it is at its beginning."""
    file = TemporaryFile()  # noqa: SIM115 (whoever sends it closes it)
    with Workbook(file, {"constant_memory": True}) as book:
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        for each in tables:
            digits = minor_digits(each.currency)
            amount = book.add_format({"num_format": "#,##0" + ("." + "0" * digits if digits else "")})
            sheet = book.add_worksheet(each.currency)
            sheet.freeze_panes(1, 0)
            for column, width in enumerate(each.widths):
                sheet.set_column(column, column, width)
            for column, words in enumerate(each.head):
                sheet.write_string(0, column, words, bold)
            for number, row in enumerate(each.rows(), start=1):
                for column, cell in enumerate(row):
                    if isinstance(cell, str):
                        sheet.write_string(number, column, cell)
                    elif isinstance(cell, date):
                        sheet.write_datetime(number, column, cell, day)
                    elif cell is not None:
                        sheet.write_number(
                            number, column, cell, amount if isinstance(cell, Decimal) else None
                        )
    file.seek(0)
    return file


class _Echo:
    """What csv.writer writes into: it gives each row back at once."""

    def write(self, row: str) -> str:
        return row


def _plain(cell: Cell) -> Cell:
    return harmless(cell) if isinstance(cell, str) else cell
