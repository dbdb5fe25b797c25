"""Paying through a link: the portal's own steps, for the link's one document (S1.7, S6)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from portico.access.actors import Permission, require
from portico.access.scope import scope
from portico.kit.errors import NotFoundError
from portico.payments.paying import Choice, own_attempts
from portico.payments.places import Place
from portico.payments.views.fields import show_fields
from portico.payments.views.pay import read_choice
from portico.payments.views.paying import call_off_attempt, charge, show_attempt, show_form, show_sum
from portico.printing.papers import Paper
from portico.sharing.links.opening import PAYABLE
from portico.sharing.links.views.document import choice_of
from portico.sharing.links.views.opened import Opened, by_link
from portico.transactions.kinds import kind_of
from portico.transactions.models import DocumentKind
from portico.transactions.pdf import pdf_response


@require_http_methods(["GET", "HEAD", "POST"])
@by_link(has_form=True)
def pay(request: HttpRequest, link: Opened) -> HttpResponse:
    """GET: the page of paying for the link's document. POST: charge it."""
    _require_paying(link)
    with link.spoken():
        return (charge if request.method == "POST" else show_form)(request, link.actor, _place(link))


@require_safe
@xframe_options_sameorigin
@by_link()
def fields(request: HttpRequest, link: Opened, account_id: UUID, kind: str) -> HttpResponse:
    """A gateway's fields, inside the frame on the page of paying."""
    _require_paying(link)
    with link.spoken(), scope(link.actor, read_only=True):
        return show_fields(request, link.actor, _place(link), account_id, kind)


@require_POST
@by_link(has_form=True)
def summary(request: HttpRequest, link: Opened) -> HttpResponse:
    """The sum for what is typed so far."""
    _require_paying(link)
    with link.spoken():
        return show_sum(request, link.actor, _place(link))


@require_GET
@by_link(has_form=True)
def attempt_page(request: HttpRequest, link: Opened, attempt_id: UUID) -> HttpResponse:
    """How an attempt made through this link stands; where the gateway sends its payer back to."""
    _require_paying(link)
    with link.spoken():
        return show_attempt(request, link.actor, _place(link), attempt_id)


@require_POST
@by_link(has_form=True)
def cancel(request: HttpRequest, link: Opened, attempt_id: UUID) -> HttpResponse:
    """Whoever pays does not go on with an attempt."""
    _require_paying(link)
    return call_off_attempt(link.actor, _place(link), attempt_id)


@require_safe
@by_link()
def receipt(request: HttpRequest, link: Opened, payment_id: UUID) -> HttpResponse:
    """The receipt of what was paid through this link."""
    return _receipt_page(request, link, payment_id, "links/receipt.html")


@require_safe
@by_link()
def receipt_print(request: HttpRequest, link: Opened, payment_id: UUID) -> HttpResponse:
    """The receipt alone, to print."""
    return _receipt_page(request, link, payment_id, "links/print.html")


@require_safe
@by_link()
def receipt_pdf(request: HttpRequest, link: Opened, payment_id: UUID) -> HttpResponse:
    """The receipt as PDF; ?download=1 to keep it."""
    return pdf_response(request, _receipt(link, payment_id)[1])


def _receipt_page(request: HttpRequest, link: Opened, payment_id: UUID, template: str) -> HttpResponse:
    with link.spoken():
        payment, paper = _receipt(link, payment_id)
        context: dict[str, Any] = {
            "paid": payment,
            "paper": paper,
            "invoice_ids": {},
            "back": link.address("link_receipt", payment_id),
        }
        return link.render(request, template, context)


def _receipt(link: Opened, payment_id: UUID) -> tuple[Any, Paper]:
    """A payment made through this link, and its receipt; that others paid the same document is not shown."""
    kind = kind_of(DocumentKind.PAYMENT)
    with scope(link.actor, read_only=True):
        payment = kind.one(link.actor, payment_id)
        if not own_attempts(link.actor).filter(pk=payment.attempt_id).exists():
            raise NotFoundError
        return payment, kind.paper(link.actor, payment)


def _require_paying(link: Opened) -> None:
    if link.kind.kind not in PAYABLE:
        raise NotFoundError
    require(link.actor, Permission.PAY)


def _place(link: Opened) -> Place:
    def choice(data: QueryDict) -> Choice:
        named = any(data.get(each) for each in ("invoice", "retainer"))
        return read_choice(data) if named else choice_of(link)

    return Place(
        frame="links/frame.html",
        pay=link.address("link_pay"),
        summary=link.address("link_pay_summary"),
        back=link.page,
        back_words=_("Back to the document"),
        crumbs=((str(link.kind.name), link.page), (_("Pay"), None)),
        choose="",
        attempt=lambda attempt_id: link.address("link_pay_attempt", attempt_id),
        cancel=lambda attempt_id: link.address("link_pay_cancel", attempt_id),
        again=lambda attempt: link.address("link_pay"),
        receipt=lambda payment_id: link.address("link_receipt", payment_id),
        choice=choice,
        fields=lambda account_id, kind: link.address("link_pay_fields", account_id, kind),
        render=link.render,
        link_id=link.actor.link_id,
    )
