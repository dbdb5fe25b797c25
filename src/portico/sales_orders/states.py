"""The states of orders and shipments: what each is called, which may follow which, and the one word of the roll-up."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portico.kit.states import Moves


class OrderStatus(models.TextChoices):
    """Where an order stands by itself, whatever became of its goods and its invoices."""

    DRAFT = "draft", "Draft"
    CONFIRMED = "confirmed", "Confirmed"
    CLOSED = "closed", "Closed"
    VOID = "void", "Cancelled"


_O = OrderStatus
ORDER_MOVES: Final = Moves(
    "sales order",
    {
        _O.DRAFT: frozenset({_O.CONFIRMED}),
        _O.CONFIRMED: frozenset({_O.CLOSED, _O.VOID}),
        _O.CLOSED: frozenset({_O.CONFIRMED}),
    },
)


class InvoicedState(models.TextChoices):
    """How much of an order stands on issued invoices. Written by a trigger only."""

    NOT = "not", "Not invoiced"
    PARTLY = "partly", "Part invoiced"
    FULLY = "fully", "Invoiced"


class ShippedState(models.TextChoices):
    """How far the goods have come. Written by a trigger only."""

    PENDING = "pending", "Not shipped"
    PARTLY = "partly", "Part shipped"
    SHIPPED = "shipped", "Shipped"
    DELIVERED = "delivered", "Delivered"


class PaidState(models.TextChoices):
    """What has become of the order's invoices. Written by a trigger only."""

    UNPAID = "unpaid", "Unpaid"
    PARTLY = "partly", "Part paid"
    PAID = "paid", "Paid"


class ShipmentStatus(models.TextChoices):
    """Where a shipment is."""

    PACKED = "packed", "Packed"
    SHIPPED = "shipped", "Shipped"
    IN_TRANSIT = "in_transit", "In transit"
    DELIVERED = "delivered", "Delivered"
    RETURNED = "returned", "Returned"


_S = ShipmentStatus
SHIPMENT_MOVES: Final = Moves(
    "shipment",
    {
        _S.PACKED: frozenset({_S.SHIPPED}),
        # Back to packed, or from delivered to shipped: a slip of the hand is put right.
        _S.SHIPPED: frozenset({_S.IN_TRANSIT, _S.DELIVERED, _S.RETURNED, _S.PACKED}),
        _S.IN_TRANSIT: frozenset({_S.DELIVERED, _S.RETURNED}),
        _S.DELIVERED: frozenset({_S.RETURNED, _S.SHIPPED}),
        # When fewer have come back than was thought.
        _S.RETURNED: frozenset({_S.DELIVERED}),
    },
)
ON_THE_WAY: Final = (_S.SHIPPED, _S.IN_TRANSIT)

STANDINGS: Final[dict[str, str | Promise]] = {
    "open": _("Open"),
    "part": _("Part shipped"),
    "shipped": _("Shipped"),
    "delivered": _("Delivered"),
    "completed": _("Completed"),
    "closed": _("Closed"),
    "void": _("Cancelled"),
}
"""The roll-up: one word for all four states together."""

TONES: Final = {
    "open": "",
    "part": "part",
    "shipped": "pending",
    "delivered": "open",
    "completed": "paid",
    "closed": "paid",
    "void": "void",
}
"""The badge each standing wears; the design's status marks."""

INVOICED_WORDS: Final[dict[str, Promise]] = {
    InvoicedState.NOT: _("Not invoiced"),
    InvoicedState.PARTLY: _("Part invoiced"),
    InvoicedState.FULLY: _("Invoiced"),
}
SHIPPED_WORDS: Final[dict[str, Promise]] = {
    ShippedState.PENDING: _("Not shipped yet"),
    ShippedState.PARTLY: _("Part shipped"),
    ShippedState.SHIPPED: _("Shipped"),
    ShippedState.DELIVERED: _("Delivered"),
}
PAID_WORDS: Final[dict[str, Promise]] = {
    PaidState.UNPAID: _("Unpaid"),
    PaidState.PARTLY: _("Part paid"),
    PaidState.PAID: _("Paid"),
}
ORDER_WORDS: Final[dict[str, Promise]] = {
    OrderStatus.CONFIRMED: _("Confirmed"),
    OrderStatus.CLOSED: _("Closed"),
    OrderStatus.VOID: _("Cancelled"),
}
SHIPMENT_WORDS: Final[dict[str, Promise]] = {
    ShipmentStatus.PACKED: _("Packed"),
    ShipmentStatus.SHIPPED: _("Shipped"),
    ShipmentStatus.IN_TRANSIT: _("In transit"),
    ShipmentStatus.DELIVERED: _("Delivered"),
    ShipmentStatus.RETURNED: _("Returned"),
}
SHIPMENT_TONES: Final[dict[str, str]] = {
    ShipmentStatus.PACKED: "",
    ShipmentStatus.SHIPPED: "pending",
    ShipmentStatus.IN_TRANSIT: "pending",
    ShipmentStatus.DELIVERED: "paid",
    ShipmentStatus.RETURNED: "void",
}


def standing_of(status: str, shipped: str, invoiced: str, *, billing: bool) -> str:
    """The roll-up of an order's states, a key of STANDINGS.

    An order is completed when all of it is delivered, or staff have closed it, and all of it is invoiced. Whether it
    is paid is its invoices' affair and has a state of its own.

    Args:
        status: of the order.
        shipped: a ShippedState.
        invoiced: an InvoicedState.
        billing: whether the reader may know what was invoiced (S1.5); for others nothing is ever completed.
    """
    if status == OrderStatus.VOID:
        return "void"
    done = billing and invoiced == InvoicedState.FULLY
    if status == OrderStatus.CLOSED:
        return "completed" if done else "closed"
    if shipped == ShippedState.DELIVERED:
        return "completed" if done else "delivered"
    return {ShippedState.PARTLY.value: "part", ShippedState.SHIPPED.value: "shipped"}.get(shipped, "open")
