"""A customer's bank disputes a payment: the money is gone until it is decided, and both sides know what it means."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portico.access.scope import scope
from portico.credit_notes.actions.apply import apply_credit
from portico.credit_notes.actions.void import void_credit_note
from portico.credit_notes.models import CreditNote
from portico.disputes.actions.remind import remind
from portico.disputes.models import Dispute
from portico.invoices.actions.void import void_invoice
from portico.kit import clock
from portico.kit.errors import ConflictError
from portico.kit.money import Money
from portico.notifications.models import Mail, Notification
from portico.payments.actions.gateway_refunds import refund_to_credit
from portico.payments.actions.refunds import refund_excess
from portico.payments.actions.void import void_payment
from portico.payments.gateway import DisputeSeen, DisputeState
from portico.payments.models import Payment, TakenBack
from portico.payments.tests.gone_back import Counter, Paid, open_counter
from portico.testing.clients import signed_in
from portico.testing.people import World


@pytest.fixture
def counter(world: World) -> Counter:
    return open_counter(world)


def disputed(
    paid: Paid, state: DisputeState, amount: str = "100", *, money_taken: bool = True, currency: str = "USD"
) -> None:
    seen = DisputeSeen(
        "dp_1", Money.of(amount, currency), state, "The card holder denies it",
        clock.now() + timedelta(days=2), money_taken,
    )  # fmt: skip
    paid.says(disputes=(seen,))


def test_opened_what_it_paid_is_open_and_staff_hear_the_deadline(counter: Counter) -> None:
    paid = counter.paid((counter.books.invoice("100"), "100"), mode="card")
    disputed(paid, DisputeState.OPEN)
    disputed(paid, DisputeState.OPEN)
    assert counter.books.balances() == {"receivable": "100.00", "sales": "-100.00"}
    with scope(counter.world.job):
        told = Notification.objects.get(event="chargeback_open")
        mail = Mail.objects.get(key__startswith="dispute/")
    assert "The card holder denies it" in told.body
    assert "Hand in evidence at the gateway, under dp_1" in told.body
    assert "While the bank decides, that amount is not paid" in mail.text
    page = signed_in(counter.world.maya).get(f"/payments/{paid.payment.pk}/").content.decode()
    assert "Taken back by your bank, as it was disputed" in page
    counter.books.assert_clean()


def test_won_it_is_put_where_it_was(counter: Counter) -> None:
    paid = counter.paid((counter.books.invoice("100"), "100"), mode="card")
    disputed(paid, DisputeState.OPEN)
    disputed(paid, DisputeState.WON)
    assert counter.books.balances() == {"cash": "100.00", "sales": "-100.00"}
    disputed(paid, DisputeState.OPEN)
    assert counter.books.balances() == {"cash": "100.00", "sales": "-100.00"}, "an older word comes too late"
    with scope(counter.world.job):
        assert Notification.objects.filter(event="chargeback_won").count() == 1
    counter.books.assert_clean()


def test_won_after_the_invoice_was_paid_otherwise_it_is_credit(counter: Counter) -> None:
    invoice = counter.books.invoice("100")
    paid = counter.paid((invoice, "100"), mode="card")
    disputed(paid, DisputeState.OPEN)
    counter.books.pay("100", (invoice, "100"))
    disputed(paid, DisputeState.WON)
    assert counter.books.balances() == {"cash": "200.00", "credit": "-100.00", "sales": "-100.00"}
    counter.books.assert_clean()


def test_lost_it_stays_gone_and_is_told(counter: Counter) -> None:
    paid = counter.paid((counter.books.invoice("100"), "100"), mode="card")
    disputed(paid, DisputeState.OPEN, "40")
    disputed(paid, DisputeState.LOST, "40")
    assert counter.books.balances()["receivable"] == "40.00"
    with scope(counter.world.job):
        assert TakenBack.objects.count() == 1
        assert Mail.objects.filter(key__startswith="dispute/", key__endswith="/lost").count() == 1
    counter.books.assert_clean()


def test_an_inquiry_takes_nothing_until_it_is_lost(counter: Counter) -> None:
    paid = counter.paid((counter.books.invoice("100"), "100"), mode="wallet")
    disputed(paid, DisputeState.OPEN, money_taken=False)
    assert counter.books.balances() == {"cash": "100.00", "sales": "-100.00"}
    disputed(paid, DisputeState.LOST, money_taken=True)
    assert counter.books.balances()["receivable"] == "100.00"
    counter.books.assert_clean()


def test_refunded_and_then_disputed_it_is_owed_and_given_back_when_won(counter: Counter) -> None:
    paid = counter.paid((counter.books.invoice("100"), "100"), mode="card")
    paid.refunded_there("30")
    disputed(paid, DisputeState.OPEN)
    assert counter.books.balances() == {"cash": "-30.00", "receivable": "130.00", "sales": "-100.00"}
    counter.books.assert_clean()
    disputed(paid, DisputeState.WON)
    assert counter.books.balances() == {"cash": "70.00", "receivable": "30.00", "sales": "-100.00"}
    counter.books.assert_clean()


def test_disputed_and_then_returned_it_is_gone_once(counter: Counter) -> None:
    """Some gateways tell of a returned debit both ways."""
    paid = counter.paid((counter.books.invoice("100"), "100"))
    disputed(paid, DisputeState.LOST)
    paid.comes_back()
    assert counter.books.balances() == {"receivable": "100.00", "sales": "-100.00"}
    counter.books.assert_clean()


def test_in_another_currency_all_that_is_left_counts_and_staff_are_told_once(counter: Counter) -> None:
    paid = counter.paid((counter.books.invoice("100"), "100"), mode="card")
    for _ in range(2):
        disputed(paid, DisputeState.OPEN, "90", currency="EUR")
    assert counter.books.balances() == {"receivable": "100.00", "sales": "-100.00"}
    with scope(counter.world.job):
        dispute = Dispute.objects.get()
        told = Notification.objects.get(event="payment_mismatch")
    assert (str(dispute.amount), dispute.reason) == ("100.00 USD", "The card holder denies it (90.00 EUR)")
    assert "90.00 EUR, another currency" in told.body
    disputed(paid, DisputeState.WON, "90", currency="EUR")
    assert counter.books.balances() == {"cash": "100.00", "sales": "-100.00"}
    counter.books.assert_clean()


def test_what_the_bank_gave_back_for_what_was_charged_is_not_voided(counter: Counter) -> None:
    """$30 had been paid back before the dispute: an invoice, then a credit note, whose other side is cash."""
    olive, invoice = counter.world.olive, counter.books.invoice("100")
    paid = counter.paid((invoice, "100"), mode="card")
    thirty = counter.books.money("30")
    refund_to_credit(actor=olive, payment=paid.payment, amount=thirty, chosen={})
    refund_excess(
        actor=olive, payment=paid.payment, amount=thirty, mode="bank_transfer", date=clock.today("UTC")
    )
    disputed(paid, DisputeState.LOST)
    with scope(counter.world.job):
        charge = TakenBack.objects.select_related("charge").get().charge
    assert charge is not None
    counter.books.pay("30", (charge, "30"))
    disputed(paid, DisputeState.WON)
    with scope(counter.world.job):
        credit_note = CreditNote.objects.get()
    before = counter.books.balances()
    assert before == {"cash": "100.00", "receivable": "30.00", "credit": "-30.00", "sales": "-100.00"}
    with pytest.raises(ConflictError, match="given back"):
        void_credit_note(actor=olive, credit_note=credit_note, reason="By mistake")
    with scope(counter.world.job):
        cheque = Payment.objects.get(attempt=None)
    void_payment(actor=olive, payment=cheque, reason="Bounced")
    with pytest.raises(ConflictError, match="went back twice"):
        void_invoice(actor=olive, invoice=charge, reason="By mistake")
    with scope(counter.world.job):
        charge.refresh_from_db()
    apply_credit(actor=olive, source=credit_note, invoice=charge, amount=thirty)
    assert counter.books.balances() == {"cash": "70.00", "receivable": "30.00", "sales": "-100.00"}
    counter.books.assert_clean()


def test_staff_are_reminded_once_before_the_evidence_is_due(counter: Counter) -> None:
    paid = counter.paid((counter.books.invoice("100"), "100"), mode="card")
    disputed(paid, DisputeState.OPEN)
    organisation_id = counter.world.organisation.pk
    assert (remind(organisation_id=organisation_id), remind(organisation_id=organisation_id)) == (1, 0)
    with scope(counter.world.job):
        assert Notification.objects.filter(event="chargeback_evidence_due").count() == 1
        dispute = Dispute.objects.get()
    olive = signed_in(counter.world.olive)
    assert "dp_1" in olive.get("/office/disputes/dispute/").content.decode()
    page = olive.get(f"/office/do/ask-about-dispute/{dispute.pk}/").content.decode()
    assert "Hand in evidence at the gateway" in page
