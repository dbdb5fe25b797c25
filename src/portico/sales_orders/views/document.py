"""One sales order: its page, its print view, its PDF (S5.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.functional import Promise
from django.views.decorators.http import require_safe

from portico.access.actors import ContactActor
from portico.access.middleware import PortalRequest, own_scope
from portico.access.scope import scope
from portico.customers.models import Customer
from portico.home.shell import Portal, page, portal_of
from portico.sales_orders.paper import order_paper
from portico.sales_orders.progress import line_progress
from portico.sales_orders.queries import OrderDocument, order_document
from portico.sales_orders.states import (
    INVOICED_WORDS,
    ORDER_WORDS,
    PAID_WORDS,
    SHIPMENT_TONES,
    SHIPMENT_WORDS,
    SHIPPED_WORDS,
    STANDINGS,
    TONES,
)
from portico.sales_orders.viewing import look_at_order
from portico.sales_orders.views.showing import check_shown
from portico.sales_orders.words import quantity_text
from portico.sharing.beside import beside
from portico.transactions.models import DocumentKind
from portico.transactions.pages import contact_of, spoken
from portico.transactions.pdf import pdf_response
from portico.transactions.telling import Told
from portico.transactions.viewing import is_view


@require_safe
@own_scope
def sales_order(request: PortalRequest, order_id: UUID) -> HttpResponse:
    """The paper with the order's four states, what became of each line, shipments, invoices, and its history."""
    actor = contact_of(request)
    with scope(actor, read_only=True):
        portal = portal_of(request)
        check_shown(portal.preferences)
        document = order_document(actor, order_id)
        with spoken(portal):
            around = beside(portal, DocumentKind.SALES_ORDER, document.order)
            context = {
                **_context(portal, document),
                **around,
                "history": _history(document, around["history"]),
                "progress": line_progress(document, portal.language),
                "order_words": _said(ORDER_WORDS),
                "shipped_words": _said(SHIPPED_WORDS),
                "invoiced_words": _said(INVOICED_WORDS),
                "paid_words": _said(PAID_WORDS),
                "shipment_words": _said(SHIPMENT_WORDS),
                "shipment_tones": SHIPMENT_TONES,
                "quantity": lambda number, unit: quantity_text(number, unit, portal.language),
            }
            response = page(request, "sales_orders/order.html", context)
    _looked(request, actor, document, portal.customer, "page")
    return response


@require_safe
@own_scope
def print_view(request: PortalRequest, order_id: UUID) -> HttpResponse:
    """The paper alone, to print."""
    actor = contact_of(request)
    with scope(actor, read_only=True):
        portal = portal_of(request)
        check_shown(portal.preferences)
        document = order_document(actor, order_id)
        with spoken(portal):
            response = page(request, "sales_orders/print.html", _context(portal, document))
    _looked(request, actor, document, portal.customer, "print")
    return response


@require_safe
@own_scope
def pdf(request: PortalRequest, order_id: UUID) -> HttpResponse:
    """The paper as PDF; ?download=1 to keep it."""
    actor = contact_of(request)
    with scope(actor, read_only=True):
        customer = Customer.objects.select_related("organisation__preferences").one_for(
            actor, pk=actor.customer_id
        )
        check_shown(customer.organisation.preferences)
        document = order_document(actor, order_id)
        paper = order_paper(document, customer, customer.organisation, logo=True)
    response = pdf_response(request, paper)
    _looked(request, actor, document, customer, "pdf")
    return response


def _said(words: Mapping[str, Promise]) -> dict[str, str]:
    """The words in the active language, as the plain texts that macros take."""
    return {name: str(word) for name, word in words.items()}


def _context(portal: Portal, document: OrderDocument) -> dict[str, Any]:
    standing = document.standing
    return {
        "document": document,
        "order": document.order,
        "paper": order_paper(document, portal.customer, portal.organisation),
        "standing": standing,
        "standing_words": STANDINGS[standing],
        "standing_tone": TONES[standing],
    }


def _history(document: OrderDocument, told: Iterable[Told]) -> tuple[Told, ...]:
    """What is written in the order's history, and its invoices, which know nothing of it; the latest first."""
    invoiced = tuple(
        Told(
            event="invoiced",
            at=each.issued_at,
            actor_kind="",
            actor_name="",
            amount=each.total,
            other_kind=DocumentKind.INVOICE,
            other_number=each.number,
            other_href=f"/invoices/{each.id}/",
        )
        for each in document.invoices
    )
    return tuple(sorted((*told, *invoiced), key=lambda each: each.at, reverse=True))


def _looked(
    request: PortalRequest, actor: ContactActor, document: OrderDocument, customer: Customer, how: str
) -> None:
    """After the answer is made and the reading transaction closed, remember who looked."""
    if is_view(request, actor):
        look_at_order(actor=actor, document=document, customer=customer, how=how)
