"""What was owed before the books began is a document that can be paid or used like any other."""

from __future__ import annotations

from datetime import date

import pytest

from portico.access.scope import scope
from portico.credit_notes.models import CreditNote
from portico.customers.models import Customer
from portico.invoices.actions import set_opening_balance
from portico.invoices.models import Invoice
from portico.kit.errors import ConflictError, ForbiddenError, InvalidError
from portico.kit.money import Money
from portico.testing.books import Books
from portico.testing.people import World

DAY = date(2026, 1, 1)


@pytest.fixture
def books(world: World) -> Books:
    return Books(world.olive, world.greenleaf)


def set_to(world: World, text: str) -> Customer:
    amount = Money.of(text, "USD")
    return set_opening_balance(actor=world.olive, customer=world.greenleaf, amount=amount, date=DAY)


def test_greenleaf_owed_something_before(world: World, books: Books) -> None:
    assert str(set_to(world, "250").opening_balance) == "250.00 USD"
    assert books.balances() == {"receivable": "250.00", "opening": "-250.00"}
    with scope(world.maya):
        invoice = Invoice.objects.get()
        assert [line.name for line in invoice.lines.all()] == ["Opening balance"]
    assert (invoice.status, invoice.due_date) == ("sent", DAY)
    books.pay("250", (invoice, "250"))
    books.assert_clean()


def test_greenleaf_had_something_to_its_credit_before(world: World, books: Books) -> None:
    set_to(world, "-40")
    assert books.balances() == {"credit": "-40.00", "opening": "40.00"}
    with scope(world.olive):
        assert str(CreditNote.objects.get().balance) == "40.00 USD"
    books.assert_clean()


def test_another_figure_takes_the_place_of_the_first(world: World, books: Books) -> None:
    for figure, balances in [
        ("250", {"receivable": "250.00", "opening": "-250.00"}),
        ("-40", {"credit": "-40.00", "opening": "40.00"}),
        ("7", {"receivable": "7.00", "opening": "-7.00"}),
        ("0", {}),
    ]:
        set_to(world, figure)
        assert books.balances() == balances
        books.assert_clean()


def test_one_that_has_been_paid_stays(world: World, books: Books) -> None:
    set_to(world, "250")
    with scope(world.olive):
        invoice = Invoice.objects.get()
    books.pay("1", (invoice, "1"))
    with pytest.raises(ConflictError, match="First void its payments"):
        set_to(world, "300")
    with scope(world.olive):
        assert str(Customer.objects.get(pk=world.greenleaf.pk).opening_balance) == "250.00 USD"


def test_it_is_in_the_customers_currency_and_set_by_staff(world: World) -> None:
    with pytest.raises(InvalidError) as refused:
        set_opening_balance(
            actor=world.olive, customer=world.greenleaf, amount=Money.of("5", "JPY"), date=DAY
        )
    assert refused.value.field == "opening_balance"
    with pytest.raises(ForbiddenError):
        set_opening_balance(
            actor=world.maya, customer=world.greenleaf, amount=Money.of("-5", "USD"), date=DAY
        )
