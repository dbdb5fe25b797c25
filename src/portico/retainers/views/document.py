"""One retainer invoice: its page, its print view, its PDF (S5.1)."""

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
from portico.payments.offers import takes_any
from portico.retainers.paper import retainer_fingerprint, retainer_paper
from portico.retainers.queries import RetainerDocument, retainer_document, standing_of
from portico.retainers.words import STANDINGS
from portico.sharing.beside import beside
from portico.transactions.looking import look_at
from portico.transactions.models import DocumentKind
from portico.transactions.pages import contact_of, spoken
from portico.transactions.pdf import pdf_response
from portico.transactions.viewing import is_view


@require_safe
@own_scope
def retainer(request: PortalRequest, retainer_id: UUID) -> HttpResponse:
    """The paper with what is due on it, what is available of it, where that went, and its history."""
    actor = contact_of(request)
    with scope(actor, read_only=True):
        portal = portal_of(request)
        document = retainer_document(actor, retainer_id)
        with spoken(portal):
            context = {
                **_context(portal, document),
                **beside(portal, DocumentKind.RETAINER_INVOICE, document.retainer),
                "pays": portal.actor.may(Permission.PAY)
                and _is_payable_online(document, by_bank=portal.customer.allow_bank_payments),
            }
            response = page(request, "retainers/retainer.html", context)
    _looked(request, actor, document, portal.customer, "page")
    return response


@require_safe
@own_scope
def print_view(request: PortalRequest, retainer_id: UUID) -> HttpResponse:
    """The paper alone, to print."""
    actor = contact_of(request)
    with scope(actor, read_only=True):
        portal = portal_of(request)
        document = retainer_document(actor, retainer_id)
        with spoken(portal):
            response = page(request, "retainers/print.html", _context(portal, document))
    _looked(request, actor, document, portal.customer, "print")
    return response


@require_safe
@own_scope
def pdf(request: PortalRequest, retainer_id: UUID) -> HttpResponse:
    """The paper as PDF; ?download=1 to keep it."""
    actor = contact_of(request)
    with scope(actor, read_only=True):
        customer = Customer.objects.select_related("organisation").one_for(actor, pk=actor.customer_id)
        document = retainer_document(actor, retainer_id)
        paper = retainer_paper(document, customer, customer.organisation, logo=True)
    response = pdf_response(request, paper)
    _looked(request, actor, document, customer, "pdf")
    return response


def _context(portal: Portal, document: RetainerDocument) -> dict[str, Any]:
    retainer = document.retainer
    standing = standing_of(retainer, document.reserved, portal.today)
    words, tone = STANDINGS[standing]
    return {
        "document": document,
        "retainer": retainer,
        "paper": retainer_paper(document, portal.customer, portal.organisation),
        "standing": standing,
        "standing_words": words,
        "standing_tone": tone,
    }


def _is_payable_online(document: RetainerDocument, *, by_bank: bool) -> bool:
    """Whether something is to be paid and one of the organisation's gateways takes its currency (S6.2)."""
    currency = document.retainer.currency
    return document.can_be_paid and takes_any(document.gateways, currency, by_bank=by_bank)


def _looked(
    request: PortalRequest, actor: ContactActor, document: RetainerDocument, customer: Customer, how: str
) -> None:
    """After the answer is made and the reading transaction closed, remember who looked."""
    if is_view(request, actor):
        look_at(
            actor=actor,
            document=document.retainer,
            kind=DocumentKind.RETAINER_INVOICE,
            said=retainer_fingerprint(document, customer),
            how=how,
        )
