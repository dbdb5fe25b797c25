"""Orders for tests, written and confirmed by Olive as in the office."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from portico.access.scope import scope
from portico.customers.models import Customer
from portico.kit import clock
from portico.sales_orders.actions import (
    OrderDraft,
    ShipmentDraft,
    confirm_order,
    deliver,
    draft_order,
    pack_shipment,
    ship,
)
from portico.sales_orders.models import SalesOrder, SalesOrderLine, Shipment
from portico.testing.people import World
from portico.transactions.drafts import LineDraft


def today() -> date:
    """The day in the worlds' time zone, UTC."""
    return clock.today("UTC")


def planters(count: str = "10", rate: str = "12.50", name: str = "Terracotta planter") -> LineDraft:
    """A line of planters."""
    return LineDraft(name=name, quantity=Decimal(count), rate=Decimal(rate))


def draft(
    world: World,
    lines: Sequence[LineDraft] = (),
    *,
    customer: Customer | None = None,
    ordered: int = 0,
    **more: object,
) -> SalesOrder:
    """A draft; `ordered` is in days from today."""
    written = OrderDraft(
        date=today() + timedelta(days=ordered),
        lines=list(lines) or [planters()],
        **more,  # type: ignore[arg-type]
    )
    return draft_order(actor=world.olive, customer=customer or world.greenleaf, draft=written)


def order(world: World, lines: Sequence[LineDraft] = (), **more: object) -> SalesOrder:
    """A confirmed order."""
    return confirm_order(actor=world.olive, order=draft(world, lines, **more))  # type: ignore[arg-type]


def again(world: World, mine: SalesOrder) -> SalesOrder:
    """The order as it is now."""
    with scope(world.olive):
        return SalesOrder.objects.get(pk=mine.pk)


def lines(world: World, mine: SalesOrder) -> list[SalesOrderLine]:
    """Its lines as they are now."""
    with scope(world.olive):
        return list(SalesOrderLine.objects.filter(document=mine).order_by("position"))


def some(world: World, mine: SalesOrder, *counts: str) -> dict[UUID, Decimal]:
    """So many of the first line, of the second, …"""
    return {
        line.pk: Decimal(count)
        for line, count in zip(lines(world, mine), counts, strict=False)
        if count != "0"
    }


def shipped(world: World, mine: SalesOrder, *counts: str, arrived: bool = False, **more: object) -> Shipment:
    """A shipment that has left, of all or of so many of each line."""
    chosen = some(world, mine, *counts) if counts else None
    packed = pack_shipment(
        actor=world.olive,
        order=mine,
        draft=ShipmentDraft(quantities=chosen, **more),  # type: ignore[arg-type]
    )
    left = ship(actor=world.olive, shipment=packed)
    return deliver(actor=world.olive, shipment=left) if arrived else left


def states(world: World, mine: SalesOrder) -> tuple[str, str, str, str]:
    """Order, invoiced, shipped, paid."""
    now = again(world, mine)
    return now.status, now.invoiced_status, now.shipped_status, now.paid_status


def of(line: SalesOrderLine, *names: str) -> tuple[int, ...]:
    """So many of a line are packed, shipped, …, by these names; whole numbers."""
    return tuple(int(getattr(line, name)) for name in names)
