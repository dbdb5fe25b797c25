"""The four states of an order, and that each follows from what was done, whoever did it and in whatever order."""

from __future__ import annotations

import pytest

from portico.invoices.actions import delete_draft, issue_invoice, void_invoice
from portico.kit.errors import ConflictError, InvalidError
from portico.payments.actions.void import void_payment
from portico.sales_orders.actions import (
    cancel_order,
    cancel_quantities,
    close_order,
    confirm_order,
    deliver,
    invoice_order,
    reopen_order,
    return_shipment,
    take_back,
)
from portico.sales_orders.tests.making import again, draft, lines, of, order, planters, shipped, some, states
from portico.testing.books import Books
from portico.testing.people import World


def test_an_order_is_shipped_step_by_step(world: World) -> None:
    mine = order(world, [planters("10"), planters("4", name="Rose")])
    assert states(world, mine) == ("confirmed", "not", "pending", "unpaid")
    first = shipped(world, mine, "10", "1")
    assert states(world, mine)[2] == "partly"
    assert [line.back_ordered(again(world, mine)) for line in lines(world, mine)] == [0, 3]
    second = shipped(world, mine)
    assert states(world, mine)[2] == "shipped"
    deliver(actor=world.olive, shipment=first)
    assert states(world, mine)[2] == "shipped"
    deliver(actor=world.olive, shipment=second)
    assert states(world, mine) == ("confirmed", "not", "delivered", "unpaid")
    return_shipment(actor=world.olive, shipment=second, quantities=some(world, mine, "0", "2"))
    assert [line.returned for line in lines(world, mine)] == [0, 2]
    assert states(world, mine)[2] == "delivered"


def test_a_parcel_that_never_arrived_is_to_be_sent_again(world: World) -> None:
    mine = order(world)
    lost = shipped(world, mine)
    with pytest.raises(InvalidError, match="comes back whole"):
        return_shipment(actor=world.olive, shipment=lost, quantities=some(world, mine, "3"))
    return_shipment(actor=world.olive, shipment=lost)
    (line,) = lines(world, mine)
    assert of(line, "shipped", "returned", "to_pack") == (0, 0, 10)
    shipped(world, mine, arrived=True)
    assert states(world, mine)[2] == "delivered"


def test_slips_are_put_right(world: World) -> None:
    mine = order(world)
    sent = shipped(world, mine, arrived=True)
    sent = take_back(actor=world.olive, shipment=sent)
    assert states(world, mine)[2] == "shipped"
    take_back(actor=world.olive, shipment=sent)
    assert states(world, mine)[2] == "pending"
    (line,) = lines(world, mine)
    assert of(line, "packed", "shipped", "to_pack") == (10, 0, 0)


def test_the_order_follows_its_invoices_which_know_nothing_of_it(world: World) -> None:
    mine = order(world, [planters("10", "10.00")])
    books = Books(world.olive, world.greenleaf)
    half = invoice_order(actor=world.olive, order=mine, quantities=some(world, mine, "5"))
    (line,) = lines(world, mine)
    assert states(world, mine)[1] == "not"
    assert of(line, "drafted", "to_invoice") == (5, 5)
    half = issue_invoice(actor=world.olive, invoice=half)
    assert states(world, mine)[1:] == ("partly", "pending", "unpaid")
    rest = invoice_order(actor=world.olive, order=mine, issue=True)
    assert states(world, mine)[1:] == ("fully", "pending", "unpaid")
    payment = books.pay("50.00", (half, "50.00"))
    assert states(world, mine)[3] == "partly"
    books.pay("50.00", (rest, "50.00"))
    assert states(world, mine)[3] == "paid"
    void_payment(actor=world.olive, payment=payment, reason="Bounced")
    assert states(world, mine)[3] == "partly"
    void_invoice(actor=world.olive, invoice=half, reason="Wrong")
    assert states(world, mine)[1:] == ("partly", "pending", "partly")
    assert lines(world, mine)[0].to_invoice == 5
    books.assert_clean()


def test_a_draft_that_is_thrown_away_gives_its_quantities_back(world: World) -> None:
    mine = order(world)
    invoice = invoice_order(actor=world.olive, order=mine)
    with pytest.raises(InvalidError, match="on invoices already"):
        invoice_order(actor=world.olive, order=mine)
    delete_draft(actor=world.olive, invoice=invoice)
    assert lines(world, mine)[0].to_invoice == 10


def test_an_order_is_cancelled_whole_only_while_nothing_was_done(world: World) -> None:
    mine = order(world)
    sent = shipped(world, mine, "4")
    with pytest.raises(ConflictError, match="Undo that first"):
        cancel_order(actor=world.olive, order=mine, reason="Too late")
    cancel_quantities(actor=world.olive, order=mine, reason="Sold out")
    assert states(world, mine)[2] == "shipped"
    deliver(actor=world.olive, shipment=sent)
    assert states(world, mine)[2] == "delivered"
    other = order(world)
    cancel_order(actor=world.olive, order=other, reason="Changed their mind")
    assert states(world, other) == ("void", "not", "pending", "unpaid")
    for action in (cancel_order, cancel_quantities):
        with pytest.raises(ConflictError):
            action(actor=world.olive, order=other, reason="Again")


def test_closing_and_opening_again(world: World) -> None:
    mine = order(world)
    shipped(world, mine, "4")
    closed = close_order(actor=world.olive, order=mine)
    assert [line.back_ordered(closed) for line in lines(world, mine)] == [0]
    with pytest.raises(ConflictError):
        shipped(world, mine)
    reopen_order(actor=world.olive, order=mine)
    shipped(world, mine)
    for wrong in (reopen_order, confirm_order):
        with pytest.raises(ConflictError):
            wrong(actor=world.olive, order=mine)
    with pytest.raises(ConflictError):
        reopen_order(actor=world.olive, order=draft(world))
