"""How many orders a customer has, by where they stand: from the kept tally, at the same cost for any number (S3.8)."""

from __future__ import annotations

from dataclasses import dataclass

from portico.access.actors import Actor
from portico.sales_orders.models import OrderTally
from portico.sales_orders.shown import sees_billing
from portico.sales_orders.states import InvoicedState, OrderStatus, ShippedState


@dataclass(frozen=True, slots=True)
class OrderCounts:
    """Numbers of orders; each equals the length of the list filtered accordingly.

    Attributes:
        open, part, shipped: confirmed orders of which nothing, a part, all has been shipped and not all delivered.
        unfinished: confirmed orders that are not delivered.
        not_invoiced: confirmed orders that are not on invoices in full; None for who may not see billing.
        listed: all but drafts and cancelled ones.
        currencies: in which the customer has orders.
    """

    open: int
    part: int
    shipped: int
    unfinished: int
    not_invoiced: int | None
    listed: int
    currencies: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the customer has no order at all."""
        return not self.currencies


def order_counts(actor: Actor) -> OrderCounts:
    """Count the actor's orders by state; one statement.

    Raises:
        ForbiddenError: the person may not see orders.
    """
    rows = list(
        OrderTally.objects.visible_to(actor)
        .filter(count__gt=0)
        .exclude(status=OrderStatus.DRAFT)
        .values_list("currency", "status", "shipped_status", "invoiced_status", "count")
    )
    going_on = [row for row in rows if row[1] == OrderStatus.CONFIRMED]

    def shipped(*states: ShippedState) -> int:
        return sum(number for *_rest, state, _invoiced, number in going_on if state in states)

    billing = sees_billing(actor)
    uninvoiced = sum(number for *_rest, state, number in going_on if state != InvoicedState.FULLY)
    return OrderCounts(
        open=shipped(ShippedState.PENDING),
        part=shipped(ShippedState.PARTLY),
        shipped=shipped(ShippedState.SHIPPED),
        unfinished=shipped(ShippedState.PENDING, ShippedState.PARTLY, ShippedState.SHIPPED),
        not_invoiced=uninvoiced if billing else None,
        listed=sum(row[-1] for row in rows if row[1] != OrderStatus.VOID),
        currencies=tuple(sorted({row[0] for row in rows})),
    )
