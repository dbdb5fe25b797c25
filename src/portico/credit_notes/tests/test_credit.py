"""Credit: given by a note, put on invoices, taken back, void."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from portico.access.actors import Role
from portico.access.scope import scope
from portico.credit_notes.actions import (
    CreditNoteDraft,
    apply_credit,
    delete_credit_note_draft,
    draft_credit_note,
    edit_credit_note,
    issue_credit_note,
    unapply_credit,
    void_credit_note,
)
from portico.credit_notes.models import CreditNote
from portico.invoices.actions import void_invoice
from portico.invoices.models import Invoice
from portico.kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from portico.payments.actions.refunds import refund_excess
from portico.payments.models import Payment
from portico.testing.books import Books
from portico.testing.people import World, make_staff
from portico.transactions.drafts import LineDraft
from portico.transactions.models import HistoryEvent

DRAFT = CreditNoteDraft(date=date(2026, 3, 2), lines=[LineDraft(name="Wilted roses", rate=Decimal(40))])


@pytest.fixture
def books(world: World) -> Books:
    return Books(world.olive, world.greenleaf)


def test_a_credit_note_is_owed_to_greenleaf(world: World, books: Books) -> None:
    note = books.credit_note("40")
    assert (note.number, note.status, str(note.balance)) == ("CN-0001", "open", "40.00 USD")
    assert books.balances() == {"sales": "40.00", "credit": "-40.00"}
    books.assert_clean()
    with pytest.raises(ConflictError):
        issue_credit_note(actor=world.olive, credit_note=note)


def test_it_tells_the_invoice_it_corrects(world: World, books: Books) -> None:
    invoice = books.invoice("100")
    draft = replace(DRAFT, invoice=invoice)
    note = draft_credit_note(actor=world.olive, customer=world.greenleaf, draft=draft)
    issue_credit_note(actor=world.olive, credit_note=note)
    with scope(world.maya):
        event = HistoryEvent.objects.get(document_id=invoice.pk, event="credit_note_issued")
    assert event.details["credit_note"] == "CN-0001"
    theirs = Books(world.olive, world.harbourview).invoice("100")
    with pytest.raises(NotFoundError):
        draft_credit_note(actor=world.olive, customer=world.greenleaf, draft=replace(DRAFT, invoice=theirs))


def test_a_draft_can_be_written_anew_or_thrown_away(world: World) -> None:
    note = draft_credit_note(actor=world.olive, customer=world.greenleaf, draft=DRAFT)
    again = replace(DRAFT, lines=[LineDraft(name="Wilted tulips", rate=Decimal(30))])
    assert str(edit_credit_note(actor=world.olive, credit_note=note, draft=again).total) == "30.00 USD"
    delete_credit_note_draft(actor=world.olive, credit_note=note)
    with scope(world.olive):
        assert not CreditNote.objects.exists()


def test_a_credit_note_over_nothing_is_not_written(world: World) -> None:
    with pytest.raises(InvalidError) as refused:
        draft_credit_note(
            actor=world.olive,
            customer=world.greenleaf,
            draft=replace(DRAFT, lines=[LineDraft(name="Air", rate=Decimal(0))]),
        )
    assert refused.value.field == "lines"


def test_one_note_pays_several_invoices(world: World, books: Books) -> None:
    note, first, second = books.credit_note("40"), books.invoice("25"), books.invoice("100")
    apply_credit(actor=world.olive, source=note, invoice=first, amount=books.money("25"))
    apply_credit(actor=world.olive, source=note, invoice=second, amount=books.money("15"))
    with scope(world.olive):
        note = CreditNote.objects.get(pk=note.pk)
        statuses = [Invoice.objects.get(pk=each.pk).status for each in (first, second)]
    assert (note.status, str(note.applied), statuses) == (
        "closed", "40.00 USD", ["paid", "partially_paid"],
    )  # fmt: skip
    assert books.balances() == {"receivable": "85.00", "sales": "-85.00"}
    books.assert_clean()


def test_an_excess_is_credit_too(world: World, books: Books) -> None:
    payment, invoice = books.pay("40"), books.invoice("100")
    apply_credit(actor=world.olive, source=payment, invoice=invoice, amount=books.money("30"))
    with scope(world.olive):
        payment = Payment.objects.get(pk=payment.pk)
    assert (str(payment.credit_applied), str(payment.unused)) == ("30.00 USD", "10.00 USD")
    books.assert_clean()


def test_what_was_applied_can_be_taken_back_once(world: World, books: Books) -> None:
    note, payment, invoice = books.credit_note("40"), books.pay("20"), books.invoice("60")
    before = books.balances()
    for source, amount in ((note, "40"), (payment, "20")):
        application = apply_credit(
            actor=world.olive, source=source, invoice=invoice, amount=books.money(amount)
        )
        unapply_credit(actor=world.olive, application=application)
        with pytest.raises(ConflictError):
            unapply_credit(actor=world.olive, application=application)
    assert books.balances() == before
    with scope(world.olive):
        assert CreditNote.objects.get(pk=note.pk).status == "open"
        assert Invoice.objects.get(pk=invoice.pk).status == "sent"
    books.assert_clean()


@pytest.mark.parametrize("amount", ["40.01", "0", "-1"])
def test_not_more_than_is_left_and_not_nothing(world: World, books: Books, amount: str) -> None:
    for source in (books.credit_note("40"), books.pay("40")):
        with pytest.raises(InvalidError) as refused:
            apply_credit(
                actor=world.olive, source=source, invoice=books.invoice("100"), amount=books.money(amount)
            )
        assert refused.value.field == "amount"


def test_not_more_than_is_open(world: World, books: Books) -> None:
    with pytest.raises(InvalidError, match=r"only \$10\.00 open"):
        apply_credit(
            actor=world.olive,
            source=books.credit_note("40"),
            invoice=books.invoice("10"),
            amount=books.money("40"),
        )


def test_not_across_customers_or_currencies_and_not_on_what_is_void(world: World, books: Books) -> None:
    note, amount = books.credit_note("40"), books.money("40")
    theirs = Books(world.olive, world.harbourview).invoice("100")
    with pytest.raises(NotFoundError):
        apply_credit(actor=world.olive, source=note, invoice=theirs, amount=amount)
    yen = Books(world.olive, world.greenleaf, "JPY").invoice("100")
    with pytest.raises(InvalidError):
        apply_credit(actor=world.olive, source=note, invoice=yen, amount=amount)
    void = void_invoice(actor=world.olive, invoice=books.invoice("100"), reason="Wrong")
    for invoice in (void, books.drafted("100")):
        with pytest.raises(ConflictError):
            apply_credit(actor=world.olive, source=note, invoice=invoice, amount=amount)


def test_a_note_is_void_only_while_nothing_of_it_is_used(world: World, books: Books) -> None:
    note, invoice = books.credit_note("40"), books.invoice("100")
    application = apply_credit(actor=world.olive, source=note, invoice=invoice, amount=books.money("40"))
    with pytest.raises(ConflictError, match=r"\$40\.00 of credit note CN-0001 has been applied to INV-0001"):
        void_credit_note(actor=world.olive, credit_note=note, reason="Wrong")
    unapply_credit(actor=world.olive, application=application)
    assert void_credit_note(actor=world.olive, credit_note=note, reason="Wrong").status == "void"
    assert books.balances() == {"receivable": "100.00", "sales": "-100.00"}
    with pytest.raises(ConflictError):
        void_credit_note(actor=world.olive, credit_note=note, reason="Wrong")
    books.assert_clean()


def test_sales_may_write_a_credit_note_but_not_issue_or_apply_it(world: World, books: Books) -> None:
    with scope(world.job):
        seller = make_staff(world.organisation, "Sal", Role.SALES, world.tag)
    note = draft_credit_note(actor=seller, customer=world.greenleaf, draft=DRAFT)
    with pytest.raises(ForbiddenError):
        issue_credit_note(actor=seller, credit_note=note)
    for actor in (seller, world.leo):
        with pytest.raises(ForbiddenError):
            apply_credit(
                actor=actor, source=books.pay("5"), invoice=books.invoice("5"), amount=books.money("5")
            )


def test_an_excess_that_was_paid_back_is_not_applied(world: World, books: Books) -> None:
    payment = books.pay("40")
    refund_excess(actor=world.olive, payment=payment, amount=books.money("40"), mode="cash", date=books.day)
    with pytest.raises(InvalidError, match="left"):
        apply_credit(actor=world.olive, source=payment, invoice=books.invoice("5"), amount=books.money("1"))
