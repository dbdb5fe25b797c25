"""Maya uses Greenleaf's own credit when she pays (preference 17): exactly once, and never more than there is."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portico.access.actors import ContactActor
from portico.access.scope import scope
from portico.credit_notes.actions import apply_credit
from portico.credit_notes.models import CreditApplication
from portico.invoices.models import Invoice
from portico.kit.errors import ConflictError, ForbiddenError, NotFoundError
from portico.kit.ids import new_id
from portico.kit.money import Money, total
from portico.organisations.actions.edit import edit_preferences
from portico.payments.actions.by_credit import pay_by_credit
from portico.payments.actions.settle import settle
from portico.payments.actions.start import PayLine, start_payment
from portico.payments.actions.submit import claim
from portico.payments.gateway import Observed, Seen
from portico.payments.models import CreditUse, GatewayAccount, PaymentAttempt
from portico.payments.own_credits import Source, SourceKind, spread, used
from portico.payments.tests.making import card_account
from portico.retainers.actions import draw_retainer
from portico.testing.books import Books
from portico.testing.people import World
from portico.testing.together import together


@pytest.fixture
def books(world: World) -> Books:
    return Books(world.olive, world.greenleaf)


def line(invoice: Invoice, amount: str) -> PayLine:
    return PayLine(invoice.pk, Money.of(amount, invoice.currency))


def begin(actor: ContactActor, account: GatewayAccount, credit: str, *lines: PayLine) -> PaymentAttempt:
    return start_payment(
        actor=actor,
        submission_key=new_id(),
        gateway_account_id=account.pk,
        lines=lines,
        credit=Money.of(credit, "USD"),
    )


def charged(attempt: PaymentAttempt, state: Seen = Seen.SUCCEEDED) -> PaymentAttempt:
    claim(attempt.organisation_id, attempt.pk)
    observed = Observed(
        reference=f"pay_{attempt.pk}", intent_id=attempt.pk, state=state, amount=attempt.amount, mode="card"
    )
    return settle(
        organisation_id=attempt.organisation_id, attempt_id=attempt.pk, observed=observed, via="page"
    )


def now(world: World, invoice: Invoice) -> Invoice:
    with scope(world.job):
        return Invoice.objects.get(pk=invoice.pk)


def test_credit_is_used_oldest_first_and_the_rest_is_charged(world: World, books: Books) -> None:
    invoice, account = books.invoice("100.00"), card_account(world)
    books.credit_note("30.00")
    retainer = books.retainer("20.00")
    books.pay("20.00", retainer=retainer)
    attempt = begin(world.maya, account, "50.00", line(invoice, "100.00"))
    assert str(attempt.amount) == "50.00 USD"
    assert now(world, invoice).balance == Money.of("100.00", "USD"), "nothing is used before the charge"
    charged(attempt)
    charged(attempt)
    paid = now(world, invoice)
    assert (str(paid.paid), str(paid.credited), str(paid.drawn)) == ("50.00 USD", "30.00 USD", "20.00 USD")
    assert not paid.balance
    books.assert_clean()


def test_a_charge_that_fails_uses_no_credit_and_frees_it(world: World, books: Books) -> None:
    invoice, account = books.invoice("100.00"), card_account(world)
    books.credit_note("30.00")
    attempt = begin(world.maya, account, "30.00", line(invoice, "60.00"))
    with pytest.raises(ConflictError, match="changed meanwhile"):
        begin(world.maya, account, "30.00", line(invoice, "40.00"))
    charged(attempt, Seen.FAILED)
    assert str(now(world, invoice).balance) == "100.00 USD"
    begin(world.maya, account, "30.00", line(invoice, "100.00"))
    books.assert_clean()


def test_credit_that_shrank_meanwhile_leaves_the_rest_open(world: World, books: Books) -> None:
    invoice, other, account = books.invoice("100.00"), books.invoice("20.00"), card_account(world)
    credit = books.credit_note("30.00")
    attempt = begin(world.maya, account, "30.00", line(invoice, "100.00"))
    apply_credit(actor=world.olive, source=credit, invoice=other, amount=books.money("20.00"))
    charged(attempt)
    assert str(now(world, invoice).balance) == "20.00 USD"
    books.assert_clean()


def test_an_invoice_that_shrank_meanwhile_takes_less_credit(world: World, books: Books) -> None:
    invoice, account = books.invoice("100.00"), card_account(world)
    credit = books.credit_note("30.00")
    attempt = begin(world.maya, account, "30.00", line(invoice, "100.00"))
    books.pay("20.00", (invoice, "20.00"))
    charged(attempt)
    assert not now(world, invoice).balance
    with scope(world.job):
        credit.refresh_from_db()
    assert str(credit.balance) == "20.00 USD"
    books.assert_clean()


def test_all_by_credit_asks_no_gateway_and_counts_once_however_often_it_is_sent(
    world: World, books: Books
) -> None:
    invoice = books.invoice("100.00")
    books.credit_note("100.00")
    key = new_id()

    def send() -> CreditUse:
        return pay_by_credit(
            actor=world.maya,
            submission_key=key,
            lines=[line(invoice, "40.00")],
            credit=Money.of("40.00", "USD"),
        )

    results = together(*[send] * 6)
    assert len({each.pk for each in results if isinstance(each, CreditUse)}) == 1
    assert str(now(world, invoice).balance) == "60.00 USD"
    with scope(world.job):
        assert CreditApplication.objects.filter(invoice=invoice).count() == 1
        assert not PaymentAttempt.objects.filter(customer=world.greenleaf).exists()
    books.assert_clean()


def test_with_preference_17_off_nobody_but_staff_uses_credit(world: World, books: Books) -> None:
    invoice, account, credit = books.invoice("100.00"), card_account(world), books.credit_note("100.00")
    retainer = books.retainer("20.00")
    books.pay("20.00", retainer=retainer)
    amount = books.money("10.00")
    apply_credit(actor=world.maya, source=credit, invoice=invoice, amount=amount)
    draw_retainer(actor=world.maya, retainer=retainer, invoice=invoice, amount=amount)
    edit_preferences(actor=world.olive, customers_may_apply_credits=False)
    with pytest.raises(ForbiddenError):
        apply_credit(actor=world.maya, source=credit, invoice=invoice, amount=amount)
    with pytest.raises(ForbiddenError):
        draw_retainer(actor=world.maya, retainer=retainer, invoice=invoice, amount=amount)
    with pytest.raises(ForbiddenError):
        begin(world.maya, account, "10.00", line(invoice, "80.00"))
    apply_credit(actor=world.olive, source=credit, invoice=invoice, amount=amount)
    books.assert_clean()


def test_credit_of_another_customer_cannot_be_used(world: World, books: Books) -> None:
    invoice, credit = books.invoice("100.00"), books.credit_note("100.00")
    amount = books.money("10.00")
    with pytest.raises(NotFoundError):
        apply_credit(actor=world.ines, source=credit, invoice=invoice, amount=amount)
    with pytest.raises(ForbiddenError):
        apply_credit(actor=world.leo, source=credit, invoice=invoice, amount=amount)


cents = st.integers(min_value=1, max_value=100_000)


@given(invoices=st.lists(cents, max_size=8), have_cents=st.lists(cents, max_size=8))
@settings(max_examples=200, deadline=None)
def test_credit_is_spread_exactly_and_in_order(invoices: list[int], have_cents: list[int]) -> None:
    wanted = [(new_id(), Money.from_minor(each, "USD")) for each in invoices]
    kinds = list(SourceKind)
    have = [
        Source(kinds[i % 3], new_id(), str(i), date(2026, 1, 1), Money.from_minor(each, "USD"))
        for i, each in enumerate(have_cents)
    ]
    parts = spread(wanted, have)
    assert used(parts, "USD").to_minor() == min(sum(invoices), sum(have_cents))
    for invoice_id, amount in wanted:
        assert total((p.amount for p in parts if p.invoice_id == invoice_id), "USD") <= amount
    spent = [total((p.amount for p in parts if p.source.id == each.id), "USD") for each in have]
    partial = [i for i, each in enumerate(have) if spent[i] < each.left]
    assert all(not spent[i] for i in partial[1:]), "a younger credit waits for the older one"
    assert all(part.amount.amount > 0 for part in parts)
