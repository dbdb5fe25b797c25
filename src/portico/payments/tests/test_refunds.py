"""Money that goes back: of an excess, a credit note, a retainer; never more than is there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from portico.access.scope import scope
from portico.credit_notes.actions import refund_credit_note, void_credit_note
from portico.credit_notes.models import CreditNote
from portico.kit import clock
from portico.kit.errors import ConflictError, ForbiddenError, InvalidError
from portico.payments.actions.refunds import refund_excess
from portico.payments.actions.void import void_payment
from portico.payments.models import Payment, Refund
from portico.retainers.actions import refund_retainer
from portico.retainers.models import RetainerInvoice
from portico.testing.books import Books
from portico.testing.people import World


def of_excess(books: Books, **asked: Any) -> Refund:
    return refund_excess(payment=books.pay("30"), **asked)


def of_credit_note(books: Books, **asked: Any) -> Refund:
    return refund_credit_note(credit_note=books.credit_note("30"), **asked)


def of_retainer(books: Books, **asked: Any) -> Refund:
    retainer = books.retainer("30")
    books.pay("30", retainer=retainer)
    return refund_retainer(retainer=retainer, **asked)


KINDS = pytest.mark.parametrize("refund", [of_excess, of_credit_note, of_retainer])
Kind = Callable[..., Refund]


@pytest.fixture
def books(world: World) -> Books:
    return Books(world.olive, world.greenleaf)


def asked(books: Books, amount: str = "20", **changes: Any) -> dict[str, Any]:
    good = {"actor": books.actor, "amount": books.money(amount), "mode": "bank_transfer", "date": books.day}
    return {**good, **changes}


@KINDS
def test_what_is_paid_back_is_no_longer_owed(books: Books, refund: Kind) -> None:
    done = refund(books, **asked(books, reference="B 7"))
    assert (done.number, str(done.amount), done.reference) == ("REF-0001", "20.00 USD", "B 7")
    owed = books.balances()
    assert {owed.get("credit"), owed.get("retainer")} == {"-10.00", None}
    books.assert_clean()


@KINDS
@pytest.mark.parametrize(
    ("field", "amount", "changes"),
    [
        ("amount", "30.01", {}),
        ("amount", "0", {}),
        ("amount", "-1", {}),
        ("date", "20", {"date": date(2026, 3, 1)}),
        ("date", "20", {"date": clock.today("UTC") + timedelta(days=3)}),
        ("mode", "20", {"mode": "barter"}),
    ],
)
def test_a_bad_input_is_named(
    books: Books, refund: Kind, field: str, amount: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(InvalidError) as refused:
        refund(books, **asked(books, amount, **changes))
    assert refused.value.field == field
    with scope(books.actor):
        assert not Refund.objects.exists()


@KINDS
def test_maya_pays_herself_nothing_back(world: World, books: Books, refund: Kind) -> None:
    with pytest.raises(ForbiddenError):
        refund(books, **asked(books, actor=world.maya))


def test_the_sums_of_each_source(world: World, books: Books) -> None:
    of_excess(books, **asked(books))
    of_credit_note(books, **asked(books, "30"))
    of_retainer(books, **asked(books, "30"))
    with scope(world.olive):
        excess = Payment.objects.get(number="PAY-0001")
        credit_note, retainer = CreditNote.objects.get(), RetainerInvoice.objects.get()
    assert (str(excess.refunded), str(excess.unused)) == ("20.00 USD", "10.00 USD")
    assert (credit_note.status, str(credit_note.refunded)) == ("closed", "30.00 USD")
    assert (retainer.status, str(retainer.available)) == ("drawn", "0.00 USD")


def test_what_is_void_is_not_paid_back(world: World, books: Books) -> None:
    payment, credit_note = books.pay("30"), books.credit_note("30")
    void_payment(actor=world.olive, payment=payment, reason="Bounced")
    void_credit_note(actor=world.olive, credit_note=credit_note, reason="Wrong")
    with pytest.raises(ConflictError):
        refund_excess(payment=payment, **asked(books))
    with pytest.raises((ConflictError, InvalidError)):
        refund_credit_note(credit_note=credit_note, **asked(books))
    books.assert_clean()
