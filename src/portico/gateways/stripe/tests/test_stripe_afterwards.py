"""What Stripe tells after a payment: disputes, refunds, payouts, events; and how its keys and answers are read."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import get_args

import pytest
import stripe
from django.conf import settings
from django.test import override_settings
from stripe import Charge, Dispute, PaymentIntent
from stripe.params import (
    CustomerCreateParams,
    PaymentIntentConfirmParams,
    PaymentIntentCreateParams,
    RefundCreateParams,
    SetupIntentCreateParams,
)

from portico.gateways.stripe.addresses import API, SCRIPT, locale_of
from portico.gateways.stripe.apps import refuse_others_in_production
from portico.gateways.stripe.reading import (
    _CHARGED,
    _DISPUTED,
    _SEEN,
    charged,
    observed,
    refund_seen,
    saved_seen,
)
from portico.gateways.stripe.tests.bench import StripeBench, paid
from portico.gateways.stripe.tests.fake_calls import KNOWN
from portico.kit.ids import new_id
from portico.kit.money import Money
from portico.payments.gateway import (
    DisputeState,
    FieldsPage,
    GatewayRefusedError,
    MethodKind,
    Seen,
    SignatureError,
)
from portico.testing.gateway_contract import a_wish


@pytest.mark.parametrize(
    ("status", "state", "taken"),
    [
        ("warning_needs_response", DisputeState.OPEN, False),
        ("needs_response", DisputeState.OPEN, True),
        ("under_review", DisputeState.UNDER_REVIEW, True),
        ("appeal_needs_response", DisputeState.OPEN, True),
        ("appeal_under_review", DisputeState.UNDER_REVIEW, True),
        ("warning_closed", DisputeState.WON, False),
        ("prevented", DisputeState.WON, False),
        ("won", DisputeState.WON, False),
        ("lost", DisputeState.LOST, True),
    ],
)
def test_a_cards_dispute_is_told_as_it_stands(
    bench: StripeBench, status: str, state: DisputeState, taken: bool
) -> None:
    reference = paid(bench)
    bench.stripe.keep.dispute(bench.stripe.intent(reference), status, "product_not_received")
    seen = bench.gateway.fetch(bench.account, reference)
    (told,) = seen.disputes
    assert (seen.state, told.state, told.money_taken) == (Seen.SUCCEEDED, state, taken)
    assert (told.amount, told.reason) == (Money.of("60.00", "USD"), "Product not received")
    assert (told.evidence_due is not None) == (state is DisputeState.OPEN)


def test_every_state_that_stripes_package_names_is_understood() -> None:
    for described, read in ((Dispute, _DISPUTED), (PaymentIntent, _SEEN), (Charge, _CHARGED)):
        named, _text = get_args(described.__annotations__["status"])
        left = set(get_args(named)) - read.keys()
        assert left <= {"requires_capture"}, "only what is captured by hand, which is never asked for"


def test_what_stripe_has_moved_says_whether_a_disputes_money_is_gone(bench: StripeBench) -> None:
    keep, references = bench.stripe.keep, (paid(bench), paid(bench))
    waiting = keep.dispute(bench.stripe.intent(references[0]), "needs_response", "fraudulent")
    waiting["balance_transactions"] = []  # not withdrawn yet: an event of its own tells when it is
    keep.withdraw(keep.dispute(bench.stripe.intent(references[1]), "prevented", "fraudulent"))
    told = [bench.gateway.fetch(bench.account, each).disputes[0] for each in references]
    assert [(each.state, each.money_taken) for each in told] == [
        (DisputeState.OPEN, False),
        (DisputeState.LOST, True),
    ]


def test_a_refund_that_the_customers_bank_sends_back_is_told(bench: StripeBench) -> None:
    reference, key = paid(bench), str(new_id())
    made = bench.gateway.refund(bench.account, reference, Money.of("60.00", "USD"), key)
    bench.stripe.keep.fail_refund(bench.stripe.keep.objects[made.reference])
    (told,) = bench.gateway.fetch(bench.account, reference).refunds
    assert (told.state, told.key, told.failure_message) == (Seen.FAILED, key, "Lost or stolen card")


def test_a_payout_is_the_sum_of_its_lines(bench: StripeBench) -> None:
    first, second = paid(bench), paid(bench, "40.00")
    bench.gateway.refund(bench.account, first, Money.of("10.00", "USD"), str(new_id()))
    bench.stripe.keep.pay_out()
    (payout,) = bench.gateway.payouts(bench.account, date.today() - timedelta(days=1))  # noqa: DTZ011
    assert sum(each.net.amount for each in payout.lines) == payout.amount.amount
    assert {(each.kind, each.reference, str(each.gross)) for each in payout.lines} == {
        ("charge", first, "60.00 USD"),
        ("charge", second, "40.00 USD"),
        ("refund", first, "-10.00 USD"),
    }
    assert not list(bench.gateway.payouts(bench.account, date.today() + timedelta(days=2)))  # noqa: DTZ011


def test_events_of_refunds_and_disputes_name_the_payment(bench: StripeBench) -> None:
    reference = paid(bench)
    keep = bench.stripe.keep
    bench.gateway.refund(bench.account, reference, Money.of("10.00", "USD"), str(new_id()))
    dispute = keep.dispute(bench.stripe.intent(reference), "needs_response", "fraudulent")
    about = (("refund.updated", keep.all("refund")[0]), ("charge.dispute.created", dispute))
    for kind, found in (*about, ("charge.refunded", keep.all("charge")[0])):
        (event,) = bench.gateway.parse_event(bench.account, *bench.stripe.event(kind, found))
        assert (event.reference, event.kind, event.amount) == (reference, kind, None)
    alone = {**keep.all("charge")[0], "payment_intent": None}
    assert bench.gateway.parse_event(bench.account, *bench.stripe.event("charge.succeeded", alone)) == ()


def test_no_event_is_believed_before_the_signing_secret_is_known(bench: StripeBench) -> None:
    bench.stripe.webhook_secret = ""
    account = replace(bench.account, secrets={**bench.account.secrets, "webhook_secret": ""})
    assert bench.gateway.check(account)
    with pytest.raises(SignatureError):
        bench.gateway.parse_event(account, *bench.event_about(paid(bench)))


def test_an_event_that_is_old_or_no_text_is_refused(bench: StripeBench) -> None:
    body, _headers = bench.event_about(paid(bench))
    for raw, when in ((body, time.time() - 301), (b"\xff\xfe", time.time()), (b"[]", time.time())):
        signed = {"stripe-signature": bench.stripe.signature(raw, int(when))}
        with pytest.raises(SignatureError):
            bench.gateway.parse_event(bench.account, raw, signed)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("publishable_key", "sk_test_mixed_up", "publishable key begins"),
        ("publishable_key", "pk_live_other", "test mode"),
        ("secret_key", "pk_test_mixed_up", "secret key begins"),
        ("webhook_secret", "from_elsewhere", "whsec_"),
        ("webhook_secret", "whsec_short", "begins with"),
    ],
    ids=["a secret as publishable", "two modes", "publishable as secret", "no signing secret", "half of one"],
)
def test_keys_that_are_mixed_up_are_told_apart(bench: StripeBench, name: str, value: str, words: str) -> None:
    public, secrets = dict(bench.account.public), dict(bench.account.secrets)
    (public if name in public else secrets)[name] = value
    with pytest.raises(GatewayRefusedError, match=words) as refused:
        bench.gateway.check(replace(bench.account, public=public, secrets=secrets))
    assert value not in str(refused.value)
    assert bench.gateway.check(bench.account) == "Northwind (test mode)"


def test_the_page_of_fields_loads_stripes_script_and_knows_no_secret(bench: StripeBench) -> None:
    page = bench.gateway.fields(replace(bench.account, secrets={}), a_wish(MethodKind.BANK))
    assert isinstance(page, FieldsPage)
    assert page.context["method"] == "us_bank_account"
    assert page.sources == {
        "script-src": ("https://js.stripe.com", "https://*.js.stripe.com"),
        "frame-src": ("https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com"),
        "connect-src": ("https://api.stripe.com",),
    }
    assert [locale_of(each) for each in ("en", "pt-br", "de_AT", "tlh")] == ["en", "pt-BR", "de", "auto"]
    assert bench.stripe.secret_key not in json.dumps(page.context)


def test_production_takes_no_stand_in() -> None:
    assert (settings.STRIPE_SCRIPT, SCRIPT.startswith("https://js.stripe.com/")) == (SCRIPT, True)
    with override_settings(PRODUCTION=True, STRIPE_API=API):
        assert refuse_others_in_production() == []
    for wrong in ({"STRIPE_API": "http://127.0.0.1:1"}, {"STRIPE_SCRIPT": "https://js.example/v3/"}):
        with override_settings(PRODUCTION=True, **{"STRIPE_API": API, **wrong}):
            assert [each.id for each in refuse_others_in_production()] == ["portico.stripe.E001"]


def test_stripes_own_examples_are_read() -> None:
    file = Path(__file__).parents[5].parent / "shared" / "contracts" / "stripe" / "fixtures3.json"
    if not file.exists():
        pytest.skip("Stripe's published examples are not here.")
    found = json.loads(file.read_text())["resources"]
    assert observed({**found["payment_intent"], "last_payment_error": None}).state is Seen.CREATED
    assert charged(found["charge"]).amount == Money.of("1.00", "USD")
    assert refund_seen(found["refund"]).state is Seen.SUCCEEDED
    assert saved_seen(found["payment_method"], "cus_1").brand == "Visa"
    disputed = {**found["payment_intent"], "status": "succeeded", "amount_received": 1099}
    (told,) = observed(disputed, [found["refund"]], [found["dispute"]]).disputes
    assert (told.state, told.money_taken) == (DisputeState.OPEN, False)


def test_what_is_sent_and_the_script_are_of_the_api_version_of_stripes_package() -> None:
    assert f"https://js.stripe.com/{stripe.api_version.rpartition('.')[2]}/stripe.js" == SCRIPT
    known = {
        "POST payment_intents": PaymentIntentCreateParams,
        "POST payment_intents confirm": PaymentIntentConfirmParams,
        "POST setup_intents": SetupIntentCreateParams,
        "POST customers": CustomerCreateParams,
        "POST refunds": RefundCreateParams,
    }
    for request, params in known.items():
        assert set(KNOWN[request].split()) <= params.__annotations__.keys(), request
