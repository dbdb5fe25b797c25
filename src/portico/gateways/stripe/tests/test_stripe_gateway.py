"""The Stripe gateway over HTTP against a stand-in that keeps Stripe's rules: the contract, and paying."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar

import httpx
import pytest
from django.test import override_settings

from portico.gateways.stripe.amounts import from_units, to_units
from portico.gateways.stripe.tests.bench import BANK, GOOD, StripeBench, owner
from portico.gateways.stripe.tests.fake_calls import approve
from portico.gateways.stripe.tests.fake_objects import BY_DEPOSITS
from portico.kit.ids import new_id
from portico.kit.money import Money
from portico.payments.gateway import (
    Agreed,
    GatewayRefusedError,
    GatewayUnreachableError,
    MethodKind,
    Observed,
    Saving,
    Seen,
    StoredMethod,
)
from portico.testing.gateway_contract import GatewayContract, an_intent, pay
from portico.testing.together import together


class TestStripeGateway(GatewayContract):
    """The contract, at the stand-in."""

    amounts: ClassVar[tuple[tuple[str, str, int], ...]] = (
        ("60.00", "USD", 6000),
        ("1200", "JPY", 1200),
        ("1.230", "KWD", 1230),
        ("500", "ISK", 50000),
    )

    def test_a_gateway_that_is_gone_is_unreachable(self, bench: StripeBench) -> None:  # type: ignore[override]
        with override_settings(STRIPE_API="http://127.0.0.1:9"), pytest.raises(GatewayUnreachableError):
            bench.gateway.start(bench.account, an_intent())


def test_an_amount_that_stripe_does_not_take_is_refused() -> None:
    for amount, currency in (("1.234", "KWD"), ("0.001", "BHD")):
        with pytest.raises(GatewayRefusedError):
            to_units(Money.of(amount, currency))
    for amount, currency, units in (("12", "UGX", 1200), ("12", "KRW", 12), ("12", "RSD", 1200)):
        money = Money.of(amount, currency)
        assert to_units(money) == units
        assert from_units(units, currency.lower()) == money


def test_two_who_confirm_at_once_charge_once(bench: StripeBench) -> None:
    intent = an_intent()
    reference = bench.gateway.start(bench.account, intent).reference
    tokens = iter((bench.good_card(), bench.good_card()))
    seen = together(
        *[lambda: bench.gateway.confirm(bench.account, intent, reference, next(tokens)) for _ in range(2)]
    )
    assert [each.state for each in seen if isinstance(each, Observed)] == [Seen.SUCCEEDED] * 2
    assert bench.charged("USD") == 6000


def test_a_confirmation_that_comes_late_finds_what_was_called_off(bench: StripeBench) -> None:
    intent = an_intent()
    reference = bench.gateway.start(bench.account, intent).reference
    bench.gateway.cancel(bench.account, reference)
    assert bench.gateway.confirm(bench.account, intent, reference, bench.good_card()).state is Seen.CANCELLED
    assert bench.charged("USD") == 0


@pytest.mark.parametrize("step", ["start", "confirm", "cancel", "refund"])
def test_an_answer_lost_at_any_call_does_nothing_twice(bench: StripeBench, step: str) -> None:
    intent = an_intent()
    if step == "start":
        bench.lose_next_answer()
        with pytest.raises(GatewayUnreachableError):
            bench.gateway.start(bench.account, intent)
    reference = bench.gateway.start(bench.account, intent).reference
    assert len(bench.stripe.keep.all("payment_intent")) == 1
    token = bench.good_card()
    if step == "cancel":
        bench.lose_next_answer()
        with pytest.raises(GatewayUnreachableError):
            bench.gateway.cancel(bench.account, reference)
        assert bench.gateway.cancel(bench.account, reference).state is Seen.CANCELLED
        return
    if step == "confirm":
        bench.lose_next_answer()
        with pytest.raises(GatewayUnreachableError):
            bench.gateway.confirm(bench.account, intent, reference, token)
    assert bench.gateway.confirm(bench.account, intent, reference, token).state is Seen.SUCCEEDED
    assert bench.charged("USD") == 6000
    if step == "refund":
        part, key = Money.of("20.00", "USD"), str(new_id())
        bench.lose_next_answer()
        with pytest.raises(GatewayUnreachableError):
            bench.gateway.refund(bench.account, reference, part, key)
        bench.stripe.answered.clear()  # a day later Stripe has forgotten the key
        assert bench.gateway.refund(bench.account, reference, part, key).key == key
        assert len(bench.gateway.fetch(bench.account, reference).refunds) == 1


def test_a_key_that_was_used_for_something_else_leaves_the_outcome_unknown(bench: StripeBench) -> None:
    intent, token = an_intent(), bench.good_card()
    reference = bench.gateway.start(bench.account, intent).reference
    assert bench.gateway.confirm(bench.account, intent, reference, token).state is Seen.SUCCEEDED
    elsewhere = replace(intent, return_url="https://pay.greenleaf.example/back")
    with pytest.raises(GatewayUnreachableError):  # it had charged: “refused” would say that it did nothing
        bench.gateway.confirm(bench.account, elsewhere, reference, token)
    assert bench.charged("USD") == 6000


def test_3d_secure_leads_to_the_bank_and_ends_as_the_customer_answers_there(bench: StripeBench) -> None:
    for answer, ends in (("approve", Seen.SUCCEEDED), ("fail", Seen.FAILED)):
        intent = an_intent()
        reference = bench.gateway.start(bench.account, intent).reference
        seen = bench.gateway.confirm(bench.account, intent, reference, bench.card_that_asks())
        assert (seen.state, seen.patience) == (Seen.NEEDS_ACTION, None)
        sent = httpx.post(seen.action_url, data={"answer": answer}, timeout=60)
        assert sent.headers["Location"] == intent.return_url
        assert bench.gateway.fetch(bench.account, reference).state is ends
    assert bench.charged("USD") == 6000


def test_a_bank_account_is_verified_by_two_small_deposits_where_it_must_be(bench: StripeBench) -> None:
    intent = an_intent(kind=MethodKind.BANK)
    reference = bench.gateway.start(bench.account, intent).reference
    seen = bench.gateway.confirm(bench.account, intent, reference, bench.card(BY_DEPOSITS, "us_bank_account"))
    assert (seen.state, seen.mode, seen.patience) == (Seen.NEEDS_ACTION, "bank_debit", timedelta(days=10))
    assert "/hooks/deposits/" in seen.action_url
    bench.approve(reference)
    assert bench.gateway.fetch(bench.account, reference).state is Seen.PROCESSING


def test_a_debit_that_never_arrives_has_failed(bench: StripeBench) -> None:
    seen = pay(bench, an_intent(kind=MethodKind.BANK), bench.good_bank())
    bench.stripe.keep.fail_debit(
        bench.stripe.intent(seen.reference), "insufficient_funds", "The account has insufficient funds."
    )
    seen = bench.gateway.fetch(bench.account, seen.reference)
    assert (seen.state, seen.failure_code) == (Seen.FAILED, "insufficient_funds")
    assert seen.failure_message == "The account has insufficient funds."


def test_a_debit_needs_the_customers_consent(bench: StripeBench) -> None:
    intent = replace(an_intent(kind=MethodKind.BANK), agreed=None)
    reference = bench.gateway.start(bench.account, intent).reference
    with pytest.raises(GatewayRefusedError, match="mandate"):
        bench.gateway.confirm(bench.account, intent, reference, bench.good_bank())


def test_euros_are_debited_by_sepa(bench: StripeBench) -> None:
    intent = an_intent("60.00", "EUR", kind=MethodKind.BANK, save=True)
    seen = pay(bench, intent, bench.card("DE89370400440532013000", "sepa_debit"))
    assert (seen.state, seen.mode, seen.method_label) == (
        Seen.PROCESSING,
        "bank_debit",
        "SEPA ending 3000",
    )
    bench.settle(seen.reference)
    saved = bench.gateway.fetch(bench.account, seen.reference).saved
    assert saved is not None
    assert (saved.kind, saved.brand, saved.last4, saved.currency) == (MethodKind.BANK, "SEPA", "3000", "EUR")
    with pytest.raises(GatewayRefusedError):
        bench.gateway.start(bench.account, an_intent("60", "JPY", kind=MethodKind.BANK))


@pytest.mark.parametrize(
    ("kind", "number", "label"),
    [("card", GOOD, "Visa"), ("us_bank_account", BANK, "STRIPE TEST BANK")],
    ids=["card", "bank"],
)
def test_a_method_saved_without_paying_is_charged_without_the_customer(
    bench: StripeBench, kind: str, number: str, label: str
) -> None:
    ours = MethodKind.CARD if kind == "card" else MethodKind.BANK
    agreed = Agreed(datetime.now(UTC), "127.0.0.1", "Test") if ours is MethodKind.BANK else None
    saving = Saving(new_id(), owner(), ours, "http://127.0.0.1/back", agreed)
    saved = bench.gateway.save_method(bench.account, saving, bench.card(number, kind)).saved
    assert saved is not None
    assert (saved.brand, saved.last4) == (label, number[-4:])
    assert saved.expires == (date(2034, 12, 31) if ours is MethodKind.CARD else None)
    method = StoredMethod(saved.reference, saved.owner_reference, ours)
    intent = replace(
        an_intent("5.00", kind=ours, method=method), off_session=True, return_url="", agreed=None
    )
    assert pay(bench, intent, "").state in (Seen.SUCCEEDED, Seen.PROCESSING)
    assert bench.charged("USD") == 500


def test_saving_a_card_that_asks_waits_for_the_bank_and_a_declined_one_says_so(bench: StripeBench) -> None:
    saving = Saving(new_id(), owner(), MethodKind.CARD, "http://127.0.0.1/back")
    seen = bench.gateway.save_method(bench.account, saving, bench.card_that_asks())
    assert seen.state is Seen.NEEDS_ACTION
    approve(bench.stripe.keep, bench.stripe.keep.objects[seen.reference], agreed=False)
    assert bench.gateway.fetch_saving(bench.account, saving, seen.reference).state is Seen.FAILED
    declined = bench.gateway.save_method(bench.account, saving, bench.declined_card())
    assert (declined.state, declined.failure_message) == (Seen.FAILED, "Your card was declined.")


def test_a_person_becomes_one_customer_at_stripe_however_often_they_save(bench: StripeBench) -> None:
    maya = owner()
    for _ in range(2):
        saving = Saving(new_id(), maya, MethodKind.CARD, "http://127.0.0.1/back")
        bench.gateway.save_method(bench.account, saving, bench.good_card())
    pay(bench, an_intent(save=True, owner=maya), bench.good_card())
    assert len(bench.stripe.keep.all("customer")) == 1
    pay(bench, an_intent(), bench.good_card())
    assert len(bench.stripe.keep.all("customer")) == 1, "who saves nothing is not written down there"
