"""A whole filtered list as a file, CSV or XLSX: read by keyset in one snapshot, written to disk, never held in memory.

The rows are read in one transaction that sees one moment, so that none is missing or there twice whatever is paid
meanwhile; and they go to a temporary file first, so that a slow reader keeps no transaction open.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO, Any, Final, TypeAlias
from uuid import UUID

import xlsxwriter
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from portico.access.actors import Actor
from portico.access.scope import refuse_open_scope, scope
from portico.kit.errors import InvalidError
from portico.kit.money import Money, minor_digits
from portico.transactions.lists.asked import Asked
from portico.transactions.lists.listings import Listing
from portico.transactions.lists.paging import read_cursor, read_page
from portico.transactions.lists.spec import Cell, Column

AT_ONCE: Final = 1_000
_SHEET: Final = 1_000_000
"""Rows of a sheet; a further one begins beyond, since a sheet ends at 1,048,576."""
_EXACT: Final = 15
"""Digits of a number that a spreadsheet keeps; a longer one is written as a text."""
_STARTS_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
Row: TypeAlias = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Export:
    """What is to be in a file.

    Attributes:
        listing: which documents' list.
        asked: its filters and order; without problems.
        everything: all columns, and not only those that are shown.
        only: these documents, whatever the filters; None for all that the filters leave.
    """

    listing: Listing
    asked: Asked
    everything: bool = False
    only: tuple[UUID, ...] | None = None

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the file, but for the currency."""
        every = self.asked.spec.columns
        return every if self.everything else tuple(each for each in every if self.asked.shows(each.name))

    @property
    def head(self) -> tuple[str, ...]:
        """The first line, in the active language."""
        titles = [str(each.title) for each in self.columns]
        return (*titles, _("Currency")) if self.has_amounts else tuple(titles)

    @property
    def has_amounts(self) -> bool:
        """Whether the file has a column with the currency."""
        return any(each.is_amount for each in self.columns)


def write_export(actor: Actor, export: Export, ending: str) -> IO[bytes]:
    """The file, at its beginning; it is gone from the disk when it is closed. Heads are in the active language.

    Args:
        actor: whose rows.
        export: what.
        ending: csv or xlsx.

    Raises:
        ForbiddenError: the person may not see these documents.
        InvalidError: no such kind of file.
        ScopeError: within a scope; this opens its own.
    """
    refuse_open_scope()
    if ending not in _WRITERS:
        raise InvalidError(_("A list is exported as CSV or XLSX."))
    file = TemporaryFile()  # noqa: SIM115 (closed by the answer that streams it)
    try:
        with _snapshot(actor):
            _WRITERS[ending](file, export, _rows(actor, export))
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


@contextmanager
def _snapshot(actor: Actor) -> Iterator[None]:
    """A scope in which all statements see the same moment."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        with scope(actor):
            yield


def _rows(actor: Actor, export: Export) -> Iterator[Row]:
    asked, columns = export.asked, export.columns
    rows = export.listing.rows(actor)
    sections: Sequence[Q] = asked.sections
    if export.only is None:
        rows = rows.filter(asked.rows)
    else:
        rows, sections = rows.filter(pk__in=export.only), (Q(),)
    names = {name for each in columns for name in each.needs if name not in each.computed}
    computed = {name: value for each in columns for name, value in each.computed.items()}
    if export.has_amounts:
        names.add("currency")
    read = rows.values("id", asked.order.sort.column, *(names - set(computed)), **computed)
    page = read_page(read, sections, asked.order, None, AT_ONCE)
    while True:
        for _section, values in page.rows:
            cells = tuple(each.cell(values, asked.today) for each in columns)
            yield (*cells, values["currency"]) if export.has_amounts else cells
        if page.next is None:
            return
        page = read_page(
            read, sections, asked.order, read_cursor(page.next, asked.order, len(sections)), AT_ONCE
        )


def _csv(file: IO[bytes], export: Export, rows: Iterator[Row]) -> None:
    """UTF-8 with a mark that says so, which Excel needs; amounts and dates as programs read them."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=False)
    writer = csv.writer(text)
    writer.writerow(export.head)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    text.flush()
    text.detach()


def _plain(cell: Cell) -> str:
    if isinstance(cell, Money):
        return format(cell.amount, "f")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, str):
        return harmless(cell)
    return "" if cell is None else str(cell)


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula (OWASP: CSV injection)."""
    return f"'{text}" if text.startswith(_STARTS_FORMULA) else text


def _xlsx(file: IO[bytes], export: Export, rows: Iterator[Row]) -> None:
    """Row by row through XlsxWriter's constant memory; texts are written as texts, never as formulas or links."""
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "in_memory": False})
    looks = _Looks(book)
    sheet: Any = None
    for number, row in enumerate(rows):
        if number % _SHEET == 0:
            sheet = _sheet(book, export, looks)
        for column, cell in enumerate(row):
            _write(sheet, number % _SHEET + 1, column, cell, looks)
    if sheet is None:
        _sheet(book, export, looks)
    book.close()


def _sheet(book: Any, export: Export, looks: _Looks) -> Any:
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    for column, title in enumerate(export.head):
        sheet.set_column(column, column, max(len(title) + 2, 14))
        sheet.write_string(0, column, title, looks.head)
    return sheet


def _write(sheet: Any, row: int, column: int, cell: Cell, looks: _Looks) -> None:
    if isinstance(cell, Money):
        digits = len(cell.amount.as_tuple().digits)
        if digits > _EXACT:
            sheet.write_string(row, column, format(cell.amount, "f"))
        else:
            sheet.write_number(row, column, cell.amount, looks.amount(cell.currency))
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, looks.day)
    elif isinstance(cell, int | Decimal):
        sheet.write_number(row, column, cell)
    elif cell:
        sheet.write_string(row, column, cell)


class _Looks:
    """The formats of a workbook's cells; amounts have their currency's decimals."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._amounts: dict[str, Any] = {}
        self.head = book.add_format({"bold": True})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})

    def amount(self, currency: str) -> Any:
        """For amounts in this currency."""
        if currency not in self._amounts:
            digits = minor_digits(currency)
            look = "#,##0" + (f".{'0' * digits}" if digits else "")
            self._amounts[currency] = self._book.add_format({"num_format": look})
        return self._amounts[currency]


_WRITERS: Final[dict[str, Callable[[IO[bytes], Export, Iterator[Row]], None]]] = {"csv": _csv, "xlsx": _xlsx}
TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""The content type of each kind of file."""
