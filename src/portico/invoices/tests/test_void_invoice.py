"""Voiding an invoice takes the claim back, and only while no money is on it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from portico.access.scope import scope
from portico.credit_notes.actions import apply_credit
from portico.invoices.actions import void_invoice, write_off_invoice
from portico.kit import clock
from portico.kit.errors import ConflictError, ForbiddenError, InvalidError
from portico.kit.states import IllegalMoveError
from portico.ledger.models import Entry
from portico.retainers.actions import draw_retainer
from portico.testing.books import Books
from portico.testing.people import World


@pytest.fixture
def books(world: World) -> Books:
    return Books(world.olive, world.greenleaf)


def test_a_void_invoice_is_owed_no_more(world: World, books: Books) -> None:
    invoice = void_invoice(actor=world.olive, invoice=books.invoice("80"), reason="Sent twice")
    assert (invoice.status, str(invoice.balance), str(invoice.total)) == ("void", "0.00 USD", "80.00 USD")
    assert books.balances() == {}
    books.assert_clean()
    with pytest.raises(IllegalMoveError):
        void_invoice(actor=world.olive, invoice=invoice, reason="Again")


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (datetime(2026, 5, 5, tzinfo=UTC), date(2026, 5, 5)),
        (datetime(2026, 1, 1, tzinfo=UTC), date(2026, 3, 2)),
    ],
)
def test_the_reversal_counts_for_today_but_never_before_the_invoice(
    world: World, books: Books, today: datetime, day: date
) -> None:
    invoice = books.invoice("80")
    with clock.held_at(today):
        void_invoice(actor=world.olive, invoice=invoice, reason="Sent twice")
    with scope(world.olive):
        assert Entry.objects.get(source_id=invoice.pk, reverses__isnull=False).day == day


def test_what_is_on_it_must_be_undone_first(world: World, books: Books) -> None:
    invoice = books.invoice("80")
    books.pay("10", (invoice, "10"))
    apply_credit(actor=world.olive, source=books.credit_note("11"), invoice=invoice, amount=books.money("11"))
    retainer = books.retainer("12")
    books.pay("12", retainer=retainer)
    draw_retainer(actor=world.olive, retainer=retainer, invoice=invoice, amount=books.money("12"))
    write_off_invoice(actor=world.olive, invoice=invoice, reason="The rest is lost")
    with pytest.raises(ConflictError) as refused:
        void_invoice(actor=world.olive, invoice=invoice, reason="Wrong")
    assert refused.value.message == (
        "Invoice INV-0001 cannot be voided yet. First void its payments ($10.00), take back the credits applied"
        " ($11.00), undo the drawings from retainers ($12.00), reverse its write-off ($47.00)."
    )
    books.assert_clean()


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
def test_a_reason_is_asked_for(world: World, books: Books, reason: str) -> None:
    with pytest.raises(InvalidError) as refused:
        void_invoice(actor=world.olive, invoice=books.invoice("80"), reason=reason)
    assert refused.value.field == "reason"


def test_maya_voids_nothing(world: World, books: Books) -> None:
    with pytest.raises(ForbiddenError):
        void_invoice(actor=world.maya, invoice=books.invoice("80"), reason="I would rather not")
