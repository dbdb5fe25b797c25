"""Sales orders, their lines, shipments, and what of them was invoiced.

The sums on a line (packed, shipped, delivered, returned, drafted, invoiced) and three of an order's four states are
written by triggers (sales_orders/sql/states.sql) from shipments and invoices: docs/decisions/0009 says why.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q

from portico.access.actors import ContactActor, Permission
from portico.access.tenancy import ByLink, CustomerOwned
from portico.kit import clock
from portico.sales_orders.states import (
    InvoicedState,
    OrderStatus,
    PaidState,
    ShipmentStatus,
    ShippedState,
    standing_of,
)
from portico.transactions.models import Document, DocumentLine
from portico.transactions.sortable import thousandths_of


class SalesOrder(Document):
    """What a customer ordered, at what price. An order is no claim: what is owed stands on its invoices."""

    asks = Permission.VIEW_ORDERS

    expected_on = models.DateField(null=True, blank=True, help_text="When it is to be shipped.")
    delivery_method = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=10, choices=OrderStatus, default=OrderStatus.DRAFT, editable=False)
    invoiced_status = models.CharField(
        max_length=10, choices=InvoicedState, default=InvoicedState.NOT, editable=False
    )
    shipped_status = models.CharField(
        max_length=10, choices=ShippedState, default=ShippedState.PENDING, editable=False
    )
    paid_status = models.CharField(max_length=10, choices=PaidState, default=PaidState.UNPAID, editable=False)
    # For paging by amount; see transactions.sortable.
    total_thousandths = thousandths_of("total")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "number"], name="sales_order_number_once", condition=~Q(number="")
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | ~Q(number=""), name="sales_order_confirmed_has_number"
            ),
            models.CheckConstraint(condition=Q(total__gte=0), name="sales_order_total_not_negative"),
            models.CheckConstraint(
                condition=Q(status__in=["confirmed", "closed"])
                | Q(invoiced_status="not", shipped_status="pending", paid_status="unpaid"),
                name="sales_order_nothing_done_on_draft_or_void",
            ),
        ]
        indexes = [
            models.Index(
                fields=["customer", "-date", "-id"], name="sales_order_by_date", condition=~Q(status="draft")
            ),
            models.Index(
                fields=["customer", "-date", "-id"],
                name="sales_order_uninvoiced",
                condition=Q(status="confirmed") & ~Q(invoiced_status="fully"),
            ),
            models.Index(
                fields=["customer", "number", "id"],
                name="sales_order_by_number",
                condition=~Q(status="draft"),
            ),
            models.Index(
                fields=["customer", "total_thousandths", "id"],
                name="sales_order_by_total",
                condition=~Q(status="draft"),
            ),
            models.Index(fields=["organisation", "-date", "-id"], name="sales_order_office"),
        ]

    @classmethod
    def portal_rows(cls, actor: ContactActor) -> Q:
        return super().portal_rows(actor) & ~Q(status=OrderStatus.DRAFT)

    def standing(self, *, billing: bool) -> str:
        """The roll-up, a key of states.STANDINGS."""
        return standing_of(self.status, self.shipped_status, self.invoiced_status, billing=billing)


def _count(help_text: str) -> Any:
    """A sum that a trigger keeps."""
    return models.DecimalField(
        max_digits=15, decimal_places=4, default=Decimal(0), editable=False, help_text=help_text
    )


class SalesOrderLine(DocumentLine):
    """A line of an order: how many were ordered, and what became of them."""

    asks = Permission.VIEW_ORDERS

    document = models.ForeignKey(SalesOrder, on_delete=models.CASCADE, related_name="lines")
    cancelled = models.DecimalField(
        max_digits=15, decimal_places=4, default=Decimal(0), editable=False, help_text="Will not be supplied."
    )
    packed = _count("In shipments that have not left.")
    shipped = _count("Has left, delivered or not.")
    delivered = _count("Has arrived.")
    returned = _count("Has come back after it had arrived.")
    drafted = _count("On drafts of invoices.")
    invoiced = _count("On issued invoices that stand.")

    class Meta(DocumentLine.Meta):
        constraints = [
            models.UniqueConstraint(fields=["document", "position"], name="sales_order_line_position_once"),
            models.CheckConstraint(
                condition=Q(
                    quantity__gt=0,
                    cancelled__gte=0,
                    packed__gte=0,
                    shipped__gte=0,
                    delivered__gte=0,
                    returned__gte=0,
                    drafted__gte=0,
                    invoiced__gte=0,
                ),
                name="sales_order_line_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(cancelled__lte=F("quantity") - F("packed") - F("shipped")),
                name="sales_order_line_ships_what_is_left",
            ),
            models.CheckConstraint(
                condition=Q(cancelled__lte=F("quantity") - F("drafted") - F("invoiced")),
                name="sales_order_line_invoices_what_is_left",
            ),
            models.CheckConstraint(
                condition=Q(delivered__lte=F("shipped"), returned__lte=F("delivered")),
                name="sales_order_line_returned_delivered_shipped",
            ),
        ]

    @property
    def wanted(self) -> Decimal:
        """Ordered and not cancelled."""
        return self.quantity - self.cancelled

    @property
    def to_pack(self) -> Decimal:
        """What no shipment holds yet."""
        left: Decimal = self.wanted - self.packed - self.shipped
        return left

    @property
    def to_invoice(self) -> Decimal:
        """What no invoice holds yet, draft or issued."""
        left: Decimal = self.wanted - self.drafted - self.invoiced
        return left

    @property
    def to_cancel(self) -> Decimal:
        """What can still be cancelled: neither in a shipment nor on an invoice."""
        return min(self.to_pack, self.to_invoice)

    def back_ordered(self, order: SalesOrder) -> Decimal:
        """What was left behind when other goods of the order went out, and is still to come.

        Before anything has been shipped nothing is late behind anything else; once the order is closed nothing more
        is to come.
        """
        begun = order.status == OrderStatus.CONFIRMED and order.shipped_status != ShippedState.PENDING
        return self.to_pack if begun else Decimal(0)


class Shipment(CustomerOwned):
    """Goods of one order that travel together. The dates are the organisation's calendar days."""

    asks = Permission.VIEW_ORDERS
    by_link = ByLink(document=("order_id",))

    order = models.ForeignKey(SalesOrder, on_delete=models.PROTECT, related_name="shipments")
    number = models.CharField(max_length=40)
    status = models.CharField(
        max_length=10, choices=ShipmentStatus, default=ShipmentStatus.PACKED, editable=False
    )
    carrier = models.CharField(max_length=80, blank=True)
    tracking_number = models.CharField(max_length=80, blank=True)
    tracking_url = models.URLField("tracking link", max_length=500, blank=True, help_text="https only.")
    packed_on = models.DateField()
    shipped_on = models.DateField(null=True, blank=True)
    expected_on = models.DateField("expected delivery", null=True, blank=True)
    delivered_on = models.DateField(null=True, blank=True)
    returned_on = models.DateField(null=True, blank=True)
    notes = models.TextField(blank=True, help_text="The customer reads them.")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="shipment_number_once"),
            models.CheckConstraint(
                condition=Q(tracking_url="") | Q(tracking_url__startswith="https://"),
                name="shipment_tracking_is_https",
            ),
            models.CheckConstraint(
                condition=Q(status="packed", shipped_on=None, delivered_on=None, returned_on=None)
                | Q(
                    status__in=["shipped", "in_transit"],
                    shipped_on__isnull=False,
                    delivered_on=None,
                    returned_on=None,
                )
                | Q(status="delivered", shipped_on__isnull=False, delivered_on__isnull=False)
                | Q(status="returned", shipped_on__isnull=False, returned_on__isnull=False),
                name="shipment_status_says_dates",
            ),
            models.CheckConstraint(
                condition=Q(delivered_on=None) | Q(delivered_on__gte=F("shipped_on")),
                name="shipment_delivered_after_shipped",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-packed_on", "-id"], name="shipment_office")]

    def __str__(self) -> str:
        return self.number


class ShipmentLine(CustomerOwned):
    """How many of an order's line a shipment holds, and how many of them came back."""

    asks = Permission.VIEW_ORDERS
    by_link = ByLink(of=("shipment",))

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="lines")
    order_line = models.ForeignKey(SalesOrderLine, on_delete=models.PROTECT, related_name="shipped_in")
    quantity = models.DecimalField(max_digits=15, decimal_places=4)
    returned = models.DecimalField(max_digits=15, decimal_places=4, default=Decimal(0), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shipment", "order_line"], name="shipment_line_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, returned__gte=0, returned__lte=F("quantity")),
                name="shipment_line_returned_was_sent",
            ),
        ]


class InvoicedLine(CustomerOwned):
    """How many of an order's line an invoice asks money for: the link between the two documents.

    While the invoice is a draft, a trigger reads the quantity again whenever its lines are written anew.
    """

    asks = Permission.VIEW_BILLING

    order = models.ForeignKey(SalesOrder, on_delete=models.PROTECT, related_name="invoiced_lines")
    order_line = models.ForeignKey(SalesOrderLine, on_delete=models.PROTECT, related_name="invoiced_in")
    invoice = models.ForeignKey("invoices.Invoice", on_delete=models.CASCADE, related_name="+")
    quantity = models.DecimalField(max_digits=15, decimal_places=4)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invoice", "order_line"], name="invoiced_line_once"),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="invoiced_line_not_negative"),
        ]


class OrderTally(CustomerOwned):
    """How many orders a customer has in each combination of states. Written by a trigger only."""

    asks = Permission.VIEW_ORDERS

    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10)
    shipped_status = models.CharField(max_length=10)
    invoiced_status = models.CharField(max_length=10)
    count = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "currency", "status", "shipped_status", "invoiced_status"],
                name="order_tally_once",
            )
        ]
