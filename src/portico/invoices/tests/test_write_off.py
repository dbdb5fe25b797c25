"""Giving a balance up, and taking that back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portico.access.actors import Role
from portico.access.scope import scope
from portico.invoices.actions import mark_viewed, reverse_write_off, write_off_invoice
from portico.invoices.models import Invoice
from portico.kit import clock
from portico.kit.errors import ConflictError, ForbiddenError, InvalidError
from portico.testing.books import Books
from portico.testing.people import World, make_staff


@pytest.fixture
def books(world: World) -> Books:
    return Books(world.olive, world.greenleaf)


def fresh(world: World, invoice: Invoice) -> Invoice:
    with scope(world.olive):
        return Invoice.objects.get(pk=invoice.pk)


def test_the_open_rest_is_given_up(world: World, books: Books) -> None:
    invoice = books.invoice("80")
    books.pay("30", (invoice, "30"))
    lost = write_off_invoice(actor=world.olive, invoice=invoice, reason="Bankrupt", date=date(2026, 3, 9))
    assert (str(lost.amount), lost.date) == ("50.00 USD", date(2026, 3, 9))
    assert fresh(world, invoice).status == "paid"
    assert books.balances() == {"sales": "-80.00", "cash": "30.00", "written_off": "50.00"}
    books.assert_clean()


def test_it_can_be_taken_back_once(world: World, books: Books) -> None:
    invoice = books.invoice("80")
    mark_viewed(actor=world.maya, invoice=invoice)
    lost = write_off_invoice(actor=world.olive, invoice=invoice, reason="Bankrupt")
    reopened = reverse_write_off(actor=world.olive, write_off=lost)
    assert (reopened.status, str(reopened.balance)) == ("viewed", "80.00 USD")
    assert books.balances() == {"sales": "-80.00", "receivable": "80.00"}
    with pytest.raises(ConflictError):
        reverse_write_off(actor=world.olive, write_off=lost)
    books.assert_clean()


def test_nothing_open_nothing_to_give_up(world: World, books: Books) -> None:
    for invoice in (books.drafted("5"), books.invoice("0")):
        with pytest.raises(ConflictError, match="Nothing is open"):
            write_off_invoice(actor=world.olive, invoice=invoice, reason="Bankrupt")


@pytest.mark.parametrize("days", [1, -100_000])
def test_not_tomorrow_and_not_before_the_invoice(world: World, books: Books, days: int) -> None:
    day = clock.today("UTC") + timedelta(days=days) if days > 0 else date(2026, 3, 1)
    with pytest.raises(InvalidError) as refused:
        write_off_invoice(actor=world.olive, invoice=books.invoice("5"), reason="Bankrupt", date=day)
    assert refused.value.field == "date"


def test_sales_write_invoices_but_give_up_no_money(world: World, books: Books) -> None:
    with scope(world.job):
        seller = make_staff(world.organisation, "Sal", Role.SALES, world.tag)
    invoice = books.invoice("5")
    with pytest.raises(ForbiddenError):
        write_off_invoice(actor=seller, invoice=invoice, reason="Friend of mine")
