"""The statement of account as a page, to print, as PDF and as CSV."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portico.access.middleware import PortalRequest, own_scope
from portico.access.scope import scope
from portico.home.shell import Portal, page, portal_of
from portico.kit.errors import ConflictError
from portico.kit.money import Money
from portico.statements.asked import Asked, asked
from portico.statements.headings import period_words, summary_figures
from portico.statements.paper import statement_paper
from portico.statements.queries import Line, Statement, billing_lines, each_line, statement
from portico.transactions.pages import spoken
from portico.transactions.pdf import pdf_response

ON_A_PAGE: Final = 500
"""Lines on the page; print, PDF and CSV have all."""
MOST: Final = 20_000
"""Lines that are printed at once: about twenty seconds of typesetting. CSV streams any number."""


@require_safe
def statement_page(request: PortalRequest) -> HttpResponse:
    """The statement for the period in the address, or the form with what is wrong in it."""
    portal = portal_of(request)
    with spoken(portal):
        wanted = _asked(request)
        if wanted.span is None:
            context = {"wanted": wanted, "statement": None}
            return page(request, "statements/statement.html", context, status=422)
        return page(request, "statements/statement.html", _context(portal, wanted, ON_A_PAGE))


@require_safe
def print_view(request: PortalRequest) -> HttpResponse:
    """The whole statement without the portal around it."""
    portal = portal_of(request)
    with spoken(portal):
        wanted = _asked(request)
        if wanted.span is None:
            return _back(request)
        context = _context(portal, wanted, MOST)
        _refuse_too_long(context["statement"])
        return page(request, "statements/print.html", context)


@require_safe
@own_scope
def pdf(request: PortalRequest) -> HttpResponse:
    """The whole statement as PDF, in the browser or with ?download=1 as a file."""
    portal = portal_of(request)
    with spoken(portal):
        with scope(portal.actor, read_only=True):
            wanted = _asked(request)
            if wanted.span is None:
                return _back(request)
            made = _made(portal, wanted, MOST)
            _refuse_too_long(made)
            paper = statement_paper(
                made,
                wanted.standing,
                portal.customer,
                portal.organisation,
                today=portal.today,
                language=portal.language,
                address=tuple(billing_lines(portal.actor)),
            )
        response = pdf_response(request, paper)
        if response.status_code == HTTPStatus.OK:
            as_file = request.GET.get("download") == "1"
            response["Content-Disposition"] = _disposition(portal, wanted, "pdf", as_file=as_file)
    return response


@require_safe
@own_scope
def as_csv(request: PortalRequest) -> HttpResponseBase:
    """The whole statement as CSV, streamed: UTF-8 with a mark, so that spreadsheets read every script."""
    portal = portal_of(request)
    with spoken(portal):
        with scope(portal.actor, read_only=True):
            wanted = _asked(request)
        if wanted.span is None:
            return _back(request)
        disposition = _disposition(portal, wanted, "csv", as_file=True)
    lines = each_line(portal.actor, wanted.currency, wanted.span)
    response = StreamingHttpResponse(
        _in_words_of(portal, _csv(wanted, lines)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = disposition
    return response


def _in_words_of(portal: Portal, rows: Iterator[str]) -> Iterator[str]:
    """The rows, each made in the reader's language: whoever sends them speaks another one in between."""
    while True:
        with spoken(portal):
            row = next(rows, None)
        if row is None:
            return
        yield row


def _asked(request: PortalRequest) -> Asked:
    portal = portal_of(request)
    return asked(portal.actor, request.GET, portal.customer.currency, portal.today)


def _made(portal: Portal, wanted: Asked, limit: int) -> Statement:
    assert wanted.span is not None
    return statement(portal.actor, wanted.currency, wanted.span, limit=limit)


def _context(portal: Portal, wanted: Asked, limit: int) -> dict[str, Any]:
    made = _made(portal, wanted, limit)
    return {
        "wanted": wanted,
        "statement": made,
        "period": period_words(made),
        "figures": summary_figures(made),
    }


def _back(request: HttpRequest) -> HttpResponse:
    """To the page, which says what is wrong."""
    return HttpResponseRedirect(f"{reverse('statement')}?{request.GET.urlencode()}")


def _refuse_too_long(made: Statement) -> None:
    if made.rest is not None:
        raise ConflictError(
            _("This period has more than %(most)s transactions. Choose a shorter one, or download the CSV.")
            % {"most": f"{MOST:,}"}
        )


def _disposition(portal: Portal, wanted: Asked, ending: str, *, as_file: bool) -> str:
    assert wanted.span is not None
    words = _("Statement %(customer)s %(first)s to %(last)s %(currency)s") % {
        "customer": re.sub(r"[^\w .()&+-]+", "-", portal.customer.display_name),
        "first": wanted.span.first,
        "last": wanted.span.last,
        "currency": wanted.currency,
    }
    return content_disposition_header(as_file, f"{words}.{ending}") or "inline"


class _Echo:
    """What csv.writer writes into: it gives each row back at once."""

    def write(self, row: str) -> str:
        return row


def _csv(wanted: Asked, lines: Iterator[Line | Money]) -> Iterator[str]:
    assert wanted.span is not None
    writer = csv.writer(_Echo())
    head = [_("Date"), _("Transaction"), _("Details"), _("Currency")]
    yield "\N{BYTE ORDER MARK}" + writer.writerow([*head, _("Amount"), _("Payments"), _("Balance")])
    for line in lines:
        if isinstance(line, Money):
            opening = [wanted.span.first, _("Opening balance"), "", wanted.currency, "", "", line.amount]
            yield writer.writerow(opening)
            continue
        yield writer.writerow(
            [
                line.day,
                _plain_text(line.title),
                _plain_text("; ".join(line.details)),
                wanted.currency,
                line.charge.amount if line.charge else "",
                line.payment.amount if line.payment else "",
                line.balance.amount,
            ]
        )


def _plain_text(text: str) -> str:
    """A text that no spreadsheet takes for a formula (OWASP: CSV injection)."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
