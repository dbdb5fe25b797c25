"""Maya presses Pay: the intent is written down, and what it is for is reserved."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from django.urls import reverse

from portico.access.actors import Permission
from portico.access.scope import scope
from portico.invoices.actions import InvoiceDraft, draft_invoice, issue_invoice, void_invoice
from portico.kit.errors import ForbiddenError, InvalidError, NotFoundError
from portico.kit.ids import new_id
from portico.kit.money import Money
from portico.organisations.actions.edit import edit_preferences
from portico.payments.actions.gateways import set_gateway_active
from portico.payments.actions.moves import move
from portico.payments.actions.settle import settle
from portico.payments.actions.start import OnItsWayError, PayLine, start_payment
from portico.payments.gateway import Observed, Seen
from portico.payments.models import AttemptState, PaymentAttempt
from portico.payments.tests.making import card_account, start
from portico.testing.books import A_DAY, Books
from portico.testing.clients import signed_in
from portico.testing.people import World
from portico.testing.together import together
from portico.ui.dates import date_long


@pytest.fixture
def books(world: World) -> Books:
    return Books(world.olive, world.greenleaf)


def test_the_same_submission_is_the_same_attempt(world: World, books: Books) -> None:
    invoice, account, key = books.invoice("100.00"), card_account(world), new_id()
    first = start(world.maya, account, (invoice, "60.00"), key=key)
    assert start(world.maya, account, (invoice, "60.00"), key=key) == first


def test_a_hundred_submissions_at_once_are_one_attempt(world: World, books: Books) -> None:
    invoice, account, key = books.invoice("100.00"), card_account(world), new_id()
    attempts = [
        each
        for _round in range(10)
        for each in together(*[lambda: start(world.maya, account, (invoice, "60.00"), key=key)] * 10)
    ]
    assert len(attempts) == 100
    assert len({each.pk for each in attempts if isinstance(each, PaymentAttempt)}) == 1


def test_two_payments_of_one_balance_at_once_let_one_through(world: World, books: Books) -> None:
    invoice, account = books.invoice("100.00"), card_account(world)
    results = together(*[lambda: start(world.maya, account, (invoice, "100.00"))] * 8)
    assert len([each for each in results if isinstance(each, PaymentAttempt)]) == 1
    assert len([each for each in results if isinstance(each, OnItsWayError)]) == 7


def test_what_is_reserved_cannot_be_paid_again_until_the_first_ends(world: World, books: Books) -> None:
    invoice, account = books.invoice("100.00"), card_account(world)
    first = start(world.maya, account, (invoice, "60.00"))
    with pytest.raises(InvalidError, match=r"At most \$40.00 can be paid: \$60.00 is already on its way"):
        start(world.maya, account, (invoice, "60.00"))
    start(world.maya, account, (invoice, "40.00"))
    with pytest.raises(OnItsWayError):
        start(world.maya, account, (invoice, "1.00"))
    with scope(world.job):
        move(first, AttemptState.CANCELLED, via="page")
    start(world.maya, account, (invoice, "60.00"))


def test_less_is_left_than_is_on_its_way_once_staff_have_recorded_some_of_it(
    world: World, books: Books
) -> None:
    invoice, account = books.invoice("100.00"), card_account(world)
    start(world.maya, account, (invoice, "80.00"))
    books.pay("60", (invoice, "60"))
    with pytest.raises(OnItsWayError):
        start(world.maya, account, (invoice, "40.00"))


def test_without_preference_4_a_second_payment_is_let_through(world: World, books: Books) -> None:
    invoice, account = books.invoice("100.00"), card_account(world)
    edit_preferences(actor=world.olive, prevent_duplicate_payments=False)
    start(world.maya, account, (invoice, "100.00"))
    start(world.maya, account, (invoice, "100.00"))


@pytest.mark.parametrize(
    ("amount", "says"),
    [
        ("0.00", "above zero"),
        ("-1.00", "above zero"),
        ("100.01", "At most \\$100.00 is open"),
        ("999999999.00", "At most"),
    ],
)
def test_amounts_that_cannot_be_are_refused_at_their_field(
    world: World, books: Books, amount: str, says: str
) -> None:
    invoice, account = books.invoice("100.00"), card_account(world)
    with pytest.raises(InvalidError, match=says) as refused:
        start(world.maya, account, (invoice, amount))
    assert refused.value.field == f"amount-{invoice.pk}"


def test_an_invoice_without_partial_payments_is_paid_in_full(world: World, books: Books) -> None:
    draft = InvoiceDraft(date=A_DAY, lines=books.lines("100.00"), allow_partial_payments=False)
    invoice = issue_invoice(
        actor=world.olive, invoice=draft_invoice(actor=world.olive, customer=world.greenleaf, draft=draft)
    )
    account = card_account(world)
    with pytest.raises(InvalidError, match=r"paid in full: \$100.00"):
        start(world.maya, account, (invoice, "99.00"))
    start(world.maya, account, (invoice, "100.00"))


def test_a_paid_or_void_invoice_cannot_be_paid(world: World, books: Books) -> None:
    paid, void, account = books.invoice("10.00"), books.invoice("20.00"), card_account(world)
    books.pay("10.00", (paid, "10.00"))
    void_invoice(actor=world.olive, invoice=void, reason="Wrong")
    with pytest.raises(InvalidError, match="already paid"):
        start(world.maya, account, (paid, "10.00"))
    with pytest.raises(InvalidError, match="is void"):
        start(world.maya, account, (void, "20.00"))


def test_several_invoices_only_where_preference_10_allows(world: World, books: Books) -> None:
    one, two, account = books.invoice("10.00"), books.invoice("20.00"), card_account(world)
    attempt = start(world.maya, account, (one, "10.00"), (two, "5.00"))
    assert str(attempt.amount) == "15.00 USD"
    edit_preferences(actor=world.olive, customers_may_pay_several=False)
    with pytest.raises(InvalidError, match="one invoice at a time"):
        start(world.maya, account, (two, "5.00"), (one, "1.00"))


def test_only_a_gateway_that_the_invoice_offers_is_taken(world: World, books: Books) -> None:
    ticked, other = card_account(world, "Card"), card_account(world, "Other card")
    draft = InvoiceDraft(date=A_DAY, lines=books.lines("10.00"), gateways=(ticked.pk,))
    invoice = issue_invoice(
        actor=world.olive, invoice=draft_invoice(actor=world.olive, customer=world.greenleaf, draft=draft)
    )
    with pytest.raises(InvalidError, match="not offered"):
        start(world.maya, other, (invoice, "10.00"))
    set_gateway_active(actor=world.olive, account=ticked, active=False)
    with pytest.raises(InvalidError, match="not offered"):
        start(world.maya, ticked, (invoice, "10.00"))


def test_leo_may_not_pay_and_ines_finds_nothing(world: World, books: Books) -> None:
    invoice, account = books.invoice("100.00"), card_account(world)
    with pytest.raises(ForbiddenError):
        start(world.leo, account, (invoice, "100.00"))
    with pytest.raises(NotFoundError):
        start(world.ines, account, (invoice, "100.00"))
    looker = dataclasses.replace(world.maya, permissions=frozenset({Permission.VIEW_BILLING}))
    with pytest.raises(ForbiddenError):
        start(looker, account, (invoice, "100.00"))


def test_a_retainer_is_paid_by_itself(world: World, books: Books) -> None:
    retainer, invoice, account = books.retainer("500.00"), books.invoice("10.00"), card_account(world)
    alone = [PayLine(retainer.pk, Money.of("200.00", "USD"), is_retainer=True)]
    with_invoice = [*alone, PayLine(invoice.pk, Money.of("10.00", "USD"))]
    with pytest.raises(InvalidError, match="by itself"):
        start_payment(
            actor=world.maya, submission_key=new_id(), gateway_account_id=account.pk, lines=with_invoice
        )
    attempt = start_payment(
        actor=world.maya, submission_key=new_id(), gateway_account_id=account.pk, lines=alone
    )
    assert str(attempt.amount) == "200.00 USD"


def test_a_payment_that_waits_for_small_deposits_says_so_and_until_when(world: World, books: Books) -> None:
    attempt = start(world.maya, card_account(world), (books.invoice("100.00"), "100.00"))
    with scope(world.job):
        move(attempt, AttemptState.SUBMITTED, via="page")
    seen = Observed(
        "pay_1",
        attempt.pk,
        Seen.NEEDS_ACTION,
        attempt.amount,
        action_url="https://bank.example/deposits",
        patience=timedelta(days=10),
    )
    settle(organisation_id=world.organisation.pk, attempt_id=attempt.pk, observed=seen, via="page")
    maya = signed_in(world.maya)
    page = maya.get(
        reverse("pay_attempt", args=[attempt.pk]), headers={"HX-Request": "true"}
    ).content.decode()
    assert "Two small deposits are on their way" in page
    assert f"by {date_long((attempt.created_at + timedelta(days=10)).date())};" in page
    assert 'href="https://bank.example/deposits"' in page
    assert "Your bank asks you to confirm" not in page
