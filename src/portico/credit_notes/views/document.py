"""One credit note: its page, its print view, its PDF (S5.1)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from portico.access.actors import ContactActor
from portico.access.middleware import PortalRequest, own_scope
from portico.access.scope import scope
from portico.credit_notes.paper import credit_note_fingerprint, credit_note_paper
from portico.credit_notes.queries import CreditNoteDocument, credit_note_document
from portico.credit_notes.views.shown import require_shown
from portico.credit_notes.words import STANDINGS
from portico.customers.models import Customer
from portico.home.shell import Portal, page, portal_of
from portico.sharing.beside import beside
from portico.transactions.looking import look_at
from portico.transactions.models import DocumentKind
from portico.transactions.pages import contact_of, spoken
from portico.transactions.pdf import pdf_response
from portico.transactions.viewing import is_view


@require_safe
@own_scope
def credit_note(request: PortalRequest, credit_note_id: UUID) -> HttpResponse:
    """The paper with what is left of it, where it was used, and its history."""
    actor = contact_of(request)
    with scope(actor, read_only=True):
        portal = _portal(request)
        document = credit_note_document(actor, credit_note_id)
        with spoken(portal):
            context = {
                **_context(portal, document),
                **beside(portal, DocumentKind.CREDIT_NOTE, document.credit_note),
            }
            response = page(request, "credit_notes/credit_note.html", context)
    _looked(request, actor, document, portal.customer, "page")
    return response


@require_safe
@own_scope
def print_view(request: PortalRequest, credit_note_id: UUID) -> HttpResponse:
    """The paper alone, to print."""
    actor = contact_of(request)
    with scope(actor, read_only=True):
        portal = _portal(request)
        document = credit_note_document(actor, credit_note_id)
        with spoken(portal):
            response = page(request, "credit_notes/print.html", _context(portal, document))
    _looked(request, actor, document, portal.customer, "print")
    return response


@require_safe
@own_scope
def pdf(request: PortalRequest, credit_note_id: UUID) -> HttpResponse:
    """The paper as PDF; ?download=1 to keep it."""
    actor = contact_of(request)
    with scope(actor, read_only=True):
        _portal(request)
        customer = Customer.objects.select_related("organisation").one_for(actor, pk=actor.customer_id)
        document = credit_note_document(actor, credit_note_id)
        paper = credit_note_paper(document, customer, customer.organisation, logo=True)
    response = pdf_response(request, paper)
    _looked(request, actor, document, customer, "pdf")
    return response


def _portal(request: PortalRequest) -> Portal:
    """The reader's portal, where credit notes are shown."""
    portal = portal_of(request)
    require_shown(portal)
    return portal


def _context(portal: Portal, document: CreditNoteDocument) -> dict[str, Any]:
    words, tone = STANDINGS[document.credit_note.status]
    return {
        "document": document,
        "credit_note": document.credit_note,
        "paper": credit_note_paper(document, portal.customer, portal.organisation),
        "standing_words": words,
        "standing_tone": tone,
    }


def _looked(
    request: PortalRequest, actor: ContactActor, document: CreditNoteDocument, customer: Customer, how: str
) -> None:
    """After the answer is made and the reading transaction closed, remember who looked."""
    if is_view(request, actor):
        look_at(
            actor=actor,
            document=document.credit_note,
            kind=DocumentKind.CREDIT_NOTE,
            said=credit_note_fingerprint(document, customer),
            how=how,
        )
