"""Money in advance: asked for, paid, drawn, given back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from portico.access.scope import scope
from portico.invoices.models import Invoice
from portico.kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from portico.retainers.actions import (
    RetainerDraft,
    delete_retainer_draft,
    draft_retainer,
    draw_retainer,
    edit_retainer,
    issue_retainer,
    refund_retainer,
    undo_drawing,
    void_retainer,
)
from portico.retainers.models import RetainerInvoice
from portico.testing.books import Books
from portico.testing.people import World
from portico.transactions.drafts import LineDraft

DRAFT = RetainerDraft(date=date(2026, 3, 2), lines=[LineDraft(name="Advance", rate=Decimal(50))])


@pytest.fixture
def books(world: World) -> Books:
    return Books(world.olive, world.greenleaf)


def fresh(world: World, retainer: RetainerInvoice) -> RetainerInvoice:
    with scope(world.olive):
        return RetainerInvoice.objects.get(pk=retainer.pk)


def test_a_retainer_invoice_is_not_owed(world: World, books: Books) -> None:
    retainer = books.retainer("50")
    assert (retainer.number, retainer.status, str(retainer.balance)) == ("RET-0001", "sent", "50.00 USD")
    assert books.balances() == {}
    books.assert_clean()
    with pytest.raises(ConflictError):
        issue_retainer(actor=world.olive, retainer=retainer)


def test_a_draft_can_be_written_anew_or_thrown_away(world: World) -> None:
    retainer = draft_retainer(actor=world.olive, customer=world.greenleaf, draft=DRAFT)
    again = replace(DRAFT, lines=[LineDraft(name="Advance", rate=Decimal(30))], due_date=date(2026, 4, 1))
    edited = edit_retainer(actor=world.olive, retainer=retainer, draft=again)
    assert (str(edited.total), edited.due_date) == ("30.00 USD", date(2026, 4, 1))
    delete_retainer_draft(actor=world.olive, retainer=retainer)
    with scope(world.olive):
        assert not RetainerInvoice.objects.exists()


@pytest.mark.parametrize(
    ("field", "draft"),
    [
        ("lines", replace(DRAFT, lines=[LineDraft(name="Nothing", rate=Decimal(0))])),
        ("due_date", replace(DRAFT, due_date=date(2026, 3, 1))),
    ],
)
def test_a_bad_input_is_named(world: World, field: str, draft: RetainerDraft) -> None:
    with pytest.raises(InvalidError) as refused:
        draft_retainer(actor=world.olive, customer=world.greenleaf, draft=draft)
    assert refused.value.field == field


def test_the_life_of_a_retainer(world: World, books: Books) -> None:
    """Paid in two parts, drawn on an invoice before it is paid in full, the rest given back."""
    retainer, invoice = books.retainer("50"), books.invoice("100")
    seen = []

    def look() -> None:
        now = fresh(world, retainer)
        seen.append((now.status, str(now.balance.amount), str(now.available.amount)))
        books.assert_clean()

    books.pay("20", retainer=retainer)
    look()
    draw_retainer(actor=world.olive, retainer=retainer, invoice=invoice, amount=books.money("20"))
    look()
    books.pay("30", retainer=retainer)
    look()
    drawing = draw_retainer(actor=world.olive, retainer=retainer, invoice=invoice, amount=books.money("25"))
    look()
    refund_retainer(
        actor=world.olive, retainer=retainer, amount=books.money("5"), mode="cash", date=books.day
    )
    look()
    undo_drawing(actor=world.olive, drawing=drawing)
    look()
    assert seen == [
        ("partially_paid", "30.00", "20.00"),
        ("partially_drawn", "30.00", "0.00"),
        ("partially_drawn", "0.00", "30.00"),
        ("partially_drawn", "0.00", "5.00"),
        ("drawn", "0.00", "0.00"),
        ("partially_drawn", "0.00", "25.00"),
    ]
    assert books.balances() == {
        "receivable": "80.00", "sales": "-100.00", "cash": "45.00", "retainer": "-25.00",
    }  # fmt: skip


def test_drawing_pays_the_invoice(world: World, books: Books) -> None:
    retainer, invoice = books.retainer("50"), books.invoice("50")
    books.pay("50", retainer=retainer)
    draw_retainer(actor=world.olive, retainer=retainer, invoice=invoice, amount=books.money("50"))
    with scope(world.olive):
        assert Invoice.objects.get(pk=invoice.pk).status == "paid"
    assert fresh(world, retainer).status == "drawn"
    assert books.balances() == {"sales": "-50.00", "cash": "50.00"}


@pytest.mark.parametrize("amount", ["20.01", "0", "-1"])
def test_not_more_than_was_paid_in(world: World, books: Books, amount: str) -> None:
    retainer = books.retainer("50")
    books.pay("20", retainer=retainer)
    with pytest.raises(InvalidError) as refused:
        draw_retainer(
            actor=world.olive, retainer=retainer, invoice=books.invoice("100"), amount=books.money(amount)
        )
    assert refused.value.field == "amount"


def test_not_more_than_is_open_not_across_customers_or_currencies(world: World, books: Books) -> None:
    retainer, twenty = books.retainer("50"), books.money("20")
    books.pay("50", retainer=retainer)
    with pytest.raises(InvalidError, match=r"only \$10\.00 open"):
        draw_retainer(actor=world.olive, retainer=retainer, invoice=books.invoice("10"), amount=twenty)
    theirs = Books(world.olive, world.harbourview).invoice("100")
    with pytest.raises(NotFoundError):
        draw_retainer(actor=world.olive, retainer=retainer, invoice=theirs, amount=twenty)
    yen = Books(world.olive, world.greenleaf, "JPY").invoice("100")
    with pytest.raises(InvalidError):
        draw_retainer(actor=world.olive, retainer=retainer, invoice=yen, amount=twenty)
    books.assert_clean()


def test_a_drawing_is_undone_once(world: World, books: Books) -> None:
    retainer, invoice = books.retainer("50"), books.invoice("50")
    books.pay("50", retainer=retainer)
    drawing = draw_retainer(actor=world.olive, retainer=retainer, invoice=invoice, amount=books.money("50"))
    undo_drawing(actor=world.olive, drawing=drawing)
    with pytest.raises(ConflictError):
        undo_drawing(actor=world.olive, drawing=drawing)
    assert fresh(world, retainer).status == "paid"


def test_it_is_void_only_while_nothing_is_paid_on_it(world: World, books: Books) -> None:
    paid, unpaid = books.retainer("50"), books.retainer("50")
    books.pay("20", retainer=paid)
    with pytest.raises(ConflictError, match="Void its payments first"):
        void_retainer(actor=world.olive, retainer=paid, reason="Wrong")
    assert void_retainer(actor=world.olive, retainer=unpaid, reason="Wrong").status == "void"
    with pytest.raises(ConflictError):
        void_retainer(actor=world.olive, retainer=unpaid, reason="Wrong")
    with pytest.raises(ConflictError):
        books.pay("20", retainer=unpaid)
    books.assert_clean()


def test_leo_who_may_not_pay_draws_nothing(world: World, books: Books) -> None:
    retainer = books.retainer("50")
    books.pay("50", retainer=retainer)
    with pytest.raises(ForbiddenError):
        draw_retainer(
            actor=world.leo, retainer=retainer, invoice=books.invoice("50"), amount=books.money("50")
        )
