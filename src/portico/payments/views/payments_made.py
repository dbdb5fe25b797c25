"""Payments made: the list, and each payment's receipt (S7, S6.10)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from babel.numbers import get_currency_symbol
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from portico.access.actors import ContactActor, Permission, require
from portico.access.middleware import PortalRequest, own_scope
from portico.access.scope import scope
from portico.customers.models import Customer
from portico.home.shell import page, portal_of
from portico.kit.money import parse_locale
from portico.payments.listing import LISTING, PAYMENTS
from portico.payments.paper import receipt_paper
from portico.payments.queries import Receipt, currencies_paid, payer_address, payment_list, receipt
from portico.sharing.beside import beside
from portico.transactions import lists
from portico.transactions.formats import FORMATS
from portico.transactions.models import DocumentKind
from portico.transactions.pages import contact_of, page_or_part, spoken
from portico.transactions.pdf import pdf_response
from portico.transactions.queries import views_of
from portico.transactions.viewing import is_view, log_view
from portico.transactions.views.listing import list_tools, to_default
from portico.transfers.queries import awaiting


@require_safe
def payments(request: PortalRequest) -> HttpResponse:
    """All payments, those on invoices, or those on retainers; filtered, sorted and paged as the address says."""
    portal = portal_of(request)
    require(portal.actor, Permission.VIEW_BILLING)
    views = views_of(portal.actor, LISTING)
    if away := to_default(request, views):
        return away
    with spoken(portal):
        asked = lists.read(PAYMENTS, request.GET, today=portal.today, language=portal.language)
        found = None if asked.problems else payment_list(portal.actor, asked)
        position = lists.NOTHING
        if found is not None:
            position = lists.Position(found.offset, len(found.rows), found.count, found.previous, found.next)
        context = {
            **FORMATS,
            **list_tools(LISTING, asked, views),
            "found": found,
            "awaiting": awaiting(portal.actor),
            "list": lists.show(asked, position, currencies=currencies_paid(portal.actor)),
            "sign": get_currency_symbol(portal.customer.currency, locale=parse_locale(portal.language)),
        }
        return page_or_part(
            request,
            "payments/made.html",
            "payments/_made.html",
            context,
            target="list",
            status=422 if asked.problems else 200,
        )


@require_safe
@own_scope
def payment(request: PortalRequest, payment_id: UUID) -> HttpResponse:
    """The receipt with what it means for the customer."""
    return _receipt_page(request, payment_id, "payments/receipt.html", "page")


@require_safe
@own_scope
def print_view(request: PortalRequest, payment_id: UUID) -> HttpResponse:
    """The receipt alone, to print."""
    return _receipt_page(request, payment_id, "payments/receipt_print.html", "print")


@require_safe
@own_scope
def pdf(request: PortalRequest, payment_id: UUID) -> HttpResponse:
    """The receipt as PDF; ?download=1 to keep it."""
    actor = contact_of(request)
    with scope(actor, read_only=True):
        found = receipt(actor, payment_id)
        customer = Customer.objects.select_related("organisation").one_for(actor, pk=actor.customer_id)
        address = payer_address(actor, actor.customer_id)
        paper = receipt_paper(found, customer, address, customer.organisation, logo=True)
    response = pdf_response(request, paper)
    _looked(request, actor, found, "pdf")
    return response


def _receipt_page(request: PortalRequest, payment_id: UUID, template: str, how: str) -> HttpResponse:
    actor = contact_of(request)
    with scope(actor, read_only=True):
        portal = portal_of(request)
        found = receipt(actor, payment_id)
        address = payer_address(actor, actor.customer_id)
        with spoken(portal):
            context: dict[str, Any] = {
                "receipt": found,
                "payment": found.payment,
                "paper": receipt_paper(found, portal.customer, address, portal.organisation),
                **beside(portal, DocumentKind.PAYMENT, found.payment),
                "invoice_ids": {line.number: line.invoice_id for line in found.lines},
                "left": [each for each in portal.outstanding if each.currency == found.payment.currency],
            }
            response = page(request, template, context)
    _looked(request, actor, found, how)
    return response


def _looked(request: PortalRequest, actor: ContactActor, found: Receipt, how: str) -> None:
    """After the answer is made and the reading transaction closed, remember who looked."""
    if is_view(request, actor):
        log_view(actor=actor, kind=DocumentKind.PAYMENT, document_id=found.payment.pk, how=how)
