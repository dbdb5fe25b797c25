"""Money that comes in: where it goes, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from portico.access.actors import Role
from portico.access.scope import scope
from portico.invoices.actions import void_invoice
from portico.invoices.models import Invoice
from portico.kit import clock
from portico.kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, PorticoError
from portico.kit.ids import new_id
from portico.kit.money import Money
from portico.payments.actions.record import record_payment
from portico.payments.models import GatewayAccount, Payment, PaymentAttempt
from portico.retainers.actions import void_retainer
from portico.retainers.models import RetainerInvoice
from portico.testing.books import Books
from portico.testing.people import World, make_staff, make_world
from portico.transactions.models import HistoryEvent


@pytest.fixture
def books(world: World) -> Books:
    return Books(world.olive, world.greenleaf)


def fresh(world: World, invoice: Invoice) -> Invoice:
    with scope(world.olive):
        return Invoice.objects.get(pk=invoice.pk)


def test_one_payment_pays_two_invoices_and_leaves_a_credit(world: World, books: Books) -> None:
    first, second = books.invoice("100"), books.invoice("50")
    payment = books.pay("160", (first, "100"), (second, "20"))
    assert payment.number == "PAY-0001"
    assert (str(payment.allocated), str(payment.unused)) == ("120.00 USD", "40.00 USD")
    assert (fresh(world, first).status, fresh(world, second).status) == ("paid", "partially_paid")
    assert str(fresh(world, second).balance) == "30.00 USD"
    assert books.balances() == {
        "receivable": "30.00", "sales": "-150.00", "cash": "160.00", "credit": "-40.00",
    }  # fmt: skip
    books.assert_clean()


def test_the_history_of_the_invoice_tells_of_it(world: World, books: Books) -> None:
    invoice = books.invoice("100")
    payment = books.pay("60", (invoice, "60"))
    with scope(world.maya):
        event = HistoryEvent.objects.get(document_id=invoice.pk, event="paid")
    assert event.details == {
        "payment_id": str(payment.pk),
        "payment": "PAY-0001",
        "amount": "60.00 USD",
        "balance": "40.00 USD",
    }


def test_a_retainer_gets_what_it_asks_for_and_the_rest_is_credit(world: World, books: Books) -> None:
    invoice, retainer = books.invoice("10"), books.retainer("50")
    payment = books.pay("75", (invoice, "10"), retainer=retainer)
    assert (str(payment.retained), str(payment.unused)) == ("50.00 USD", "15.00 USD")
    with scope(world.olive):
        retainer = RetainerInvoice.objects.get(pk=retainer.pk)
    assert (retainer.status, str(retainer.available), str(retainer.balance)) == (
        "paid", "50.00 USD", "0.00 USD",
    )  # fmt: skip
    assert books.balances() == {
        "sales": "-10.00", "cash": "75.00", "retainer": "-50.00", "credit": "-15.00",
    }  # fmt: skip
    books.assert_clean()


def test_olive_is_told_when_more_is_put_on_an_invoice_than_is_open(world: World, books: Books) -> None:
    invoice = books.invoice("100")
    with pytest.raises(InvalidError) as refused:
        books.pay("160", (invoice, "100.01"))
    assert refused.value.field == f"allocations-{invoice.pk}"
    assert refused.value.message == "Invoice INV-0001 has only $100.00 open."


def test_money_from_a_gateway_becomes_credit_where_it_no_longer_fits(world: World, books: Books) -> None:
    shrunk, gone, retainer = books.invoice("100"), books.invoice("50"), books.retainer("30")
    books.pay("70", (shrunk, "70"))
    void_invoice(actor=world.olive, invoice=gone, reason="Wrong")
    void_retainer(actor=world.olive, retainer=retainer, reason="Wrong")
    payment = books.pay("180", (shrunk, "100"), (gone, "50"), retainer=retainer, actor=world.job)
    assert (str(payment.allocated), str(payment.retained), str(payment.unused)) == (
        "30.00 USD", "0.00 USD", "150.00 USD",
    )  # fmt: skip
    assert payment.retainer is None
    books.assert_clean()


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("amount", {"amount": Money.of("0", "USD")}),
        ("amount", {"amount": Money.of("-1", "USD")}),
        ("date", {"date": clock.today("UTC") + timedelta(days=3)}),
        ("date", {"date": date(26, 1, 1)}),
        ("mode", {"mode": "barter"}),
        ("reference", {"reference": "x" * 101}),
    ],
)
def test_a_bad_input_is_named(world: World, books: Books, field: str, changes: dict[str, Any]) -> None:
    good: dict[str, Any] = {"amount": books.money("5"), "date": books.day, "mode": "cash"}
    with pytest.raises(InvalidError) as refused:
        record_payment(actor=world.olive, customer=world.greenleaf, **{**good, **changes})
    assert refused.value.field == field
    with scope(world.olive):
        assert not Payment.objects.exists()


@pytest.mark.parametrize("part", ["-1", "5.01"])
def test_parts_are_above_zero_and_not_more_than_the_payment(books: Books, part: str) -> None:
    with pytest.raises(InvalidError) as refused:
        books.pay("5", (books.invoice("100"), part))
    assert str(refused.value.field).startswith("allocations")


def test_parts_of_zero_are_left_out(world: World, books: Books) -> None:
    invoice = books.invoice("100")
    assert str(books.pay("5", (invoice, "0")).unused) == "5.00 USD"
    assert fresh(world, invoice).status == "sent"


def test_dollars_do_not_pay_yen(world: World, books: Books) -> None:
    yen = Books(world.olive, world.greenleaf, "JPY")
    with pytest.raises(InvalidError):
        record_payment(
            actor=world.olive,
            customer=world.greenleaf,
            amount=books.money("5"),
            date=books.day,
            mode="cash",
            allocations={yen.invoice("500").pk: books.money("5")},
        )
    with pytest.raises(InvalidError):
        books.pay("5", retainer=yen.retainer("500"))


def test_harbourviews_invoices_are_not_paid_by_greenleaf(world: World, books: Books) -> None:
    theirs = Books(world.olive, world.harbourview)
    with pytest.raises(NotFoundError):
        books.pay("5", (theirs.invoice("5"), "5"))
    with pytest.raises(NotFoundError):
        books.pay("5", (theirs.invoice("5"), "5"), actor=world.job)
    with pytest.raises(NotFoundError):
        books.pay("5", retainer=theirs.retainer("5"))


def test_a_draft_takes_no_money(world: World, books: Books) -> None:
    with pytest.raises(InvalidError):
        books.pay("5", (books.drafted("5"), "5"))
    settled = books.retainer("5")
    books.pay("5", retainer=settled)
    with pytest.raises(ConflictError):
        books.pay("5", retainer=settled)


def test_only_who_may_move_money_records_it(world: World, books: Books) -> None:
    with scope(world.job):
        seller = make_staff(world.organisation, "Sal", Role.SALES, world.tag)
    refusals: dict[Any, type[PorticoError]] = {
        world.maya: ForbiddenError, seller: ForbiddenError, make_world().olive: NotFoundError,
    }  # fmt: skip
    for actor, error in refusals.items():
        with pytest.raises(error):
            books.pay("5", actor=actor)


def test_an_attempt_has_one_payment_of_its_amount(world: World, books: Books) -> None:
    with scope(world.job):
        account = GatewayAccount.objects.create(
            organisation=world.organisation, gateway="sandbox", name="Card"
        )
        attempt = PaymentAttempt.objects.create(
            organisation=world.organisation,
            customer=world.greenleaf,
            gateway_account=account,
            submission_key=new_id(),
            currency="USD",
            amount=books.money("5"),
        )
    with pytest.raises(ConflictError):
        record_payment(
            actor=world.job,
            customer=world.greenleaf,
            amount=books.money("6"),
            date=books.day,
            mode="card",
            attempt=attempt,
        )
