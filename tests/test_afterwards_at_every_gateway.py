"""A dispute opened and won, a payout, and the report, through our own actions at each gateway's stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from typing import Any, ClassVar, Protocol

import pytest
from django.core.management import call_command
from django.test import override_settings

from portico.access.scope import scope
from portico.customers.models import Customer
from portico.disputes.models import Dispute
from portico.gateways.authorize_net.api import _client
from portico.gateways.authorize_net.numbers import read_reference
from portico.gateways.authorize_net.tests.benches import AuthorizeNetBench, open_bench
from portico.gateways.gocardless.tests.bench import GoCardlessBench, bench_at
from portico.gateways.stripe.gateway import StripeGateway
from portico.gateways.stripe.tests.bench import StripeBench
from portico.gateways.stripe.tests.fake_objects import Object
from portico.gateways.stripe.tests.fake_stripe import Accounts, running_stripe
from portico.invoices.models import Invoice
from portico.kit import clock
from portico.kit.ids import new_id
from portico.notifications.models import Mail, Notification
from portico.payments.actions.events import receive_event
from portico.payments.actions.gateways import connect_gateway
from portico.payments.actions.reconcile import ask_about, reconcile
from portico.payments.actions.start import PayLine, start_payment
from portico.payments.actions.submit import submit_payment
from portico.payments.gateway import Account, MethodKind
from portico.payments.models import GatewayAccount, Payment, PaymentAttempt
from portico.payouts.actions.read import read_payouts
from portico.payouts.models import Payout, PayoutLine
from portico.payouts.report import Differs, report
from portico.testing.books import Books
from portico.testing.gateway_contract import Bench, an_intent, pay
from portico.testing.jobs import run_jobs
from portico.testing.people import World
from tests.fakes.authorize_net import AuthorizeNet, running_authorize_net
from tests.fakes.gocardless import FakeGoCardless, running_gocardless

Told = tuple[bytes, dict[str, str]]


class Side(Protocol):
    """What happens at one provider, beyond the bench of the contract."""

    key: ClassVar[str]
    kind: ClassVar[MethodKind]
    bench: Any
    evidence: ClassVar[bool]

    def dispute(self, reference: str) -> Told | None:
        """The payer's bank takes a payment back; the provider's event about it, where it sends one."""

    def win(self, reference: str) -> Told | None:
        """It gives it back."""

    def pay_out(self) -> None:
        """The provider pays out what it has."""

    def forget(self, reference: str) -> None:
        """The provider never had this payment."""


class AtStripe:
    """Cards."""

    key: ClassVar[str] = "stripe"
    kind: ClassVar[MethodKind] = MethodKind.CARD
    evidence: ClassVar[bool] = True

    def __init__(self, accounts: Accounts) -> None:
        stripe = accounts.open(str(new_id()))
        public = {"publishable_key": stripe.publishable_key}
        secrets = {"secret_key": stripe.secret_key, "webhook_secret": stripe.webhook_secret}
        self.bench = StripeBench(stripe, StripeGateway(), Account(new_id(), public, secrets))
        self.disputes: dict[str, Object] = {}

    def dispute(self, reference: str) -> Told:
        stripe = self.bench.stripe
        made = stripe.keep.dispute(stripe.intent(reference), "needs_response", "fraudulent")
        self.disputes[reference] = made
        return stripe.event("charge.dispute.created", made)

    def win(self, reference: str) -> Told:
        return self.bench.stripe.event(
            "charge.dispute.closed", self.bench.stripe.keep.win(self.disputes[reference])
        )

    def pay_out(self) -> None:
        self.bench.stripe.keep.pay_out()

    def forget(self, reference: str) -> None:
        kept = self.bench.stripe.keep.objects
        del kept[kept.pop(reference)["latest_charge"]]


class AtGoCardless:
    """Bank debits."""

    key: ClassVar[str] = "gocardless"
    kind: ClassVar[MethodKind] = MethodKind.BANK
    evidence: ClassVar[bool] = False

    def __init__(self, server: FakeGoCardless) -> None:
        self.bench: GoCardlessBench = bench_at(server)

    def dispute(self, reference: str) -> Told:
        return self._told(reference, self.bench.books.charge_back)

    def win(self, reference: str) -> Told:
        return self._told(reference, self.bench.books.undo_charge_back)

    def pay_out(self) -> None:
        self.bench.books.pay_out(fee="41.5")

    def forget(self, reference: str) -> None:
        del self.bench.books.rows["payments"][self.bench.payment(reference)]
        del self.bench.books.rows["billing_requests"][reference]

    def _told(self, reference: str, happens: Any) -> Told:
        payment = self.bench.payment(reference)
        happens(payment)
        return self.bench.books.delivery(self.bench.books.events_of(payment)[-1])


class AtAuthorizeNet:
    """Cards; of a chargeback it sends no event: the settled batch has it."""

    key: ClassVar[str] = "authorize_net"
    kind: ClassVar[MethodKind] = MethodKind.CARD
    evidence: ClassVar[bool] = False

    def __init__(self, fake: AuthorizeNet) -> None:
        self.bench: AuthorizeNetBench = open_bench(fake)

    def dispute(self, reference: str) -> None:
        self.bench.merchant.settle()
        self.bench.merchant.charge_back(self.bench.trans_id(reference))

    def win(self, reference: str) -> None:
        self.bench.merchant.charge_back(self.bench.trans_id(reference), reversed_=True)

    def pay_out(self) -> None:
        self.bench.merchant.settle()

    def forget(self, reference: str) -> None:
        for each in self.bench.merchant.by_number(read_reference(reference).number):
            del self.bench.merchant.transactions[each["transId"]]


@dataclass
class Till:
    """Northwind takes payments there, and Maya pays."""

    world: World
    side: Side
    account: GatewayAccount
    books: Books

    @property
    def bench(self) -> Bench:
        """Of the contract."""
        bench: Bench = self.side.bench
        return bench

    def paid(self, amount: str) -> tuple[Invoice, Payment]:
        """A payment that has arrived."""
        invoice, bank = self.books.invoice(amount), self.side.kind is MethodKind.BANK
        attempt = start_payment(
            actor=self.world.maya,
            submission_key=new_id(),
            gateway_account_id=self.account.pk,
            kind=self.side.kind,
            lines=[PayLine(invoice.pk, self.books.money(amount))],
            mandate={"at": "2026-03-02T10:00:00+00:00", "ip": "192.0.2.7", "user_agent": "Firefox", "words": "Yes"}
            if bank
            else None,
        )  # fmt: skip
        attempt = submit_payment(
            organisation_id=self.world.organisation.pk,
            attempt_id=attempt.pk,
            token=self.bench.good_card(),
            return_url="http://127.0.0.1/back",
        )
        if bank:
            self.bench.approve(attempt.gateway_reference)
            self.settle_all()
            self.bench.settle(attempt.gateway_reference)
            self.settle_all()
        with scope(self.world.job):
            return invoice, Payment.objects.select_related("attempt").get(attempt=attempt)

    def settle_all(self) -> None:
        """What the system does by itself every minute."""
        reconcile(organisation_id=self.world.organisation.pk, grace=timedelta(0))

    def hear(self, told: Told | None) -> None:
        """The provider's event comes in twice and is applied; where there is none, the next payout is read."""
        if told is None:
            read_payouts(organisation_id=self.world.organisation.pk)
            return
        for _ in range(2):
            receive_event(account_id=self.account.pk, body=told[0], headers=told[1])
        run_jobs()

    def balance(self, invoice: Invoice) -> str:
        """What is open of it."""
        with scope(self.world.job):
            return str(Invoice.objects.get(pk=invoice.pk).balance.amount)


@pytest.fixture(scope="module")
def providers() -> Iterator[dict[str, Any]]:
    """The stand-ins, once."""
    with ExitStack() as stack:
        stripe = stack.enter_context(running_stripe())
        stack.enter_context(override_settings(STRIPE_API=stripe.url))
        authorize_net = stack.enter_context(running_authorize_net())
        gocardless = stack.enter_context(running_gocardless())
        yield {"stripe": stripe, "gocardless": gocardless, "authorize_net": authorize_net}
        _client().close()
        _client.cache_clear()


SIDES = {"stripe": AtStripe, "gocardless": AtGoCardless, "authorize_net": AtAuthorizeNet}


@pytest.fixture(params=list(SIDES))
def till(request: pytest.FixtureRequest, world: World, providers: dict[str, Any]) -> Till:
    side = SIDES[request.param](providers[request.param])
    with scope(world.job):
        Customer.objects.filter(pk=world.greenleaf.pk).update(allow_bank_payments=True)
    settings = {**side.bench.account.public, **side.bench.account.secrets}
    account = connect_gateway(actor=world.olive, gateway=side.key, name="Pay", settings=settings)
    return Till(world, side, account, Books(world.olive, world.greenleaf))


def test_a_dispute_opens_the_invoice_tells_both_sides_and_is_put_back_when_won(till: Till) -> None:
    invoice, payment = till.paid("60.00")
    assert payment.attempt is not None
    reference = payment.attempt.gateway_reference
    till.hear(till.side.dispute(reference))
    assert till.balance(invoice) == "60.00"
    assert till.books.balances() == {"receivable": "60.00", "sales": "-60.00"}
    with scope(till.world.job):
        dispute = Dispute.objects.get(payment=payment)
        told = Notification.objects.get(event=f"chargeback_{dispute.state}")
        mail = Mail.objects.get(key__startswith=f"dispute/{dispute.pk}/")
    assert dispute.state == ("open" if till.side.evidence else "under_review")
    assert (dispute.evidence_due is not None) is till.side.evidence
    assert ("Hand in evidence" in told.body) is till.side.evidence
    assert "While the bank decides, that amount is not paid" in mail.text
    till.hear(till.side.win(reference))
    assert till.balance(invoice) == "0.00"
    assert till.books.balances() == {"cash": "60.00", "sales": "-60.00"}
    with scope(till.world.job):
        assert Notification.objects.filter(event="chargeback_won").count() == 1
        assert Mail.objects.filter(key=f"dispute/{dispute.pk}/won").count() == 1
    till.books.assert_clean()


def test_a_payout_is_listed_with_what_it_contains_to_the_cent(till: Till) -> None:
    (_first, one), (_second, two) = till.paid("60.00"), till.paid("40.10")
    till.side.pay_out()
    assert read_payouts(organisation_id=till.world.organisation.pk) == 1
    assert read_payouts(organisation_id=till.world.organisation.pk) == 0
    with scope(till.world.job):
        payout = Payout.objects.get()
        lines = list(PayoutLine.objects.select_related("payment"))
    assert {(each.payment.number, str(each.gross.amount)) for each in lines if each.payment} == {
        (one.number, "60.00"),
        (two.number, "40.10"),
    }
    assert str(payout.gross.amount) == "100.10"
    assert payout.amount == payout.gross - payout.fee
    assert sum(each.net.amount for each in lines) == payout.amount.amount
    fees = {
        "stripe": "3.50",
        "gocardless": "0.42",
        "authorize_net": "0.00",
    }  # 2.9 % and 30 cents each; 41.5 cents
    assert str(payout.fee.amount) == fees[till.side.key]


def test_the_report_finds_what_only_one_side_has(till: Till) -> None:
    _invoice, ours = till.paid("60.00")
    till.paid("40.00")
    seen = pay(till.bench, an_intent("5.00", kind=till.side.kind), till.bench.good_card())
    if till.side.kind is MethodKind.BANK:
        till.bench.settle(seen.reference)
    assert ours.attempt is not None
    till.side.forget(ours.attempt.gateway_reference)
    now = clock.now()
    found = report(
        organisation_id=till.world.organisation.pk,
        since=now - timedelta(days=1),
        until=now + timedelta(minutes=5),
    )
    assert found.compared == 3
    assert {(each.what, each.reference) for each in found.differences} == {
        (Differs.THEIRS_ONLY, seen.reference),
        (Differs.OURS_ONLY, ours.attempt.gateway_reference),
    }
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command(
            "reconcile", "--report", "--days", "1", portal=till.world.organisation.portal_name, stdout=out
        )
    assert seen.reference in out.getvalue()
    assert ours.attempt.gateway_reference in out.getvalue()
    # Staff ask once more: that the gateway does not know it takes nothing out of the books.
    ask_about(organisation_id=till.world.organisation.pk, attempt_id=ours.attempt.pk)
    with scope(till.world.job):
        assert PaymentAttempt.objects.get(pk=ours.attempt.pk).state == "succeeded"
    till.books.assert_clean()
