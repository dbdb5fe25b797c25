"""The statement of account as a page, to print, and as PDF."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portico.access.middleware import PortalRequest, own_scope
from portico.access.scope import scope
from portico.home.shell import Portal, page, portal_of
from portico.kit.errors import ConflictError
from portico.statements.asked import Asked
from portico.statements.headings import (
    ageing_figures,
    day_words,
    outstanding_figures,
    period_words,
    summary_figures,
)
from portico.statements.making import Made, is_cut, make, paper_of
from portico.statements.models import Every, StatementKind
from portico.statements.outstanding import Outstanding
from portico.statements.views.asking import asked_by, back, disposition, wanted_of
from portico.statements.wishes import wish_of
from portico.statements.words import age, open_details, open_title
from portico.transactions.pages import spoken
from portico.transactions.pdf import pdf_response

ON_A_PAGE: Final = 500
"""Lines on the page; print, PDF and the files have all."""
MOST: Final = 20_000
"""Lines that are printed at once: about twenty seconds of typesetting. CSV and XLSX stream any number."""


@require_safe
def statement_page(request: PortalRequest) -> HttpResponse:
    """The statement for the period in the address, or the form with what is wrong in it."""
    portal = portal_of(request)
    with spoken(portal):
        wanted = asked_by(request)
        if wanted.span is None:
            context: dict[str, Any] = {"wanted": wanted, "made": None}
            return page(request, "statements/statement.html", context, status=422)
        context = {
            **_context(portal, wanted, make(portal.actor, wanted_of(wanted), limit=ON_A_PAGE)),
            "kinds": _kinds(wanted),
            "wish": wish_of(portal.actor),
            "every": [("", _("Never")), *Every.choices],
            "kind_choices": StatementKind.choices,
        }
        return page(request, "statements/statement.html", context)


@require_safe
def print_view(request: PortalRequest) -> HttpResponse:
    """The whole statement without the portal around it."""
    portal = portal_of(request)
    with spoken(portal):
        wanted = asked_by(request)
        if wanted.span is None:
            return back(request)
        made = make(portal.actor, wanted_of(wanted), limit=MOST)
        _refuse_too_long(made)
        return page(request, "statements/print.html", _context(portal, wanted, made))


@require_safe
@own_scope
def pdf(request: PortalRequest) -> HttpResponse:
    """The whole statement as PDF, in the browser or with ?download=1 as a file."""
    portal = portal_of(request)
    with spoken(portal):
        with scope(portal.actor, read_only=True):
            wanted = asked_by(request)
            if wanted.span is None:
                return back(request)
            made = make(portal.actor, wanted_of(wanted), limit=MOST)
            _refuse_too_long(made)
            paper = paper_of(
                portal.actor,
                wanted_of(wanted),
                made,
                portal.customer,
                portal.organisation,
                today=portal.today,
                language=portal.language,
            )
        response = pdf_response(request, paper)
        if response.status_code == HTTPStatus.OK:
            as_file = request.GET.get("download") == "1"
            name = disposition(portal, wanted, wanted.currency, "pdf", as_file=as_file)
            response["Content-Disposition"] = name
    return response


def _context(portal: Portal, wanted: Asked, made: Made) -> dict[str, Any]:
    shared = {"wanted": wanted, "made": made, "kind": wanted.kind, "age_words": age}
    if not isinstance(made, Outstanding):
        return {
            **shared,
            "heading": _("Statement of account"),
            "period": period_words(made),
            "figures": summary_figures(made),
        }
    is_ageing = wanted.kind is StatementKind.AGEING
    return {
        **shared,
        "heading": _("Statement of account: ageing") if is_ageing else _("Statement of account: outstanding"),
        "period": day_words(made),
        "figures": ageing_figures(made) if is_ageing else outstanding_figures(made),
        "open_title": open_title,
        "open_details": open_details,
    }


def _kinds(wanted: Asked) -> list[tuple[str, str, None, bool]]:
    """The tabs: one for each kind, in the same currency."""
    return [
        (str(kind.label), f"?{wanted.query_of(kind, wanted.currency)}", None, kind is wanted.kind)
        for kind in StatementKind
    ]


def _refuse_too_long(made: Made) -> None:
    if is_cut(made):
        raise ConflictError(
            _("This statement has more than %(most)s lines. Choose a shorter period, or download the CSV.")
            % {"most": f"{MOST:,}"}
        )
