"""Addresses of sales orders and shipments."""

from __future__ import annotations

from uuid import UUID

from portico.sales_orders.actions import (
    OrderDraft,
    ShipmentDraft,
    close_order,
    confirm_order,
    draft_order,
    pack_shipment,
    ship,
)
from portico.testing.books import Books
from portico.testing.people import World
from tests.access.answers import KEEPERS, Route

#         nobody nils ines leo pia vera maya rita sam amy olive otto
ORDERS = "   302  200  200 200 403  403  200  403 403 403   403  403"
THEIRS = "   302  404  404 200 403  403  200  403 403 403   403  403"
DRAFTS = "   302  404  404 404 403  403  404  403 403 403   403  403"

ROUTES = (
    Route("GET", "sales_orders", ORDERS),
    Route("GET", "sales_order", THEIRS, ("order",)),
    Route("GET", "sales_order_pdf", THEIRS, ("order",)),
    Route("GET", "sales_order_print", THEIRS, ("order",)),
    Route("GET", "sales_order", DRAFTS, ("order_draft",), why="drafts are never visible"),
    Route("GET", "sales_order_pdf", DRAFTS, ("order_draft",)),
    Route("GET", "sales_order_print", DRAFTS, ("order_draft",)),
)
OFFICE_PAGES = {
    "new-order": ("customer", KEEPERS),
    "edit-order": ("order_draft", KEEPERS),
    "confirm-order": ("order_draft", KEEPERS),
    "delete-order-draft": ("order_draft", KEEPERS),
    "invoice-order": ("order", KEEPERS),
    "cancel-order": ("order", KEEPERS),
    "cancel-quantities": ("order", KEEPERS),
    "close-order": ("order", KEEPERS),
    "reopen-order": ("order_closed", KEEPERS),
    "new-shipment": ("order", KEEPERS),
    "edit-shipment": ("shipment", KEEPERS),
    "ship": ("packed", KEEPERS),
    "in-transit": ("shipment", KEEPERS),
    "deliver": ("shipment", KEEPERS),
    "return-shipment": ("shipment", KEEPERS),
    "take-back-shipment": ("shipment", KEEPERS),
    "delete-shipment": ("packed", KEEPERS),
}
OFFICE_LISTS = {"sales_orders_salesorder": "order", "sales_orders_shipment": "shipment"}


def things(world: World) -> dict[str, UUID | str]:
    """Orders and shipments of Greenleaf."""
    books = Books(world.olive, world.greenleaf)
    drafts = [
        draft_order(
            actor=world.olive,
            customer=world.greenleaf,
            draft=OrderDraft(date=books.day, lines=books.lines("10")),
        )
        for _each in range(4)
    ]
    order, closed, sent = (confirm_order(actor=world.olive, order=each) for each in drafts[:3])
    close_order(actor=world.olive, order=closed)
    shipment = pack_shipment(actor=world.olive, order=sent, draft=ShipmentDraft())
    other = confirm_order(
        actor=world.olive,
        order=draft_order(
            actor=world.olive,
            customer=world.greenleaf,
            draft=OrderDraft(date=books.day, lines=books.lines("10")),
        ),
    )
    packed = pack_shipment(actor=world.olive, order=other, draft=ShipmentDraft())
    ship(actor=world.olive, shipment=shipment)
    return {
        "order": order.pk,
        "order_draft": drafts[3].pk,
        "order_closed": closed.pk,
        "shipment": shipment.pk,
        "packed": packed.pk,
    }
