"""A payment that never came: what it paid opens again, unless its money has been used since."""

from __future__ import annotations

import pytest

from portico.access.actors import Role
from portico.access.scope import scope
from portico.credit_notes.actions import apply_credit, unapply_credit
from portico.invoices.models import Invoice
from portico.kit.errors import ConflictError, ForbiddenError, InvalidError
from portico.payments.actions.refunds import refund_excess
from portico.payments.actions.void import void_payment
from portico.payments.models import Payment
from portico.retainers.actions import draw_retainer, undo_drawing
from portico.retainers.models import RetainerInvoice
from portico.testing.books import Books
from portico.testing.people import World, make_staff
from portico.transactions.models import HistoryEvent


@pytest.fixture
def books(world: World) -> Books:
    return Books(world.olive, world.greenleaf)


def bounced(world: World, payment: Payment) -> Payment:
    return void_payment(actor=world.olive, payment=payment, reason="Bounced")


def test_everything_it_paid_opens_again(world: World, books: Books) -> None:
    invoice, retainer = books.invoice("100"), books.retainer("50")
    before = books.balances()
    payment = books.pay("180", (invoice, "100"), retainer=retainer)
    done = bounced(world, payment)
    assert done.voided_at is not None
    assert not any((done.allocated, done.retained, done.unused))
    assert books.balances() == before
    with scope(world.olive):
        assert Invoice.objects.get(pk=invoice.pk).status == "sent"
        assert RetainerInvoice.objects.get(pk=retainer.pk).status == "sent"
    with scope(world.maya):
        event = HistoryEvent.objects.get(document_id=invoice.pk, event="payment_voided")
    assert event.details["reason"] == "Bounced"
    books.assert_clean()
    with pytest.raises(ConflictError, match="void already"):
        bounced(world, payment)


def test_an_excess_that_was_applied_must_be_taken_back_first(world: World, books: Books) -> None:
    invoice, payment = books.invoice("100"), books.pay("30")
    application = apply_credit(actor=world.olive, source=payment, invoice=invoice, amount=books.money("20"))
    with pytest.raises(ConflictError) as refused:
        bounced(world, payment)
    assert refused.value.message == (
        "$20.00 of payment PAY-0001 has been applied to INV-0001. Take that credit back first."
    )
    unapply_credit(actor=world.olive, application=application)
    bounced(world, payment)
    books.assert_clean()


def test_an_excess_that_was_paid_back_cannot_be_undone(world: World, books: Books) -> None:
    payment = books.pay("30")
    refund_excess(actor=world.olive, payment=payment, amount=books.money("20"), mode="cash", date=books.day)
    with pytest.raises(ConflictError, match=r"paid back \(REF-0001\)"):
        bounced(world, payment)


def test_a_retainer_that_was_drawn_must_be_given_back_first(world: World, books: Books) -> None:
    invoice, retainer = books.invoice("100"), books.retainer("50")
    payment = books.pay("50", retainer=retainer)
    drawing = draw_retainer(actor=world.olive, retainer=retainer, invoice=invoice, amount=books.money("1"))
    with pytest.raises(ConflictError, match="RET-0001 has been used"):
        bounced(world, payment)
    undo_drawing(actor=world.olive, drawing=drawing)
    bounced(world, payment)
    books.assert_clean()


def test_a_reason_and_the_duty_are_asked_for(world: World, books: Books) -> None:
    payment = books.pay("30")
    with pytest.raises(InvalidError):
        void_payment(actor=world.olive, payment=payment, reason=" ")
    with scope(world.job):
        seller = make_staff(world.organisation, "Sal", Role.SALES, world.tag)
    for actor in (world.maya, seller):
        with pytest.raises(ForbiddenError):
            void_payment(actor=actor, payment=payment, reason="Bounced")
