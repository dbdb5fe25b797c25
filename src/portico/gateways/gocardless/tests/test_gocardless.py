"""What is particular to GoCardless: mandates, one debit whatever is repeated, late failures, chargebacks, batches."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.test import override_settings
from tests.fakes.gocardless import FakeGoCardless, running_gocardless

from portico.access.scope import scope
from portico.customers.models import Customer
from portico.gateways.gocardless.api import address
from portico.gateways.gocardless.tests.bench import GoCardlessBench, bench_at
from portico.invoices.models import Invoice
from portico.kit.ids import new_id
from portico.kit.money import Money, total
from portico.payments.actions.events import apply_received, receive_event
from portico.payments.actions.gateways import connect_gateway
from portico.payments.actions.start import PayLine, start_payment
from portico.payments.actions.submit import submit_payment
from portico.payments.gateway import (
    DisputeState,
    GatewayRefusedError,
    GatewayUnreachableError,
    Intent,
    MethodKind,
    Observed,
    Seen,
    StoredMethod,
)
from portico.payments.models import AttemptState, GatewayAccount, GatewayEvent, PaymentAttempt, SavedMethod
from portico.testing.books import Books
from portico.testing.gateway_contract import an_intent, pay
from portico.testing.people import World
from portico.testing.together import together

AGREED = {"at": "2026-03-02T10:00:00+00:00", "ip": "192.0.2.7", "user_agent": "Firefox", "words": "I agree."}
USD60 = Money.of("60.00", "USD")


@pytest.fixture(scope="module")
def server() -> Iterator[FakeGoCardless]:
    """The stand-in."""
    with running_gocardless() as server:
        yield server


@pytest.fixture
def bench(server: FakeGoCardless) -> GoCardlessBench:
    """An account of its own."""
    return bench_at(server)


def debit(currency: str = "USD", **more: object) -> Intent:
    """An intent to debit 60.00."""
    return replace(an_intent("60.00", currency, kind=MethodKind.BANK), **more)  # type: ignore[arg-type]


def saved(bench: GoCardlessBench) -> StoredMethod:
    """A mandate saved by a payment of 60.00."""
    seen = pay(bench, debit(save=True), "")
    assert seen.saved
    return StoredMethod(seen.saved.reference, seen.saved.owner_reference, MethodKind.BANK)


def arrived(bench: GoCardlessBench) -> Observed:
    """A debit that has come."""
    seen = pay(bench, debit(), "")
    bench.settle(seen.reference)
    return bench.gateway.fetch(bench.account, seen.reference)


def test_a_saved_mandate_is_debited_once_however_often_and_from_wherever(bench: GoCardlessBench) -> None:
    intent = debit(method=saved(bench))
    reference = bench.gateway.start(bench.account, intent).reference

    def confirm() -> Observed:
        return bench.gateway.confirm(bench.account, intent, reference, "")

    seen = together(confirm, confirm)
    assert [getattr(each, "state", each) for each in seen] == [Seen.PROCESSING, Seen.PROCESSING]
    assert confirm().state is Seen.PROCESSING
    assert bench.charged("USD") == 12000


def test_a_saved_mandates_debit_that_was_called_off_cannot_be_made_by_a_late_confirm(
    bench: GoCardlessBench,
) -> None:
    intent = debit(method=saved(bench))
    reference = bench.gateway.start(bench.account, intent).reference
    assert bench.gateway.cancel(bench.account, reference).state is Seen.CANCELLED
    assert bench.gateway.confirm(bench.account, intent, reference, "").state is Seen.CANCELLED
    assert bench.charged("USD") == 6000


def test_what_the_customer_agreed_to_at_gocardless_and_we_called_off_is_not_debited(
    bench: GoCardlessBench,
) -> None:
    intent = debit()
    reference = bench.gateway.start(bench.account, intent).reference
    bench.gateway.confirm(bench.account, intent, reference, "")
    bench.approve(reference)
    assert bench.gateway.fetch(bench.account, reference).state is Seen.READY
    assert bench.gateway.cancel(bench.account, reference).state is Seen.CANCELLED
    assert bench.gateway.confirm(bench.account, intent, reference, "").state is Seen.CANCELLED
    assert bench.charged("USD") == 0


def test_a_debit_is_called_off_until_it_goes_to_the_banks(bench: GoCardlessBench) -> None:
    early, late = pay(bench, debit(), ""), pay(bench, debit(), "")
    bench.books.rows["payments"][bench.payment(late.reference)]["status"] = "submitted"
    assert bench.gateway.cancel(bench.account, early.reference).state is Seen.CANCELLED
    assert bench.gateway.cancel(bench.account, late.reference).state is Seen.PROCESSING
    assert bench.charged("USD") == 6000


def test_a_lost_answer_to_a_saved_mandates_debit_is_found_again(bench: GoCardlessBench) -> None:
    intent = debit(method=saved(bench))
    reference = bench.gateway.start(bench.account, intent).reference
    bench.lose_next_answer()
    with pytest.raises(GatewayUnreachableError):
        bench.gateway.confirm(bench.account, intent, reference, "")
    assert bench.gateway.fetch(bench.account, reference).state is Seen.PROCESSING
    assert bench.gateway.confirm(bench.account, intent, reference, "").state is Seen.PROCESSING
    assert bench.charged("USD") == 12000


def test_a_failure_before_it_came_is_failed_and_after_it_came_is_returned(bench: GoCardlessBench) -> None:
    early, late = pay(bench, debit(), ""), arrived(bench)
    bench.books.fail(bench.payment(early.reference))
    bench.books.fail(bench.payment(late.reference), "bank_account_closed")
    failed = bench.gateway.fetch(bench.account, early.reference)
    assert (failed.state, failed.failure_code) == (Seen.FAILED, "insufficient_funds")
    returned = bench.gateway.fetch(bench.account, late.reference)
    assert (returned.state, returned.failure_code) == (Seen.RETURNED, "bank_account_closed")


def test_a_chargeback_is_a_dispute_that_gocardless_may_undo(bench: GoCardlessBench) -> None:
    seen = arrived(bench)
    bench.books.charge_back(bench.payment(seen.reference))
    back = bench.gateway.fetch(bench.account, seen.reference)
    assert back.state is Seen.SUCCEEDED
    assert [(each.state, each.amount, each.money_taken) for each in back.disputes] == [
        (DisputeState.UNDER_REVIEW, USD60, True)
    ]
    bench.books.undo_charge_back(bench.payment(seen.reference))
    undone = bench.gateway.fetch(bench.account, seen.reference)
    assert [(each.state, each.money_taken) for each in undone.disputes] == [(DisputeState.WON, False)]
    assert undone.disputes[0].reference == back.disputes[0].reference


def test_a_refund_that_bounces_is_told_and_can_be_made_again(bench: GoCardlessBench) -> None:
    seen, keys = arrived(bench), [str(new_id()), str(new_id())]
    first = bench.gateway.refund(bench.account, seen.reference, USD60, keys[0])
    bench.books.bounce(first.reference)
    (told,) = bench.gateway.fetch(bench.account, seen.reference).refunds
    assert (told.key, told.state) == (keys[0], Seen.FAILED)
    bench.gateway.refund(bench.account, seen.reference, USD60, keys[1])
    again = bench.gateway.fetch(bench.account, seen.reference).refunds
    assert {each.key: each.state for each in again} == {keys[0]: Seen.FAILED, keys[1]: Seen.PROCESSING}


def test_every_event_of_a_batch_is_taken_and_those_of_no_concern_left_out(bench: GoCardlessBench) -> None:
    first, second = arrived(bench), pay(bench, debit(), "")
    refund = bench.gateway.refund(bench.account, first.reference, Money.of("10.00", "USD"), str(new_id()))
    sent = [
        bench.books.events_of(bench.payment(second.reference))[-1],
        bench.books.event("mandates", "active", {"mandate": "MD1"}),
        bench.books.events_of(bench.payment(first.reference))[-1],
        bench.books.events_of(refund.reference)[-1],
    ]
    events = bench.gateway.parse_event(bench.account, *bench.books.delivery(*sent))
    assert [each.id for each in events] == [sent[0]["id"], sent[2]["id"], sent[3]["id"]]
    assert [json.loads(each.part)["id"] for each in events] == [each.id for each in events]
    found = [bench.gateway.fetch(bench.account, each.reference).reference for each in events]
    assert found == [second.reference, first.reference, first.reference]


def test_pounds_are_paid_at_once_where_gocardless_offers_it(server: FakeGoCardless) -> None:
    bench = bench_at(server, instant="yes")
    intent = debit("GBP")
    seen = pay(bench, intent, "")
    assert (seen.state, seen.intent_id, seen.amount) == (Seen.PROCESSING, intent.id, intent.amount)
    assert not bench.books.rows["mandates"]
    bench.settle(seen.reference)
    body, headers = bench.event_about(seen.reference)
    (event,) = bench.gateway.parse_event(bench.account, body, headers)
    told = bench.gateway.fetch(bench.account, event.reference)
    assert (told.reference, told.intent_id, told.state) == (seen.reference, intent.id, Seen.SUCCEEDED)
    kept = pay(bench, debit("GBP", save=True), "")
    assert kept.saved
    assert kept.saved.currency == "GBP"


def test_a_payout_is_the_sum_of_its_lines(bench: GoCardlessBench) -> None:
    first, second = arrived(bench), arrived(bench)
    bench.books.pay_out(fee="41.5")
    (payout,) = bench.gateway.payouts(bench.account, date(2020, 1, 1))
    assert payout.amount == total((each.net for each in payout.lines), "USD")
    assert {each.reference for each in payout.lines if each.kind == "payment"} == {
        first.reference,
        second.reference,
    }
    assert [each.net for each in payout.lines if each.kind == "fee"] == [Money.of("-0.42", "USD")]


def test_yen_and_other_addresses_are_refused(bench: GoCardlessBench) -> None:
    with pytest.raises(GatewayRefusedError):
        bench.gateway.start(bench.account, an_intent("60", "JPY", kind=MethodKind.BANK))
    for mode in ("http://127.0.0.1.evil.example", "http://169.254.169.254", "http://127.0.0.1:9/x", ""):
        with pytest.raises(GatewayRefusedError):
            address(mode)
    assert address("http://127.0.0.1:9")
    with override_settings(PRODUCTION=True), pytest.raises(GatewayRefusedError):
        address("http://127.0.0.1:9")
    assert address("live") == "https://api.gocardless.com"


def deliver(bench: GoCardlessBench, row: GatewayAccount, *events: dict[str, object]) -> list[GatewayEvent]:
    """Send events to our inbox, and apply them."""
    body, headers = bench.books.delivery(*events)
    received = receive_event(account_id=row.pk, body=body, headers=headers)
    return [apply_received(organisation_id=row.organisation_id, event_row_id=each.pk) for each in received]


def a_debit(world: World, row: GatewayAccount, invoice: Invoice, **more: Any) -> PaymentAttempt:
    """Maya pays an invoice by GoCardless, as far as it goes without her."""
    attempt = start_payment(
        actor=world.maya,
        submission_key=new_id(),
        gateway_account_id=row.pk,
        kind=MethodKind.BANK,
        mandate=AGREED,
        **more,
        lines=[PayLine(invoice.pk, invoice.balance)],
    )
    return submit_payment(
        organisation_id=attempt.organisation_id,
        attempt_id=attempt.pk,
        token="",
        return_url="http://127.0.0.1/back",
    )


def test_maya_pays_by_mandate_and_again_by_the_saved_one(world: World, bench: GoCardlessBench) -> None:
    with scope(world.job):
        Customer.objects.filter(pk=world.greenleaf.pk).update(allow_bank_payments=True)
    settings = {**bench.account.public, **bench.account.secrets}
    row = connect_gateway(actor=world.olive, gateway="gocardless", name="Bank debit", settings=settings)
    books = Books(world.olive, world.greenleaf)
    first, second = books.invoice("60.00"), books.invoice("25.00")
    attempt = a_debit(world, row, first, save=True)
    assert attempt.state == AttemptState.NEEDS_ACTION
    assert attempt.action_url.startswith("http")

    bench.approve(attempt.gateway_reference)
    agreed = bench.books.events_of(attempt.gateway_reference)[-1]
    deliver(bench, row, agreed)
    with scope(world.job):
        attempt.refresh_from_db()
    assert attempt.state == AttemptState.PROCESSING
    bench.settle(attempt.gateway_reference)
    events = bench.books.events_of(bench.payment(attempt.gateway_reference))
    deliver(bench, row, *reversed(events))
    deliver(bench, row, *events)
    with scope(world.job):
        attempt.refresh_from_db()
        first.refresh_from_db()
        method = SavedMethod.objects.get(contact_person_id=world.maya.person_id)
        assert GatewayEvent.objects.filter(gateway_account=row).count() == len(events) + 1
    assert (attempt.state, str(first.balance), method.last4) == (AttemptState.SUCCEEDED, "0.00 USD", "11")

    again = a_debit(world, row, second, method_id=method.pk)
    assert again.state == AttemptState.PROCESSING
    assert bench.charged("USD") == 8500
    books.assert_clean()
