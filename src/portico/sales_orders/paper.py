"""A sales order as a paper: its frozen part, and what has been cancelled since (see portico.transactions.papers)."""

from __future__ import annotations

from dataclasses import replace

from django.utils import translation
from django.utils.translation import gettext as _

from portico.customers.models import Customer
from portico.organisations.models import Organisation
from portico.printing.papers import DocumentPaper, Fact, Note
from portico.sales_orders.queries import OrderDocument
from portico.sales_orders.states import OrderStatus
from portico.sales_orders.words import quantity_text
from portico.transactions.papers import PLAIN, Look, document_paper, look_of
from portico.ui.dates import date_long


def order_paper(
    document: OrderDocument, customer: Customer, organisation: Organisation, *, logo: bool = False
) -> DocumentPaper:
    """The order as it is shown and printed now: frozen part and live part, in the customer's language.

    Args:
        document: the order with its lines.
        customer: whom it is for.
        organisation: whose it is.
        logo: whether to take the logo along, for a PDF.
    """
    language = customer.portal_language or organisation.language
    with translation.override(language):
        paper = _frozen(document, customer, look_of(organisation, language, logo=logo))
        return _with_what_happened(paper, document, language)


def order_fingerprint(document: OrderDocument, customer: Customer) -> str:
    """SHA-256 (hex) of the frozen part, the same for the same order in every language and look."""
    with translation.override("en"):
        return _frozen(document, customer, PLAIN).fingerprint()


def _frozen(document: OrderDocument, customer: Customer, look: Look) -> DocumentPaper:
    order = document.order
    meta = []
    if order.expected_on:
        meta.append(Fact(_("To be shipped"), date_long(order.expected_on), strong=True))
    if order.delivery_method:
        meta.append(Fact(_("Delivery"), order.delivery_method))
    return document_paper(order, document.lines, customer, look, kind=_("Sales order"), meta=meta)


def _with_what_happened(paper: DocumentPaper, document: OrderDocument, language: str) -> DocumentPaper:
    if document.order.status == OrderStatus.VOID:
        return replace(paper, status=_("Cancelled"), watermark=_("Cancelled"))
    if not document.cancelled:
        return paper
    said = "\n".join(
        f"{quantity_text(line.cancelled, line.unit, language)} × {line.name}" for line in document.cancelled
    )
    return replace(paper, notes=(*paper.notes, Note(_("Cancelled since, and not supplied"), said)))
