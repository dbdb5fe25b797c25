"""The document under a link: page, print view and PDF. Opening them changes nothing."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from portico.access.actors import Permission
from portico.access.scope import scope
from portico.customers.actions.sign_up_by_link import offer_for
from portico.kit import clock
from portico.payments.paying import Choice, Payable, PayPage, pay_page
from portico.payments.ways import Shown
from portico.printing.papers import Paper
from portico.sharing.links.identity import browser_of
from portico.sharing.links.mask import masked
from portico.sharing.links.opening import PAYABLE
from portico.sharing.links.views.opened import Opened, by_link, is_known
from portico.transactions.models import DocumentKind
from portico.transactions.pdf import pdf_response


@require_safe
@by_link(confirmed=False, has_form=True)
def gate(request: HttpRequest, link: Opened) -> HttpResponse:
    """The document; or, before the address is confirmed, the page that asks for a code."""
    if not is_known(request, link):
        return ask(request, link)
    response = _page(request, link, "links/document.html")
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
@by_link()
def print_view(request: HttpRequest, link: Opened) -> HttpResponse:
    """The paper alone, to print."""
    return _page(request, link, "links/print.html")


@require_safe
@by_link()
def pdf(request: HttpRequest, link: Opened) -> HttpResponse:
    """The paper as PDF; ?download=1 to keep it."""
    return pdf_response(request, _paper(link))


def ask(
    request: HttpRequest, link: Opened, *, error: str = "", status: int = 200, for_account: bool = False
) -> HttpResponse:
    """The page that asks for a code, to see the document or to create an account: first to send one, then to type it."""
    context = {
        "masked": masked(link.actor.email),
        "is_sent": bool(browser_of(request, link.actor.link_id)),
        "error": error,
        "for_account": for_account,
    }
    return link.render(request, "links/confirm.html", context, status)


def _paper(link: Opened) -> Paper:
    with scope(link.actor, read_only=True):
        row = link.kind.one(link.actor, link.actor.document_id)
        return link.kind.paper(link.actor, row)


def _page(request: HttpRequest, link: Opened, template: str) -> HttpResponse:
    offers_account = offer_for(link.actor) is not None
    payable: Payable | None = None
    ways: PayPage | None = None
    with link.spoken(), scope(link.actor, read_only=True):
        paper = _paper(link)
        if link.kind.kind in PAYABLE:
            ways = _to_pay(request, link)
            payable = ways.payables[0]
        context: dict[str, Any] = {
            "paper": paper,
            "payable": payable,
            "pays": bool(payable and payable.left and ways and ways.ways) and link.actor.may(Permission.PAY),
            "today": clock.today(link.organisation.time_zone),
            "invoice_ids": {},  # nothing else is linked to
            "back": "",
            "offers_account": offers_account,
        }
        return link.render(request, template, context)


def _to_pay(request: HttpRequest, link: Opened) -> PayPage:
    return pay_page(
        link.actor,
        choice_of(link),
        organisation=link.organisation,
        shown=Shown(
            parent=f"{request.scheme}://{request.get_host()}",
            locale=get_language() or "en",
            theme="",
            fields_at=lambda account_id, kind: link.address("link_pay_fields", account_id, kind),
        ),
    )


def choice_of(link: Opened) -> Choice:
    """The link's own document as what is to be paid."""
    if link.kind.kind == DocumentKind.RETAINER_INVOICE:
        return Choice(retainer_id=link.actor.document_id)
    return Choice(invoice_ids=(link.actor.document_id,))
