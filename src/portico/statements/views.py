"""The statement of account as a page, to print, as PDF and as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portico.access.middleware import PortalRequest, own_scope
from portico.access.scope import scope
from portico.home.shell import page, portal_of
from portico.kit.errors import ConflictError
from portico.kit.money import Money
from portico.statements.asked import Asked, asked
from portico.statements.queries import Line, Statement, each_line, statement

ON_A_PAGE: Final = 500
"""Lines on the page; print, PDF and CSV have all."""
MOST: Final = 20_000
"""Lines that are printed at once: about twenty seconds of typesetting. CSV streams any number."""


@require_safe
def statement_page(request: PortalRequest) -> HttpResponse:
    """The statement for the period in the address, or the form with what is wrong in it."""
    wanted = _asked(request)
    if wanted.span is None:
        return page(request, "statements/statement.html", {"wanted": wanted, "statement": None}, status=422)
    made = _made(request, wanted, ON_A_PAGE)
    return page(request, "statements/statement.html", {"wanted": wanted, "statement": made})


@require_safe
def print_view(request: PortalRequest) -> HttpResponse:
    """The whole statement without the portal around it."""
    wanted = _asked(request)
    if wanted.span is None:
        return _back(request)
    made = _refuse_too_long(_made(request, wanted, MOST))
    return page(request, "statements/print.html", {"wanted": wanted, "statement": made})


@own_scope
@require_safe
def as_csv(request: PortalRequest) -> HttpResponseBase:
    """The whole statement as CSV, streamed: UTF-8 with a mark, so that spreadsheets read every script."""
    portal = portal_of(request)
    with scope(portal.actor, read_only=True):
        wanted = _asked(request)
    if wanted.span is None:
        return _back(request)
    lines = each_line(portal.actor, wanted.currency, wanted.span, locale=get_language() or "en")
    response = StreamingHttpResponse(_csv(wanted, lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, _file_name(request, wanted, "csv"))
    return response


def _asked(request: PortalRequest) -> Asked:
    portal = portal_of(request)
    return asked(portal.actor, request.GET, portal.customer.currency, portal.today)


def _made(request: PortalRequest, wanted: Asked, limit: int) -> Statement:
    assert wanted.span is not None
    actor = portal_of(request).actor
    return statement(actor, wanted.currency, wanted.span, locale=get_language() or "en", limit=limit)


def _back(request: HttpRequest) -> HttpResponse:
    """To the page, which says what is wrong."""
    return HttpResponseRedirect(f"{reverse('statement')}?{request.GET.urlencode()}")


def _refuse_too_long(made: Statement) -> Statement:
    if made.rest is not None:
        raise ConflictError(
            _("This period has more than %(most)s transactions. Choose a shorter one, or download the CSV.")
            % {"most": f"{MOST:,}"}
        )
    return made


def _file_name(request: PortalRequest, wanted: Asked, ending: str) -> str:
    assert wanted.span is not None
    customer = portal_of(request).customer.display_name
    days = f"{wanted.span.first} – {wanted.span.last}"
    return (
        _("Statement %(customer)s %(days)s %(currency)s")
        % {
            "customer": customer.replace("/", "-"),
            "days": days,
            "currency": wanted.currency,
        }
        + f".{ending}"
    )


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
