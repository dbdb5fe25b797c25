"""The statement of account as CSV and as XLSX, in one currency or in all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from portico.access.middleware import PortalRequest, own_scope
from portico.access.scope import scope
from portico.home.shell import Portal, portal_of
from portico.statements.asked import Asked
from portico.statements.spreadsheets import csv_rows, write_xlsx
from portico.statements.tables import Table, table
from portico.statements.views.asking import asked_by, back, disposition
from portico.transactions.pages import spoken

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_AT_ONCE: Final = 64 * 1024


@require_safe
@own_scope
def as_csv(request: PortalRequest) -> HttpResponseBase:
    """The whole statement as CSV, streamed; with ?all=1 in all currencies, one below the other."""
    portal = portal_of(request)
    with spoken(portal):
        with scope(portal.actor, read_only=True):
            wanted = asked_by(request)
        if wanted.span is None:
            return back(request)
        tables = _tables(request, portal, wanted)
        name = disposition(portal, wanted, _currency(request, wanted), "csv", as_file=True)
    response = StreamingHttpResponse(
        _in_words_of(portal, csv_rows(tables)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = name
    return response


@require_safe
@own_scope
def as_xlsx(request: PortalRequest) -> HttpResponseBase:
    """The whole statement as a workbook; with ?all=1 with a sheet for each currency.

    It is written to a file on disk first: its end says where its parts begin.
    """
    portal = portal_of(request)
    with spoken(portal):
        with scope(portal.actor, read_only=True):
            wanted = asked_by(request)
        if wanted.span is None:
            return back(request)
        tables = _tables(request, portal, wanted)
        name = disposition(portal, wanted, _currency(request, wanted), "xlsx", as_file=True)
    response = StreamingHttpResponse(_workbook(portal, tables), content_type=XLSX)
    response["Content-Disposition"] = name
    return response


def _workbook(portal: Portal, tables: list[Table]) -> Iterator[bytes]:
    """The workbook's bytes; it is made when the first are wanted, and its file is gone with the last."""
    with spoken(portal):
        file = write_xlsx(tables)
    with file:
        while part := file.read(_AT_ONCE):
            yield part


def _tables(request: PortalRequest, portal: Portal, wanted: Asked) -> list[Table]:
    assert wanted.span is not None
    currencies = wanted.currencies if _is_all(request) else (wanted.currency,)
    return [table(portal.actor, wanted.kind, each, wanted.span) for each in currencies]


def _currency(request: PortalRequest, wanted: Asked) -> str:
    return " ".join(wanted.currencies) if _is_all(request) else wanted.currency


def _is_all(request: PortalRequest) -> bool:
    return request.GET.get("all") == "1"


def _in_words_of(portal: Portal, rows: Iterator[str]) -> Iterator[str]:
    """The rows, each made in the reader's language: whoever sends them speaks another one in between."""
    while True:
        with spoken(portal):
            row = next(rows, None)
        if row is None:
            return
        yield row
