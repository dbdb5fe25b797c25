"""Whatever is done to an order and its invoices, in whatever order: quantities agree, states equal a recomputation."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portico.access.scope import scope
from portico.invoices.actions import delete_draft, issue_invoice, void_invoice
from portico.invoices.models import Invoice
from portico.kit.errors import PorticoError
from portico.payments.actions.void import void_payment
from portico.payments.models import Payment
from portico.sales_orders.actions import (
    ShipmentDraft,
    cancel_order,
    cancel_quantities,
    close_order,
    delete_shipment,
    deliver,
    invoice_order,
    mark_in_transit,
    pack_shipment,
    reopen_order,
    return_shipment,
    ship,
    take_back,
)
from portico.sales_orders.models import (
    InvoicedLine,
    OrderTally,
    SalesOrder,
    SalesOrderLine,
    Shipment,
    ShipmentLine,
)
from portico.sales_orders.queries import order_counts
from portico.sales_orders.tests.making import again, order, planters, some
from portico.testing.books import Books
from portico.testing.people import World, make_world

STEPS = (
    "pack", "pack", "unpack", "ship", "ship", "transit", "deliver", "deliver", "back", "return", "return_some",
    "invoice", "invoice", "issue", "issue", "void", "delete", "pay", "unpay", "cancel", "cancel_some", "close",
    "reopen",
)  # fmt: skip


@pytest.fixture(scope="module")
def shared() -> World:
    """One world for all examples: each makes an order of its own."""
    return make_world()


class Hand:
    """Olive, who does any step to one order, with something of it chosen by chance."""

    def __init__(self, world: World, mine: SalesOrder, dice: random.Random) -> None:
        self.world, self.mine, self.dice = world, mine, dice
        self.books = Books(world.olive, world.greenleaf)

    def do(self, step: str) -> bool:
        """Whether the step was legal."""
        try:
            self._step(step)()
        except PorticoError:
            return False
        return True

    def _some(self) -> dict[UUID, Decimal]:
        return some(self.world, self.mine, *(str(self.dice.randint(0, 4)) for _line in range(2)))

    def _shipment(self) -> Shipment:
        with scope(self.world.olive):
            return self.dice.choice(list(Shipment.objects.filter(order=self.mine)) or [Shipment()])

    def _invoice(self) -> Invoice:
        with scope(self.world.olive):
            mine = InvoicedLine.objects.filter(order=self.mine).values("invoice")
            return self.dice.choice(list(Invoice.objects.filter(pk__in=mine)) or [Invoice()])

    def _unpay(self) -> None:
        with scope(self.world.olive):
            payments = list(Payment.objects.filter(allocations__invoice=self._invoice(), voided_at=None))
        if payments:
            void_payment(actor=self.world.olive, payment=payments[0], reason="Bounced")

    def _pay(self) -> None:
        invoice = self._invoice()
        if invoice.pk and invoice.status not in {"draft", "void"} and invoice.balance:
            part = str(invoice.balance.amount / self.dice.choice([1, 2])).rstrip("0")
            self.books.pay(part, (invoice, part))

    def _step(self, step: str) -> Callable[[], object]:
        olive: dict[str, Any] = {"actor": self.world.olive}
        shipment, invoice = self._shipment(), self._invoice()
        drafted = ShipmentDraft(quantities=self._some())
        steps: dict[str, Callable[[], object]] = {
            "pack": lambda: pack_shipment(**olive, order=self.mine, draft=drafted),
            "unpack": lambda: delete_shipment(**olive, shipment=shipment),
            "ship": lambda: ship(**olive, shipment=shipment, tell=False),
            "transit": lambda: mark_in_transit(**olive, shipment=shipment),
            "deliver": lambda: deliver(**olive, shipment=shipment),
            "back": lambda: take_back(**olive, shipment=shipment),
            "return": lambda: return_shipment(**olive, shipment=shipment),
            "return_some": lambda: return_shipment(**olive, shipment=shipment, quantities=self._some()),
            "invoice": lambda: invoice_order(**olive, order=self.mine, quantities=self._some()),
            "issue": lambda: issue_invoice(**olive, invoice=invoice),
            "void": lambda: void_invoice(**olive, invoice=invoice, reason="Wrong"),
            "delete": lambda: delete_draft(**olive, invoice=invoice),
            "pay": self._pay,
            "unpay": self._unpay,
            "cancel": lambda: cancel_order(**olive, order=self.mine, reason="No"),
            "cancel_some": lambda: cancel_quantities(
                **olive, order=self.mine, reason="No", quantities=self._some()
            ),
            "close": lambda: close_order(**olive, order=self.mine),
            "reopen": lambda: reopen_order(**olive, order=self.mine),
        }
        return steps[step]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(st.sampled_from(STEPS), min_size=6, max_size=18), seed=st.integers(0, 10_000))
def test_any_sequence_of_steps_leaves_an_order_that_agrees_with_itself(
    shared: World, steps: list[str], seed: int
) -> None:
    mine = order(shared, [planters("7", "10.00"), planters("3", "1.99", name="Rose")])
    hand = Hand(shared, mine, random.Random(seed))
    for step in steps:
        hand.do(step)
        _check(shared, mine)
    with scope(shared.olive):
        kept = sum(OrderTally.objects.values_list("count", flat=True))
        assert kept == SalesOrder.objects.count()
        counts = order_counts(shared.olive)
        assert (
            counts.not_invoiced
            == SalesOrder.objects.filter(status="confirmed").exclude(invoiced_status="fully").count()
        )
    hand.books.assert_clean()


def _check(world: World, mine: SalesOrder) -> None:
    """Work everything out again from shipments and invoices, in the simplest way."""
    with scope(world.olive):
        now = again(world, mine)
        found = list(SalesOrderLine.objects.filter(document=mine).order_by("position"))
        for line in found:
            _check_line(line)
        wanted = [line.wanted for line in found]
        invoiced, sent = [line.invoiced for line in found], [line.shipped for line in found]
        arrived = [line.delivered for line in found]
        assert now.invoiced_status == (
            "not" if not any(invoiced) else "fully" if invoiced == wanted else "partly"
        )
        assert now.shipped_status == (
            "pending"
            if not any(sent)
            else "partly"
            if sent != wanted
            else "delivered"
            if arrived == sent
            else "shipped"
        )
        links = InvoicedLine.objects.filter(order=mine, quantity__gt=0)
        invoices = Invoice.objects.filter(pk__in=links.values("invoice")).exclude(
            status__in=["draft", "void"]
        )
        settled = [invoice.balance.amount == 0 for invoice in invoices]
        some_paid = any(invoice.balance != invoice.total for invoice in invoices)
        whole = now.invoiced_status == "fully" and all(settled)
        assert now.paid_status == ("paid" if whole else "partly" if some_paid else "unpaid")


def _check_line(line: SalesOrderLine) -> None:
    packed = left = arrived = came_back = Decimal(0)
    for held in ShipmentLine.objects.filter(order_line=line).select_related("shipment"):
        there = held.shipment
        packed += held.quantity if there.status == "packed" else 0
        if there.status in {"shipped", "in_transit"} or there.delivered_on:
            left += held.quantity
        if there.delivered_on:
            arrived += held.quantity
            came_back += held.returned
    links = InvoicedLine.objects.filter(order_line=line).select_related("invoice")
    drafted = sum(each.quantity for each in links if each.invoice.status == "draft")
    invoiced = sum(each.quantity for each in links if each.invoice.status not in {"draft", "void"})
    assert (line.packed, line.shipped, line.delivered, line.returned) == (packed, left, arrived, came_back)
    assert (line.drafted, line.invoiced) == (drafted, invoiced)
    assert 0 <= came_back <= arrived <= left
    assert packed + left <= line.wanted
    assert drafted + invoiced <= line.wanted


@pytest.mark.parametrize(
    ("model", "changes"),
    [
        (SalesOrderLine, {"shipped": 1}),
        (SalesOrderLine, {"invoiced": 1}),
        (SalesOrderLine, {"cancelled": 11}),
        (SalesOrder, {"paid_status": "paid"}),
        (SalesOrder, {"shipped_status": "delivered"}),
        (SalesOrder, {"number": ""}),
    ],
)
def test_the_database_refuses_what_contradicts_itself(
    world: World, model: type[SalesOrder], changes: dict[str, object]
) -> None:
    mine = order(world)
    with pytest.raises(IntegrityError), scope(world.olive):
        model.objects.filter(customer=mine.customer_id).update(**changes)
