"""Maya's payments through Stripe from the form to the books and back again, by Portico's own actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from portico.access.scope import scope
from portico.customers.models import Customer
from portico.gateways.stripe.tests.bench import StripeBench
from portico.gateways.stripe.tests.fake_calls import approve
from portico.gateways.stripe.tests.fake_objects import BY_DEPOSITS
from portico.kit import clock
from portico.kit.ids import new_id
from portico.ledger.selfcheck import selfcheck
from portico.notifications.models import Mail
from portico.payments.actions.events import receive_event
from portico.payments.actions.gateway_refunds import request_refund, submit_refund
from portico.payments.actions.gateways import connect_gateway
from portico.payments.actions.saving import clear_up_savings, start_saving, submit_saving
from portico.payments.actions.start import PayLine, start_payment
from portico.payments.actions.submit import submit_payment
from portico.payments.gateway import MethodKind
from portico.payments.mandates import Consent
from portico.payments.models import GatewayAccount, MethodSaving, Payment, PaymentAttempt, SavedMethod
from portico.testing.books import Books
from portico.testing.jobs import run_jobs
from portico.testing.people import World


@dataclass
class Till:
    """Greenleaf owes $100.00 to Northwind, which takes payments through Stripe."""

    world: World
    bench: StripeBench
    books: Books
    account: GatewayAccount

    def pay(self, amount: str, token: str = "", **more: Any) -> PaymentAttempt:
        """Maya sends the form."""
        invoice = self.books.invoice(amount)
        attempt = start_payment(
            actor=self.world.maya,
            submission_key=new_id(),
            gateway_account_id=self.account.pk,
            lines=[PayLine(invoice.pk, self.books.money(amount))],
            **more,
        )
        return submit_payment(
            organisation_id=self.world.organisation.pk,
            attempt_id=attempt.pk,
            token=token,
            return_url="http://127.0.0.1/back",
        )

    def hear(self, kind: str, attempt: PaymentAttempt, *, times: int = 1) -> PaymentAttempt:
        """Stripe sends an event about the payment, and the worker applies it."""
        told = self.bench.stripe.event(kind, self.bench.stripe.intent(attempt.gateway_reference))
        for _ in range(times):
            receive_event(account_id=self.account.pk, body=told[0], headers=told[1])
        run_jobs()
        return self.again(attempt)

    def again(self, attempt: PaymentAttempt) -> PaymentAttempt:
        """As it stands now."""
        with scope(self.world.job):
            return PaymentAttempt.objects.get(pk=attempt.pk)

    def payments(self) -> list[Payment]:
        """In the books."""
        with scope(self.world.job):
            return list(Payment.objects.visible_to(self.world.job).order_by("created_at"))


@pytest.fixture
def till(world: World, bench: StripeBench) -> Till:
    account = connect_gateway(
        actor=world.olive, gateway="stripe", name="Card", settings=bench.stripe.settings
    )
    return Till(world, bench, Books(world.olive, world.greenleaf), account)


def test_a_card_asks_is_charged_saved_charged_again_and_paid_back(till: Till) -> None:
    stripe = till.bench.stripe
    attempt = till.pay("100.00", till.bench.card_that_asks(), save=True)
    assert attempt.state == "needs_action"
    assert attempt.action_url.startswith(stripe.url)
    intent = stripe.intent(attempt.gateway_reference)
    approve(stripe.keep, intent)
    assert till.hear("payment_intent.succeeded", attempt, times=3).state == "succeeded"
    assert till.hear("payment_intent.requires_action", attempt).state == "succeeded", "an old event came late"
    with scope(till.world.job):
        method = SavedMethod.objects.visible_to(till.world.job).get()
    assert (method.brand, method.last4) == ("Visa", "3220")
    assert till.pay("40.00", method_id=method.pk).state == "succeeded"
    assert stripe.charged("USD") == 14000
    first, second = till.payments()
    assert (str(first.amount), str(second.amount)) == ("100.00 USD", "40.00 USD")
    with scope(till.world.job):
        invoices = list(first.allocations.values_list("invoice_id", flat=True))
    for part in ("30.00", "70.00"):
        chosen = {invoices[0]: till.books.money(part)}
        asked = request_refund(
            actor=till.world.olive, payment=first, amount=till.books.money(part), chosen=chosen
        )
        sent = submit_refund(organisation_id=till.world.organisation.pk, refund_id=asked.pk)
        assert sent.state == "succeeded"
        first = next(each for each in till.payments() if each.pk == first.pk)
    assert sorted(each["amount"] for each in stripe.keep.all("refund")) == [3000, 7000]
    assert till.hear("payment_intent.succeeded", attempt).state == "succeeded"
    assert not selfcheck(till.world.organisation.pk)


def test_a_declined_card_leaves_the_invoice_open_with_the_banks_reason(till: Till) -> None:
    attempt = till.pay("100.00", till.bench.declined_card())
    assert (attempt.state, attempt.failure_code) == ("failed", "generic_decline")
    assert attempt.failure_message == "Your card was declined."
    assert till.payments() == []
    assert till.pay("50.00", till.bench.good_card()).state == "succeeded"
    assert till.bench.stripe.charged("USD") == 5000


def test_a_bank_debit_is_on_its_way_arrives_and_is_taken_back(till: Till) -> None:
    with scope(till.world.job):
        Customer.objects.filter(pk=till.world.greenleaf.pk).update(allow_bank_payments=True)
    consent = Consent("127.0.0.1", "Test").to("I allow Northwind to debit my account.")
    attempt = till.pay("100.00", till.bench.good_bank(), kind=MethodKind.BANK, mandate=consent)
    assert (attempt.state, till.payments()) == ("processing", [])
    till.bench.settle(attempt.gateway_reference)
    assert till.hear("payment_intent.succeeded", attempt).state == "succeeded"
    till.bench.send_back(attempt.gateway_reference)
    assert till.hear("charge.dispute.closed", attempt).state == "returned"
    assert till.hear("payment_intent.processing", attempt).state == "returned"
    assert till.books.balances() == {"receivable": "100.00", "sales": "-100.00"}
    assert not selfcheck(till.world.organisation.pk)


def test_a_bank_account_that_waits_for_small_deposits_is_kept_when_they_are_told_days_later(
    till: Till,
) -> None:
    organisation = till.world.organisation.pk
    with scope(till.world.job):
        Customer.objects.filter(pk=till.world.greenleaf.pk).update(allow_bank_payments=True)
    consent = Consent("127.0.0.1", "Test").to("I allow Northwind to debit my account.")
    tries = []
    for _ in range(2):
        saving = start_saving(
            actor=till.world.maya,
            submission_key=new_id(),
            gateway_account_id=till.account.pk,
            kind=MethodKind.BANK,
            mandate=consent,
        )
        token = till.bench.card(BY_DEPOSITS, "us_bank_account")
        tries.append(
            submit_saving(
                organisation_id=organisation,
                saving_id=saving.pk,
                token=token,
                return_url="http://127.0.0.1/back",
            )
        )
    assert [each.state for each in tries] == ["needs_action", "needs_action"]
    told, forgotten = tries
    approve(till.bench.stripe.keep, till.bench.stripe.keep.objects[told.gateway_reference])
    for days, standing in ((9, ["succeeded", "needs_action"]), (11, ["succeeded", "failed"])):
        with scope(till.world.job):
            MethodSaving.objects.update(created_at=clock.now() - timedelta(days=days))
        clear_up_savings(organisation_id=organisation)
        clear_up_savings(organisation_id=organisation, old=True)
        with scope(till.world.job):
            assert [MethodSaving.objects.get(pk=each.pk).state for each in (told, forgotten)] == standing
    with scope(till.world.job):
        mail = Mail.objects.get(key__startswith="method-saved/")
    assert mail.to == till.world.email("maya")
    assert "has been verified" in mail.text
