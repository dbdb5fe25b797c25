"""The first look of a contact person is remembered, once."""

from __future__ import annotations

import pytest

from portico.access.scope import scope
from portico.invoices.actions import mark_viewed
from portico.invoices.models import Invoice
from portico.kit.errors import ForbiddenError, NotFoundError
from portico.payments.actions.void import void_payment
from portico.testing.books import Books
from portico.testing.people import World
from portico.testing.together import together
from portico.transactions.models import HistoryEvent


@pytest.fixture
def books(world: World) -> Books:
    return Books(world.olive, world.greenleaf)


def fresh(world: World, invoice: Invoice) -> Invoice:
    with scope(world.olive):
        return Invoice.objects.get(pk=invoice.pk)


def test_only_the_first_look_counts(world: World, books: Books) -> None:
    invoice = books.invoice("10")
    assert mark_viewed(actor=world.maya, invoice=invoice)
    assert not mark_viewed(actor=world.maya, invoice=invoice)
    seen = fresh(world, invoice)
    assert seen.status == "viewed"
    assert seen.first_viewed_at is not None
    with scope(world.olive):
        assert HistoryEvent.objects.filter(document_id=invoice.pk, event="viewed").count() == 1
    books.assert_clean()


def test_of_two_who_look_at_once_one_is_the_first(world: World, books: Books) -> None:
    invoice = books.invoice("10")
    looks = together(*[lambda: mark_viewed(actor=world.maya, invoice=invoice)] * 4)
    assert sorted(looks, key=bool) == [False, False, False, True]


def test_a_part_payment_that_comes_back_leaves_it_viewed(world: World, books: Books) -> None:
    invoice = books.invoice("10")
    payment = books.pay("4", (invoice, "4"))
    assert mark_viewed(actor=world.maya, invoice=invoice)
    assert fresh(world, invoice).status == "partially_paid"
    void_payment(actor=world.olive, payment=payment, reason="Bounced")
    assert fresh(world, invoice).status == "viewed"


def test_a_part_payment_that_comes_back_leaves_it_sent_when_nobody_looked(world: World, books: Books) -> None:
    invoice = books.invoice("10")
    void_payment(actor=world.olive, payment=books.pay("4", (invoice, "4")), reason="Bounced")
    assert fresh(world, invoice).status == "sent"


def test_leo_and_ines_see_nothing_and_drafts_are_not_there(world: World, books: Books) -> None:
    invoice = books.invoice("10")
    with pytest.raises(ForbiddenError):
        mark_viewed(actor=world.leo, invoice=invoice)
    with pytest.raises(NotFoundError):
        mark_viewed(actor=world.ines, invoice=invoice)
    with pytest.raises(NotFoundError):
        mark_viewed(actor=world.maya, invoice=books.drafted("10"))
