"""What happens to a sales order: drafted, confirmed, shipped, invoiced, cancelled, closed, seen."""

from portico.sales_orders.actions.cancel import cancel_order, cancel_quantities
from portico.sales_orders.actions.close import close_order, reopen_order
from portico.sales_orders.actions.confirm import confirm_order
from portico.sales_orders.actions.draft import OrderDraft, delete_order_draft, draft_order, edit_order
from portico.sales_orders.actions.invoice import invoice_order
from portico.sales_orders.actions.ship import (
    ShipmentDraft,
    delete_shipment,
    deliver,
    edit_shipment,
    mark_in_transit,
    pack_shipment,
    return_shipment,
    ship,
    take_back,
)
from portico.sales_orders.actions.view import mark_order_viewed

__all__ = [
    "OrderDraft",
    "ShipmentDraft",
    "cancel_order",
    "cancel_quantities",
    "close_order",
    "confirm_order",
    "delete_order_draft",
    "delete_shipment",
    "deliver",
    "draft_order",
    "edit_order",
    "edit_shipment",
    "invoice_order",
    "mark_in_transit",
    "mark_order_viewed",
    "pack_shipment",
    "reopen_order",
    "return_shipment",
    "ship",
    "take_back",
]
