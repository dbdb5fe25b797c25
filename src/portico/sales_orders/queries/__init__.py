"""What is read of sales orders: the list, the figures of Home, and one with all that belongs to it."""

from portico.sales_orders.queries.document import (
    LinkedInvoice,
    LinkedPayment,
    OrderDocument,
    Sent,
    SentLine,
    order_document,
)
from portico.sales_orders.queries.listing import OrderList, OrderRow, order_list
from portico.sales_orders.queries.tally import OrderCounts, order_counts

__all__ = [
    "LinkedInvoice",
    "LinkedPayment",
    "OrderCounts",
    "OrderDocument",
    "OrderList",
    "OrderRow",
    "Sent",
    "SentLine",
    "order_counts",
    "order_document",
    "order_list",
]
