"""Issuing an invoice makes it owed, numbers it and freezes what it says."""

from __future__ import annotations

import pytest

from portico.access.actors import Role
from portico.access.models import AuditRecord
from portico.access.scope import scope
from portico.customers.models import Address
from portico.invoices.actions import issue_invoice
from portico.kit.errors import ConflictError, ForbiddenError, NotFoundError
from portico.ledger.models import Entry
from portico.testing.books import Books
from portico.testing.people import World, make_staff, make_world
from portico.transactions.models import HistoryEvent


@pytest.fixture
def books(world: World) -> Books:
    return Books(world.olive, world.greenleaf)


def test_greenleaf_owes_what_is_invoiced(books: Books) -> None:
    invoice = books.invoice("120.50")
    assert (invoice.number, invoice.status, invoice.balance) == ("INV-0001", "sent", invoice.total)
    assert books.balances() == {"receivable": "120.50", "sales": "-120.50"}
    books.assert_clean()


def test_the_page_and_the_audit_trail_tell_it(world: World, books: Books) -> None:
    invoice = books.invoice("10")
    with scope(world.maya):
        (event,) = HistoryEvent.objects.filter(document_id=invoice.pk)
    assert (event.event, event.actor_name, event.details) == ("issued", "Olive", {"total": "10.00 USD"})
    with scope(world.olive):
        record = AuditRecord.objects.get(object_id=invoice.pk, action="issue_invoice")
    assert (record.actor_name, record.summary) == ("Olive", "INV-0001, 10.00 USD")


def test_it_keeps_the_address_of_the_day(world: World, books: Books) -> None:
    with scope(world.olive):
        Address.objects.create(
            organisation=world.organisation, customer=world.greenleaf, kind="billing", street="1 Kew Road"
        )
    invoice = books.invoice("10")
    with scope(world.olive):
        Address.objects.update(street="2 Kew Road")
        invoice.refresh_from_db()
    assert invoice.billing_address == ["1 Kew Road"]
    assert invoice.shipping_address == []


def test_it_is_issued_once(world: World, books: Books) -> None:
    for amount in ("10", "0"):
        with pytest.raises(ConflictError, match="has been issued already"):
            issue_invoice(actor=world.olive, invoice=books.invoice(amount))
    assert books.balances()["receivable"] == "10.00"
    paid = books.invoice("5")
    books.pay("5", (paid, "5"))
    with pytest.raises(ConflictError):
        issue_invoice(actor=world.olive, invoice=paid)


def test_an_invoice_over_nothing_is_paid_at_once(world: World, books: Books) -> None:
    invoice = books.invoice("0")
    assert invoice.status == "paid"
    with scope(world.olive):
        assert not Entry.objects.exists()
    books.assert_clean()


def test_who_may_issue(world: World, books: Books) -> None:
    invoice = books.drafted("10")
    with scope(world.job):
        reader = make_staff(world.organisation, "Rea", Role.READ_ONLY, world.tag)
        seller = make_staff(world.organisation, "Sal", Role.SALES, world.tag)
    for actor in (world.maya, reader):
        with pytest.raises(ForbiddenError):
            issue_invoice(actor=actor, invoice=invoice)
    with pytest.raises(NotFoundError):
        issue_invoice(actor=make_world().olive, invoice=invoice)
    assert issue_invoice(actor=seller, invoice=invoice).status == "sent"
