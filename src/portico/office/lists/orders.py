"""Sales orders and shipments."""

from __future__ import annotations

from django.contrib import admin

from portico.office.lists.base import COMMENTS, OfficeAdmin, Rows, Verb, money
from portico.office.lists.documents import PARTS
from portico.office.site import office
from portico.sales_orders.models import InvoicedLine, SalesOrder, SalesOrderLine, Shipment, ShipmentLine
from portico.sales_orders.states import ON_THE_WAY

_NOT_SHOWN = frozenset({"fingerprint", "custom_fields", "tax_summary", "total_thousandths"})


class OrderLines(Rows):
    """Lines, with what became of them."""

    model = SalesOrderLine
    shown = (
        "name", "quantity", "rate", money("amount"), "packed", "shipped", "delivered", "returned", "cancelled",
        "drafted", "invoiced",
    )  # fmt: skip


class Shipments(Rows):
    """Shipments of the order."""

    model = Shipment
    show_change_link = True
    shown = ("number", "status", "carrier", "tracking_number", "shipped_on", "expected_on", "delivered_on")


class Invoiced(Rows):
    """Invoices that hold lines of the order."""

    model = InvoicedLine
    verbose_name_plural = "invoices"
    shown = ("invoice", "order_line", "quantity")


class ShipmentLines(Rows):
    """What the shipment holds."""

    model = ShipmentLine
    shown = ("order_line", "quantity", "returned")


@admin.register(SalesOrder, site=office)
class SalesOrderAdmin(OfficeAdmin):
    """Sales orders."""

    list_display = (
        "__str__", "customer", "date", "status", "shipped_status", "invoiced_status", "paid_status", money("total"),
    )  # fmt: skip
    list_filter = (
        "status", "shipped_status", "invoiced_status", "paid_status", "currency", ("date", admin.DateFieldListFilter),
    )  # fmt: skip
    search_fields = ("number", "reference", "customer__display_name")
    ordering = ("-date", "-id")
    hidden = _NOT_SHOWN
    parts = PARTS
    inlines = (OrderLines, Shipments, Invoiced)
    verbs = (
        Verb("confirm-order", "Confirm and send", lambda row: row.status == "draft"),
        Verb("edit-order", "Change", lambda row: row.status == "draft"),
        Verb("delete-order-draft", "Delete draft", lambda row: row.status == "draft"),
        Verb(
            "new-shipment", "Ship", lambda row: _goes_on(row) and row.shipped_status in {"pending", "partly"}
        ),
        Verb("invoice-order", "Invoice", lambda row: _goes_on(row) and row.invoiced_status != "fully"),
        Verb("link-order", "Share by link", lambda row: row.status != "draft"),
        Verb("cancel-quantities", "Cancel quantities", lambda row: _goes_on(row)),
        Verb(
            "cancel-order",
            "Cancel order",
            lambda row: _goes_on(row) and row.shipped_status == "pending" and row.invoiced_status == "not",
        ),
        Verb("close-order", "Close", lambda row: _goes_on(row)),
        Verb("reopen-order", "Open again", lambda row: row.status == "closed"),
        COMMENTS,
    )


@admin.register(Shipment, site=office)
class ShipmentAdmin(OfficeAdmin):
    """Shipments."""

    list_display = (
        "number",
        "order",
        "customer",
        "status",
        "carrier",
        "shipped_on",
        "expected_on",
        "delivered_on",
    )
    list_filter = ("status", ("shipped_on", admin.DateFieldListFilter))
    search_fields = ("number", "tracking_number", "order__number", "customer__display_name")
    ordering = ("-packed_on", "-id")
    inlines = (ShipmentLines,)
    verbs = (
        Verb("ship", "Mark as shipped", lambda row: row.status == "packed"),
        Verb("in-transit", "Mark as in transit", lambda row: row.status == "shipped"),
        Verb("deliver", "Mark as delivered", lambda row: row.status in ON_THE_WAY),
        Verb("return-shipment", "Goods came back", lambda row: row.status != "packed"),
        Verb("edit-shipment", "Change"),
        Verb("take-back-shipment", "Undo last step", lambda row: row.status in {"shipped", "delivered"}),
        Verb("delete-shipment", "Delete", lambda row: row.status == "packed"),
    )


def _goes_on(row: SalesOrder) -> bool:
    return row.status == "confirmed"
