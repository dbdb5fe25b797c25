"""Two or more at the same invoice at the same moment, each on a connection of its own: the books stay right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from portico.access.scope import scope
from portico.credit_notes.actions import apply_credit, unapply_credit, void_credit_note
from portico.invoices.actions import (
    issue_invoice,
    mark_viewed,
    reverse_write_off,
    set_opening_balance,
    void_invoice,
    write_off_invoice,
)
from portico.invoices.models import Invoice
from portico.kit.errors import ConflictError, InvalidError, PorticoError
from portico.payments.actions.refunds import refund_excess
from portico.payments.actions.void import void_payment
from portico.payments.models import Payment
from portico.retainers.actions import draw_retainer, refund_retainer
from portico.testing.books import Books
from portico.testing.people import World
from portico.testing.together import together

AGAIN = pytest.mark.parametrize("time", range(4))


@pytest.fixture
def books(world: World) -> Books:
    return Books(world.olive, world.greenleaf)


def fresh(books: Books, invoice: Invoice) -> Invoice:
    with scope(books.actor):
        return Invoice.objects.get(pk=invoice.pk)


def refused(results: list[Any]) -> list[PorticoError]:
    return [result for result in results if isinstance(result, PorticoError)]


def test_of_many_who_pay_all_of_it_one_does(books: Books) -> None:
    invoice = books.invoice("100")
    results = together(*[lambda: books.pay("100", (invoice, "100"))] * 6)
    assert len(refused(results)) == 5
    assert all(isinstance(error, InvalidError) for error in refused(results))
    assert books.balances() == {"sales": "-100.00", "cash": "100.00"}
    books.assert_clean()


def test_many_successes_of_the_gateway_all_count_and_the_rest_is_credit(world: World, books: Books) -> None:
    invoice = books.invoice("100")
    results = together(*[lambda: books.pay("100", (invoice, "100"), actor=world.job)] * 3)
    assert not refused(results)
    assert books.balances() == {"sales": "-100.00", "cash": "300.00", "credit": "-200.00"}
    books.assert_clean()


def test_it_is_either_issued_once_or_thrown_away(books: Books) -> None:
    draft = books.drafted("10")
    results = together(*[lambda: issue_invoice(actor=books.actor, invoice=draft)] * 4)
    assert len(refused(results)) == 3
    assert books.balances() == {"receivable": "10.00", "sales": "-10.00"}
    books.assert_clean()


@AGAIN
def test_one_credit_is_not_spent_twice(books: Books, time: int) -> None:
    note, first, second = books.credit_note("30"), books.invoice("30"), books.invoice("30")
    results = together(
        lambda: apply_credit(actor=books.actor, source=note, invoice=first, amount=note.total),
        lambda: apply_credit(actor=books.actor, source=note, invoice=second, amount=note.total),
        lambda: void_credit_note(actor=books.actor, credit_note=note, reason="Wrong"),
    )
    assert len(refused(results)) == 2
    books.assert_clean()


@AGAIN
def test_an_excess_is_applied_or_refunded_or_its_payment_void(books: Books, time: int) -> None:
    payment, invoice = books.pay("30"), books.invoice("30")
    results = together(
        lambda: apply_credit(actor=books.actor, source=payment, invoice=invoice, amount=payment.amount),
        lambda: refund_excess(
            actor=books.actor, payment=payment, amount=payment.amount, mode="cash", date=books.day
        ),
        lambda: void_payment(actor=books.actor, payment=payment, reason="Bounced"),
    )
    assert len(refused(results)) == 2
    books.assert_clean()


@AGAIN
def test_a_retainer_is_drawn_or_refunded_or_its_payment_void(books: Books, time: int) -> None:
    retainer, invoice = books.retainer("30"), books.invoice("30")
    payment = books.pay("30", retainer=retainer)
    results = together(
        lambda: draw_retainer(actor=books.actor, retainer=retainer, invoice=invoice, amount=payment.amount),
        lambda: refund_retainer(
            actor=books.actor, retainer=retainer, amount=payment.amount, mode="cash", date=books.day
        ),
        lambda: void_payment(actor=books.actor, payment=payment, reason="Bounced"),
    )
    assert len(refused(results)) == 2
    books.assert_clean()


@AGAIN
def test_everybody_at_one_invoice(world: World, books: Books, time: int) -> None:
    """Paid, credited, drawn, written off, void and looked at, all at once; whoever comes too late is told so."""
    invoice, note, retainer = books.invoice("100"), books.credit_note("60"), books.retainer("60")
    books.pay("60", retainer=retainer)
    sixty = books.money("60")

    def pay() -> Payment:
        return books.pay("60", (invoice, "60"))

    things: list[Callable[[], Any]] = [
        pay,
        lambda: void_payment(actor=books.actor, payment=pay(), reason="Bounced"),
        lambda: unapply_credit(
            actor=books.actor,
            application=apply_credit(actor=books.actor, source=note, invoice=invoice, amount=sixty),
        ),
        lambda: draw_retainer(actor=books.actor, retainer=retainer, invoice=invoice, amount=sixty),
        lambda: reverse_write_off(
            actor=books.actor,
            write_off=write_off_invoice(actor=books.actor, invoice=invoice, reason="Bankrupt"),
        ),
        lambda: void_invoice(actor=books.actor, invoice=invoice, reason="Wrong"),
        lambda: mark_viewed(actor=world.maya, invoice=invoice),
    ]
    for error in refused(together(*things)):
        assert isinstance(error, ConflictError | InvalidError)
        assert "changed meanwhile" not in error.message  # the lock, not luck, keeps them apart
    now = fresh(books, invoice)
    assert books.money("0") <= now.balance <= now.total
    books.assert_clean()


def test_one_opening_balance_is_left(world: World, books: Books) -> None:
    results = together(
        *[
            lambda: set_opening_balance(
                actor=books.actor, customer=world.greenleaf, amount=books.money("7"), date=books.day
            )
        ]
        * 4
    )
    assert not refused(results)
    assert books.balances() == {"receivable": "7.00", "opening": "-7.00"}
    books.assert_clean()
