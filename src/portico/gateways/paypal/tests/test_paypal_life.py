"""Maya pays with PayPal through our own actions: on PayPal's site, with what was saved, and without coming back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest
from tests.fakes.paypal import FakePayPal, running_paypal
from tests.fakes.paypal_books import Merchant

from portico.access import audit
from portico.access.scope import scope
from portico.invoices.models import Invoice
from portico.kit import clock
from portico.kit.ids import new_id
from portico.kit.money import Money
from portico.notifications.models import Mail, Notification
from portico.payments.accounts import open_account
from portico.payments.actions.events import apply_received, receive_event
from portico.payments.actions.gateway_refunds import request_refund, submit_refund
from portico.payments.actions.gateways import add_gateway_account
from portico.payments.actions.reconcile import reconcile
from portico.payments.actions.start import PayLine, start_payment
from portico.payments.actions.submit import submit_payment
from portico.payments.gateway import MethodKind, Observed, Seen, SignatureError
from portico.payments.models import (
    AttemptState,
    GatewayAccount,
    GatewayEvent,
    GatewayRefund,
    Payment,
    PaymentAttempt,
    RefundState,
)
from portico.testing.books import Books
from portico.testing.gateway_contract import an_intent
from portico.testing.people import World
from portico.testing.together import together


@pytest.fixture(scope="module")
def fake() -> Iterator[FakePayPal]:
    """A running stand-in."""
    with running_paypal() as running:
        yield running


@pytest.fixture
def books(world: World) -> Books:
    return Books(world.olive, world.greenleaf)


@pytest.fixture
def merchant(fake: FakePayPal) -> Merchant:
    return fake.open_merchant()


@pytest.fixture
def account(world: World, fake: FakePayPal, merchant: Merchant) -> GatewayAccount:
    """Northwind's PayPal account, at the stand-in."""
    settings = {
        "mode": "sandbox",
        "client_id": merchant.client_id,
        "client_secret": merchant.secret,
        "webhook_id": merchant.webhook_id,
    }
    row = add_gateway_account(actor=world.olive, gateway="paypal", name="PayPal", settings=settings)
    stand_in = {"stand_in": fake.url, "stand_in_root": fake.signing.root}
    with scope(world.olive):
        GatewayAccount.objects.filter(pk=row.pk).update(public=row.public | stand_in)
    return row


def begin(world: World, account: GatewayAccount, invoice: Invoice, amount: str) -> PaymentAttempt:
    """Maya chooses PayPal and presses Pay."""
    attempt = start_payment(
        actor=world.maya,
        submission_key=new_id(),
        gateway_account_id=account.pk,
        kind=MethodKind.WALLET,
        lines=[PayLine(invoice.pk, Money.of(amount, "USD"))],
    )
    return submit_payment(
        organisation_id=attempt.organisation_id,
        attempt_id=attempt.pk,
        token="",
        return_url="https://portal.example/pay/back",
    )


def deliver(fake: FakePayPal, merchant: Merchant, account: GatewayAccount, kind: str) -> GatewayEvent:
    """PayPal delivers its last event of a kind twice, and it is applied twice."""
    event = [each for each in merchant.events if each["event_type"] == kind][-1]
    for _ in range(2):
        body, headers = fake.sent(merchant, event)
        (row,) = receive_event(account_id=account.pk, body=body, headers=headers)
        applied = apply_received(organisation_id=account.organisation_id, event_row_id=row.pk)
    return applied


def standing(world: World, attempt: PaymentAttempt) -> tuple[str, int]:
    """The attempt's state, and how many payments are in the books."""
    with scope(world.olive):
        state = PaymentAttempt.objects.get(pk=attempt.pk).state
        return str(state), Payment.objects.filter(customer=world.greenleaf).count()


def test_a_whole_life(
    world: World, books: Books, fake: FakePayPal, merchant: Merchant, account: GatewayAccount
) -> None:
    invoice = books.invoice("100.00")
    attempt = begin(world, account, invoice, "60.00")
    assert attempt.state == AttemptState.NEEDS_ACTION
    assert "/checkoutnow?token=" in attempt.action_url
    merchant.approve(attempt.gateway_reference)
    # She closes her browser: the event takes the payment, however often and in whatever order events come.
    row = deliver(fake, merchant, account, "CHECKOUT.ORDER.APPROVED")
    assert row.outcome == GatewayEvent.Outcome.APPLIED
    assert standing(world, attempt) == (AttemptState.SUCCEEDED, 1)
    deliver(fake, merchant, account, "PAYMENT.CAPTURE.COMPLETED")
    merchant.tell("CHECKOUT.ORDER.APPROVED", merchant.orders[attempt.gateway_reference])
    deliver(fake, merchant, account, "CHECKOUT.ORDER.APPROVED")
    assert standing(world, attempt) == (AttemptState.SUCCEEDED, 1)
    assert [str(amount) for _, _, amount in merchant.charged] == ["60.00"]
    gateway, opened = open_account(account.organisation_id, account.pk)
    for part in ("20.00", "40.00"):
        gateway.refund(opened, attempt.gateway_reference, Money.of(part, "USD"), f"refund-{part}")
    deliver(fake, merchant, account, "PAYMENT.CAPTURE.REFUNDED")
    seen = gateway.fetch(opened, attempt.gateway_reference)
    assert (seen.state, len(seen.refunds)) == (Seen.SUCCEEDED, 2)
    books.assert_clean()


def test_who_approves_and_never_comes_back_is_charged_by_reconcile(
    world: World, books: Books, merchant: Merchant, account: GatewayAccount
) -> None:
    attempt = begin(world, account, books.invoice("100.00"), "60.00")
    merchant.approve(attempt.gateway_reference)
    reconcile(organisation_id=world.olive.organisation_id, grace=timedelta(0))
    assert standing(world, attempt) == (AttemptState.SUCCEEDED, 1)


def test_who_never_approves_is_called_off_for_good(
    world: World, books: Books, fake: FakePayPal, merchant: Merchant, account: GatewayAccount
) -> None:
    attempt = begin(world, account, books.invoice("100.00"), "60.00")
    reconcile(organisation_id=world.olive.organisation_id, grace=timedelta(0))
    assert standing(world, attempt) == (AttemptState.NEEDS_ACTION, 0)
    reconcile(organisation_id=world.olive.organisation_id, grace=timedelta(0), patience=timedelta(0))
    assert standing(world, attempt) == (AttemptState.CANCELLED, 0)
    merchant.approve(attempt.gateway_reference)
    deliver(fake, merchant, account, "CHECKOUT.ORDER.APPROVED")
    assert standing(world, attempt) == (AttemptState.CANCELLED, 0)
    assert merchant.charged == []


def test_a_decline_reserves_nothing_any_more(
    world: World, books: Books, fake: FakePayPal, merchant: Merchant, account: GatewayAccount
) -> None:
    invoice = books.invoice("100.00")
    attempt = begin(world, account, invoice, "100.00")
    merchant.declines_next = True
    merchant.approve(attempt.gateway_reference)
    deliver(fake, merchant, account, "CHECKOUT.ORDER.APPROVED")
    assert standing(world, attempt) == (AttemptState.FAILED, 0)
    again = begin(world, account, invoice, "100.00")
    assert again.state == AttemptState.NEEDS_ACTION


def test_what_paypal_has_forgotten_fails_and_can_be_paid_again(
    world: World, books: Books, merchant: Merchant, account: GatewayAccount
) -> None:
    invoice = books.invoice("100.00")
    attempt = begin(world, account, invoice, "100.00")
    del merchant.orders[attempt.gateway_reference]
    reconcile(organisation_id=world.olive.organisation_id, grace=timedelta(0))
    assert standing(world, attempt) == (AttemptState.NEEDS_ACTION, 0), "it may be confirmed this moment"
    with clock.held_at(clock.now() + timedelta(minutes=11)):
        reconcile(organisation_id=world.olive.organisation_id)
    assert standing(world, attempt) == (AttemptState.FAILED, 0)
    with scope(world.job):
        mail = Mail.objects.get(key=f"payment-failed/{attempt.pk}")
        told = Notification.objects.filter(event="payment_failed").first()
    assert "nothing was charged" in mail.text
    assert told is not None
    assert f"knows no such payment as {attempt.gateway_reference}" in told.body
    assert begin(world, account, invoice, "100.00").state == AttemptState.NEEDS_ACTION
    books.assert_clean()


@pytest.mark.parametrize("why", ["on its way", "other credentials"])
def test_not_knowing_it_proves_little_so_staff_have_days_to_look(
    world: World, books: Books, merchant: Merchant, account: GatewayAccount, why: str
) -> None:
    attempt = begin(world, account, books.invoice("100.00"), "100.00")
    del merchant.orders[attempt.gateway_reference]
    with scope(world.job):
        if why == "on its way":
            PaymentAttempt.objects.filter(pk=attempt.pk).update(state=AttemptState.PROCESSING)
        else:
            audit.record(world.olive, "gateway_account.changed", account, account.name)
    before = standing(world, attempt)
    for days in (1, 2):
        with clock.held_at(clock.now() + timedelta(days=days)):
            reconcile(organisation_id=world.olive.organisation_id)
    assert standing(world, attempt) == before
    with scope(world.job):
        told = Notification.objects.filter(event="payment_forgotten")
        assert told.count() == 1
    with clock.held_at(clock.now() + timedelta(days=15)):
        reconcile(organisation_id=world.olive.organisation_id)
    assert standing(world, attempt) == (AttemptState.FAILED, 0)


def test_a_refund_that_paypal_will_not_speak_of_is_not_taken_for_failed(
    world: World, books: Books, merchant: Merchant, account: GatewayAccount
) -> None:
    attempt = begin(world, account, books.invoice("100.00"), "100.00")
    merchant.approve(attempt.gateway_reference)
    reconcile(organisation_id=world.olive.organisation_id, grace=timedelta(0))
    with scope(world.job):
        payment = Payment.objects.get(attempt=attempt)
    row = request_refund(actor=world.olive, payment=payment, amount=Money.of("40", "USD"), chosen={})
    with scope(world.job):  # sent by a worker that died before it heard the answer
        GatewayRefund.objects.filter(pk=row.pk).update(state=RefundState.SUBMITTED)
    order = merchant.orders.pop(attempt.gateway_reference)
    row = submit_refund(organisation_id=world.olive.organisation_id, refund_id=row.pk)
    assert row.state == RefundState.UNKNOWN
    with scope(world.job):
        assert "does not say what became of it" in str(
            Notification.objects.filter(event="payment_mismatch").values_list("body", flat=True)[0]
        )
    merchant.orders[attempt.gateway_reference] = order
    assert submit_refund(organisation_id=world.olive.organisation_id, refund_id=row.pk).state == "succeeded"
    books.assert_clean()


def test_an_event_of_another_merchant_is_refused(
    world: World, books: Books, fake: FakePayPal, merchant: Merchant, account: GatewayAccount
) -> None:
    attempt = begin(world, account, books.invoice("100.00"), "60.00")
    merchant.approve(attempt.gateway_reference)
    body, headers = fake.sent(fake.open_merchant(), merchant.events[-1])
    with pytest.raises(SignatureError):
        receive_event(account_id=account.pk, body=body, headers=headers)
    assert standing(world, attempt) == (AttemptState.NEEDS_ACTION, 0)


def test_connections_are_kept_open_between_calls(
    world: World, books: Books, fake: FakePayPal, account: GatewayAccount
) -> None:
    gateway, opened = open_account(account.organisation_id, account.pk)
    gateway.check(opened)
    before, asked = fake.connections, len(fake.asked)
    begin(world, account, books.invoice("100.00"), "60.00")
    assert len(fake.asked) - asked >= 3
    assert fake.connections - before <= 1


def test_many_threads_share_the_client(fake: FakePayPal, account: GatewayAccount, merchant: Merchant) -> None:
    gateway, opened = open_account(account.organisation_id, account.pk)
    orders = [
        gateway.start(opened, an_intent(f"{n}.00", kind=MethodKind.WALLET)).reference for n in (1, 2, 3, 4)
    ]
    seen = together(*[partial(gateway.fetch, opened, each) for each in orders])
    assert [each.amount for each in seen if isinstance(each, Observed)] == [
        Money.of(f"{n}.00", "USD") for n in (1, 2, 3, 4)
    ]
