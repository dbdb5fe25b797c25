"""What is known to go wrong with payments elsewhere, by name, and that it cannot happen here."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from pypdf import PdfReader

from portico.access.actors import Permission
from portico.access.scope import scope
from portico.autopay.actions import charge_due, plan_charges, start_autopay
from portico.autopay.models import AutopayCharge
from portico.credit_notes.actions import apply_credit
from portico.customers.models import Customer
from portico.kit import clock
from portico.kit.errors import PorticoError
from portico.kit.ids import new_id
from portico.kit.money import Money
from portico.notifications.models import Notification
from portico.payments.accounts import open_account
from portico.payments.actions.events import apply_received, receive_event
from portico.payments.actions.gateway_refunds import request_refund, submit_refund
from portico.payments.actions.reconcile import clear_up, reconcile
from portico.payments.actions.settle import settle
from portico.payments.actions.start import OnItsWayError, PayLine, start_payment
from portico.payments.gateway import SignatureError
from portico.payments.intents import intent_of
from portico.payments.models import GatewayEvent, GatewayRefund, PaymentAttempt
from portico.sandbox_bank.running import running_bank
from portico.testing.bank import ASKS_3DS
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.people import World, make_contact, make_world
from portico.testing.signing import event_about
from portico.testing.till import BACK, Till, open_till
from portico.testing.together import together

pytestmark = pytest.mark.xdist_group("immunity")


@pytest.fixture(scope="module")
def bank_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running bank."""
    with running_bank(tmp_path_factory.mktemp("bank") / "bank.sqlite3") as bank:
        yield bank.url


@pytest.fixture
def till(world: World, bank_url: str) -> Till:
    """A till whose customer owes nothing yet."""
    return open_till(world, bank_url)


def _deliver(till: Till, reference: str, kind: str = "payment.succeeded") -> GatewayEvent:
    """The bank's event about a payment, taken in and applied as the site and its worker do."""
    body, headers = event_about(till.bank, reference, kind)
    (row,) = receive_event(account_id=till.account.pk, body=body, headers=headers)
    assert row is not None
    return apply_received(organisation_id=till.organisation_id, event_row_id=row.pk)


def _reconcile(till: Till) -> None:
    reconcile(organisation_id=till.organisation_id, grace=timedelta(0))


def test_two_tabs(till: Till) -> None:
    invoice = till.books.invoice("100")
    answers = together(*[lambda: till.pay((invoice, "100")) for _ in range(4)])
    assert sum(isinstance(each, PaymentAttempt) for each in answers) == 1
    assert till.taken() == 10000
    till.assert_agrees()


def test_double_click(till: Till) -> None:
    invoice, key, token = till.books.invoice("100"), new_id(), till.bank.card()
    answers = together(*[lambda: till.pay((invoice, "60"), key=key, token=token) for _ in range(4)])
    assert len({each.pk for each in answers if isinstance(each, PaymentAttempt)}) == 1
    _reconcile(till)
    assert till.taken() == 6000
    till.assert_agrees()


def test_autopay_against_checkout(till: Till) -> None:
    method = till.saved()
    start_autopay(actor=till.world.maya, method_id=method.pk, maximum=None, agreement="I allow it.")
    invoice = till.books.invoice("60")
    plan_charges(actor=till.world.job)
    with scope(till.world.job):
        AutopayCharge.objects.update(charge_on=clock.today("UTC") - timedelta(days=1))
    together(lambda: charge_due(organisation_id=till.organisation_id), lambda: till.pay((invoice, "60")))
    charge_due(organisation_id=till.organisation_id)
    assert till.taken() == 6000
    till.assert_agrees()


def test_two_webhooks_at_once(till: Till) -> None:
    invoice = till.books.invoice("60")
    till.bank.faults(drop_answer_after_charge=1)
    attempt = till.pay((invoice, "60"))
    reference = till.attempt(attempt).gateway_reference
    together(*[lambda: _deliver(till, reference) for _ in range(4)])
    assert len(till.payments()) == 1
    till.assert_agrees()


def test_return_page_against_webhook(till: Till) -> None:
    invoice = till.books.invoice("60")
    till.bank.faults(drop_answer_after_charge=1)
    attempt = till.pay((invoice, "60"))
    reference = till.attempt(attempt).gateway_reference

    def comes_back() -> object:
        return clear_up(
            organisation_id=till.organisation_id, attempt_id=attempt.pk, via="return", give_up=False
        )

    together(comes_back, lambda: _deliver(till, reference), comes_back)
    assert len(till.payments()) == 1
    till.assert_agrees()


def test_two_different_payments_on_one_balance(till: Till) -> None:
    invoice = till.books.invoice("100")
    waiting = till.pay((invoice, "60"), token=till.bank.card(ASKS_3DS))
    with pytest.raises(PorticoError, match="already on its way"):
        till.start((invoice, "70"))
    till.books.pay("100", (invoice, "100"))  # meanwhile a cheque came for all of it
    till.bank.approve(waiting.action_url)
    clear_up(organisation_id=till.organisation_id, attempt_id=waiting.pk, via="return")
    assert till.fresh(invoice).balance == till.books.money("0")
    [by_card] = [each for each in till.payments() if each.attempt_id]
    assert by_card.unused == till.books.money("60")  # what no longer fits is Greenleaf's credit
    till.assert_agrees()


def test_unknown_outcome_then_paid_again(till: Till) -> None:
    invoice = till.books.invoice("60")
    till.bank.faults(drop_answer_after_charge=1)
    attempt = till.pay((invoice, "60"))
    assert attempt.state == "unknown"
    with pytest.raises(OnItsWayError):
        till.start((invoice, "60"))
    _reconcile(till)
    assert till.fresh(invoice).status == "paid"
    assert till.taken() == 6000
    till.assert_agrees()


@pytest.mark.parametrize("other", [Money.of("59.99", "USD"), Money.of("60.00", "EUR")], ids=str)
def test_amount_or_currency_differs_from_what_was_asked(till: Till, other: Money) -> None:
    invoice = till.books.invoice("60")
    attempt = till.pay((invoice, "60"), token=till.bank.card(ASKS_3DS))
    gateway, account = open_account(till.organisation_id, till.account.pk)
    till.bank.approve(attempt.action_url)
    seen = replace(gateway.fetch(account, attempt.gateway_reference), amount=other)
    for _ in range(2):
        settle(organisation_id=till.organisation_id, attempt_id=attempt.pk, observed=seen, via="event")
    assert till.payments() == []
    with scope(till.world.job):
        told = Notification.objects.filter(organisation=till.world.organisation, event="payment_mismatch")
        assert told.values("body").distinct().count() == 1
    _reconcile(till)
    till.assert_agrees()


def test_reference_of_another_payment(till: Till) -> None:
    first, second = till.books.invoice("60"), till.books.invoice("60")
    paid = till.pay((first, "60"))
    waiting = till.pay((second, "60"), token=till.bank.card(ASKS_3DS))
    gateway, account = open_account(till.organisation_id, till.account.pk)
    seen = gateway.fetch(account, paid.gateway_reference)
    settle(organisation_id=till.organisation_id, attempt_id=waiting.pk, observed=seen, via="event")
    assert till.attempt(waiting).state == "needs_action"
    assert till.fresh(second).status != "paid"
    assert len(till.payments()) == 1


@pytest.mark.parametrize(("currency", "amount", "minor"), [("JPY", "1200", 1200), ("KWD", "1.234", 1234)])
def test_currencies_with_0_and_3_decimals(till: Till, currency: str, amount: str, minor: int) -> None:
    books = Books(till.world.olive, till.world.greenleaf, currency)
    invoice = books.invoice(amount)
    till.pay((invoice, amount))
    assert till.taken(currency) == minor
    assert till.fresh(invoice).status == "paid"
    till.assert_agrees(currency)


def test_ach_counted_as_paid_while_pending(till: Till) -> None:
    invoice = till.books.invoice("60")
    attempt = till.pay((invoice, "60"), token=till.bank.bank_account())
    assert attempt.state == "processing"
    assert till.payments() == []
    assert till.fresh(invoice).balance == till.books.money("60")
    with pytest.raises(OnItsWayError):
        till.start((invoice, "60"))
    till.bank.settle(attempt.gateway_reference)
    _deliver(till, attempt.gateway_reference)
    assert till.fresh(invoice).status == "paid"
    till.assert_agrees()


def test_stuck_pending_after_success(till: Till) -> None:
    invoice = till.books.invoice("60")
    attempt = till.pay((invoice, "60"), token=till.bank.bank_account())
    till.bank.settle(attempt.gateway_reference)  # and no event ever comes
    _reconcile(till)
    assert till.attempt(attempt).state == "succeeded"
    assert till.fresh(invoice).status == "paid"
    till.assert_agrees()


def test_return_or_chargeback_that_must_reopen(till: Till) -> None:
    first, second = till.books.invoice("60"), till.books.invoice("40")
    attempt = till.pay((first, "60"), (second, "40"), token=till.bank.bank_account())
    till.bank.settle(attempt.gateway_reference)
    _deliver(till, attempt.gateway_reference)
    assert till.fresh(first).status == "paid"
    till.bank.send_back(attempt.gateway_reference)
    for _ in range(2):
        _deliver(till, attempt.gateway_reference, "payment.returned")
    assert till.attempt(attempt).state == "returned"
    assert [till.fresh(each).balance for each in (first, second)] == [
        till.books.money("60"),
        till.books.money("40"),
    ]
    assert till.books.balances() == {"receivable": "100.00", "sales": "-100.00"}
    till.pay((first, "60"))  # and it can be paid again
    till.books.assert_clean()


def test_double_refund(till: Till) -> None:
    invoice = till.books.invoice("60")
    till.pay((invoice, "60"))
    [payment] = till.payments()
    olive, whole = till.world.olive, {invoice.pk: till.books.money("60")}

    def ask() -> GatewayRefund:
        return request_refund(actor=olive, payment=payment, amount=till.books.money("60"), chosen=whole)

    answers = together(ask, ask, ask)
    [refund] = [each for each in answers if isinstance(each, GatewayRefund)]
    till.bank.faults(drop_answer=1, only=["refunds.create"])
    for _ in range(3):
        submit_refund(organisation_id=till.organisation_id, refund_id=refund.pk)
    with pytest.raises(PorticoError):
        ask()
    assert till.bank.refunded() == 6000
    assert till.fresh(invoice).balance == till.books.money("60")
    till.books.assert_clean()


def test_wrong_partys_saved_card(till: Till) -> None:
    card = till.saved()
    with scope(till.world.job):
        Customer.objects.filter(pk=till.world.harbourview.pk).update(currency="USD")
        colleague = make_contact(
            till.world.greenleaf, "Rob", tuple(Permission), tag=till.world.tag, company="greenleaf"
        )
    theirs = Books(till.world.olive, till.world.harbourview).invoice("60")
    ours = till.books.invoice("60")
    for actor, invoice in ((till.world.ines, theirs), (colleague, ours)):
        with pytest.raises(PorticoError):
            start_payment(
                actor=actor,
                submission_key=new_id(),
                gateway_account_id=till.account.pk,
                lines=[PayLine(invoice.pk, till.books.money("60"))],
                method_id=card.pk,
            )
    with scope(till.world.job), pytest.raises(DatabaseError), transaction.atomic():
        PaymentAttempt.objects.create(
            organisation=till.world.organisation,
            customer=till.world.harbourview,
            contact_person_id=till.world.ines.person_id,
            gateway_account=till.account,
            submission_key=new_id(),
            currency="USD",
            amount=till.books.money("60"),
            saved_method=card,
        )
    assert till.taken() == 0


def test_credit_consumed_without_lowering_a_balance(till: Till) -> None:
    invoice, note = till.books.invoice("50"), till.books.credit_note("80")
    lines = [PayLine(invoice.pk, till.books.money("50"))]
    till.books.pay("30", (invoice, "30"))
    with pytest.raises(PorticoError):
        start_payment(
            actor=till.world.maya,
            submission_key=new_id(),
            gateway_account_id=till.account.pk,
            lines=lines,
            credit=till.books.money("50"),
        )
    with pytest.raises(PorticoError):
        apply_credit(
            actor=till.world.olive, source=note, invoice=till.fresh(invoice), amount=till.books.money("20.01")
        )
    apply_credit(
        actor=till.world.olive, source=note, invoice=till.fresh(invoice), amount=till.books.money("20")
    )
    with scope(till.world.job):
        note.refresh_from_db()
    assert (note.balance, till.fresh(invoice).balance) == (till.books.money("60"), till.books.money("0"))
    till.assert_agrees()


def test_small_credit_on_many_invoices(till: Till) -> None:
    till.books.credit_note("1.00")
    invoices = [till.books.invoice("10.01") for _ in range(12)]
    attempt = start_payment(
        actor=till.world.maya,
        submission_key=new_id(),
        gateway_account_id=till.account.pk,
        lines=[PayLine(each.pk, each.balance) for each in invoices],
        credit=till.books.money("1.00"),
    )
    till.submit(attempt)
    assert till.taken() == 12012 - 100
    assert {till.fresh(each).balance for each in invoices} == {till.books.money("0")}
    till.assert_agrees()


def test_rounding_that_leaves_a_cent(till: Till) -> None:
    invoice = till.books.invoice("100")
    for part in ("33.33", "33.33", "33.34"):
        till.pay((till.fresh(invoice), part))
    assert (till.fresh(invoice).status, till.fresh(invoice).balance) == ("paid", till.books.money("0"))
    till.assert_agrees()


def test_screen_against_pdf_against_file(till: Till) -> None:
    invoice = till.books.invoice("1234.56")
    till.pay((invoice, "234.06"))
    maya = signed_in(till.world.maya)
    screen = maya.get(f"/invoices/{invoice.pk}/").content.decode()
    amounts = set(re.findall(r'<data class="money[^"]*" value="([\d.]+)"', screen))
    paper = _pdf(maya, f"/invoices/{invoice.pk}/pdf")
    listed = b"".join(maya.get("/lists/invoice/export.csv?tab=all").streaming_content).decode()  # type: ignore[attr-defined]
    for amount in ("1234.56", "1000.50"):
        assert amount in amounts
        assert f"{float(amount):,.2f}" in paper
        assert amount in listed


def test_stale_pdf_after_payment(till: Till) -> None:
    invoice = till.books.invoice("60")
    maya = signed_in(till.world.maya)
    before = _pdf(maya, f"/invoices/{invoice.pk}/pdf")
    till.pay((invoice, "25"))
    after = _pdf(maya, f"/invoices/{invoice.pk}/pdf")
    assert "35.00" not in before
    assert "35.00" in after


def test_paid_without_a_transaction(till: Till) -> None:
    invoice = till.books.invoice("60")
    with scope(till.world.job), pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("UPDATE invoices_invoice SET status = 'paid' WHERE id = %s", [invoice.pk])
    attempt = till.pay((invoice, "60"))
    [payment] = till.payments()
    assert payment.attempt_id == attempt.pk
    assert payment.reference == till.attempt(attempt).gateway_reference


def test_random_idempotency_key(till: Till) -> None:
    invoice = till.books.invoice("60")
    attempt = till.start((invoice, "60"))
    gateway, account = open_account(till.organisation_id, till.account.pk)
    intent = intent_of(till.organisation_id, attempt.pk, BACK)
    till.bank.faults(drop_answer=1)
    with pytest.raises(PorticoError):
        gateway.start(account, intent)
    again = intent_of(till.organisation_id, attempt.pk, BACK)  # made anew by another process
    assert gateway.start(account, again) == gateway.start(account, intent)
    assert len(till.bank.payments()) == 1


def test_webhook_of_another_organisation(till: Till, bank_url: str) -> None:
    theirs = open_till(make_world(), bank_url)
    invoice = theirs.books.invoice("60")
    theirs.bank.faults(drop_answer_after_charge=1)
    attempt = theirs.pay((invoice, "60"))
    reference = theirs.attempt(attempt).gateway_reference
    body, headers = event_about(theirs.bank, reference)
    with pytest.raises(SignatureError):
        receive_event(account_id=till.account.pk, body=body, headers=headers)
    signed_by_us = event_about(till.bank, reference, payment=theirs.bank.payments()[0])
    (row,) = receive_event(account_id=till.account.pk, body=signed_by_us[0], headers=signed_by_us[1])
    assert row is not None
    assert apply_received(organisation_id=till.organisation_id, event_row_id=row.pk).outcome != "applied"
    assert till.payments() == theirs.payments() == []
    _reconcile(theirs)
    theirs.assert_agrees()


def test_unsigned_webhook(till: Till) -> None:
    invoice = till.books.invoice("60")
    attempt = till.pay((invoice, "60"), token=till.bank.card(ASKS_3DS))
    body, _headers = event_about(till.bank, attempt.gateway_reference)
    with pytest.raises(SignatureError):
        receive_event(account_id=till.account.pk, body=body, headers={})
    assert till.payments() == []


def _pdf(client: Client, address: str) -> str:
    answer = client.get(address)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
