"""One invoice: its page, its print view, its PDF (S5.1)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from portico.access.actors import ContactActor, Permission
from portico.access.middleware import PortalRequest, own_scope
from portico.access.scope import scope
from portico.customers.models import Customer
from portico.home.shell import Portal, page, portal_of
from portico.invoices.models import InvoiceStatus
from portico.invoices.paper import invoice_paper
from portico.invoices.queries import InvoiceDocument, invoice_document, standing_of
from portico.invoices.viewing import look_at_invoice
from portico.invoices.words import STANDINGS
from portico.payments.offers import takes_any
from portico.sharing.beside import beside
from portico.transactions.models import DocumentKind
from portico.transactions.pages import contact_of, spoken
from portico.transactions.pdf import pdf_response
from portico.transactions.viewing import is_view


@require_safe
@own_scope
def invoice(request: PortalRequest, invoice_id: UUID) -> HttpResponse:
    """The paper with what is due on it, how to pay, and its history."""
    actor = contact_of(request)
    with scope(actor, read_only=True):
        portal = portal_of(request)
        document = invoice_document(actor, invoice_id)
        with spoken(portal):
            context = {
                **_context(portal, document),
                **beside(portal, DocumentKind.INVOICE, document.invoice),
            }
            response = page(request, "invoices/invoice.html", context)
    _looked(request, actor, document, portal.customer, "page")
    return response


@require_safe
@own_scope
def print_view(request: PortalRequest, invoice_id: UUID) -> HttpResponse:
    """The paper alone, to print."""
    actor = contact_of(request)
    with scope(actor, read_only=True):
        portal = portal_of(request)
        document = invoice_document(actor, invoice_id)
        with spoken(portal):
            response = page(request, "invoices/print.html", _context(portal, document))
    _looked(request, actor, document, portal.customer, "print")
    return response


@require_safe
@own_scope
def pdf(request: PortalRequest, invoice_id: UUID) -> HttpResponse:
    """The paper as PDF; ?download=1 to keep it."""
    actor = contact_of(request)
    with scope(actor, read_only=True):
        customer = Customer.objects.select_related("organisation").one_for(actor, pk=actor.customer_id)
        document = invoice_document(actor, invoice_id)
        paper = invoice_paper(document, customer, customer.organisation, logo=True)
    response = pdf_response(request, paper)
    _looked(request, actor, document, customer, "pdf")
    return response


def _context(portal: Portal, document: InvoiceDocument) -> dict[str, Any]:
    invoice = document.invoice
    standing = standing_of(invoice, document.reserved, portal.today)
    return {
        "document": document,
        "invoice": invoice,
        "paper": invoice_paper(document, portal.customer, portal.organisation),
        "standing": standing,
        "standing_words": STANDINGS[standing],
        "is_open": invoice.status not in {InvoiceStatus.PAID, InvoiceStatus.VOID},
        "settled": invoice.total - invoice.balance,
        "pays": portal.actor.may(Permission.PAY)
        and document.can_be_paid
        and _is_payable_online(document, by_bank=portal.customer.allow_bank_payments),
    }


def _is_payable_online(document: InvoiceDocument, *, by_bank: bool) -> bool:
    """Whether one of the invoice's gateways takes its currency in a way the customer may pay."""
    return takes_any(document.gateways, document.invoice.currency, by_bank=by_bank)


def _looked(
    request: PortalRequest, actor: ContactActor, document: InvoiceDocument, customer: Customer, how: str
) -> None:
    """After the answer is made and the reading transaction closed, remember who looked."""
    if is_view(request, actor):
        look_at_invoice(actor=actor, document=document, customer=customer, how=how)
