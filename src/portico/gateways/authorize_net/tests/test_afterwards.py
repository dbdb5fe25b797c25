"""Voids, refunds, returns, chargebacks, batches, events, and what is refused."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import override_settings

from portico.gateways.authorize_net.api import addresses
from portico.gateways.authorize_net.tests.benches import AuthorizeNetBench
from portico.kit import clock
from portico.kit.ids import new_id
from portico.kit.money import Money
from portico.payments.gateway import (
    DisputeState,
    FieldsPage,
    GatewayRefusedError,
    GatewayUnreachableError,
    MethodKind,
    Observed,
    Seen,
    SignatureError,
)
from portico.testing.gateway_contract import a_wish, an_intent, pay

SIXTY = Money.of("60.00", "USD")


@pytest.fixture
def paid(bench: AuthorizeNetBench) -> Observed:
    """Sixty dollars by card, not settled yet."""
    return pay(bench, an_intent(), bench.good_card())


def test_all_of_it_goes_back_before_settlement_by_a_void(bench: AuthorizeNetBench, paid: Observed) -> None:
    key = str(new_id())
    done = bench.gateway.refund(bench.account, paid.reference, SIXTY, key)
    assert (done.amount, done.state, done.key) == (SIXTY, Seen.SUCCEEDED, key)
    assert bench.gateway.refund(bench.account, paid.reference, SIXTY, key) == done
    with pytest.raises(GatewayRefusedError):
        bench.gateway.refund(bench.account, paid.reference, SIXTY, str(new_id()))
    seen = bench.gateway.fetch(bench.account, paid.reference)
    assert (seen.state, seen.amount, seen.refunds) == (Seen.SUCCEEDED, SIXTY, (done,))
    assert bench.charged("USD") == 0


def test_a_part_waits_for_settlement_and_says_so(bench: AuthorizeNetBench, paid: Observed) -> None:
    part = Money.of("20.00", "USD")
    with pytest.raises(GatewayRefusedError, match="settled"):
        bench.gateway.refund(bench.account, paid.reference, part, str(new_id()))
    bench.merchant.settle()
    assert bench.gateway.refund(bench.account, paid.reference, part, str(new_id())).state is Seen.PROCESSING
    bench.merchant.settle()
    (told,) = bench.gateway.fetch(bench.account, paid.reference).refunds
    assert (told.state, told.amount) == (Seen.SUCCEEDED, part)


def test_two_refunds_of_one_size_on_one_day_are_no_duplicates(
    bench: AuthorizeNetBench, paid: Observed
) -> None:
    bench.merchant.settle()
    keys = [str(new_id()), str(new_id())]
    for key in keys:
        bench.gateway.refund(bench.account, paid.reference, Money.of("20.00", "USD"), key)
    told = bench.gateway.fetch(bench.account, paid.reference).refunds
    assert sorted(each.key for each in told) == sorted(keys)


def test_all_of_it_goes_back_after_settlement_by_a_refund(bench: AuthorizeNetBench, paid: Observed) -> None:
    bench.merchant.settle()
    done = bench.gateway.refund(bench.account, paid.reference, SIXTY, str(new_id()))
    assert bench.gateway.fetch(bench.account, paid.reference).refunds == (done,)
    with pytest.raises(GatewayRefusedError):
        bench.gateway.refund(bench.account, paid.reference, Money.of("0.01", "USD"), str(new_id()))


def test_what_the_merchant_voids_is_seen_as_paid_back(bench: AuthorizeNetBench, paid: Observed) -> None:
    bench.merchant.transactions[bench.trans_id(paid.reference)]["transactionStatus"] = "voided"
    seen = bench.gateway.fetch(bench.account, paid.reference)
    assert [(each.amount, each.key) for each in seen.refunds] == [(SIXTY, "")]


def test_a_debit_is_returned_weeks_later_and_a_notice_of_change_is_no_return(
    bench: AuthorizeNetBench,
) -> None:
    seen = pay(bench, an_intent(kind=MethodKind.BANK), bench.good_bank())
    bench.merchant.settle()
    trans_id = bench.trans_id(seen.reference)
    bench.merchant.send_back(trans_id, "C01", "Incorrect account number")
    assert bench.gateway.fetch(bench.account, seen.reference).state is Seen.SUCCEEDED
    bench.merchant.send_back(trans_id, "R10", "Customer advises not authorized")
    told = bench.gateway.fetch(bench.account, seen.reference)
    assert (told.state, told.failure_code) == (Seen.RETURNED, "R10")
    listed = bench.gateway.charges(bench.account, clock.now() - timedelta(hours=1), clock.now())
    assert [(each.reference, each.state) for each in listed] == [(seen.reference, Seen.RETURNED)]


def test_a_chargeback_is_a_dispute_and_its_reversal_ends_it(bench: AuthorizeNetBench, paid: Observed) -> None:
    bench.merchant.settle()
    bench.merchant.charge_back(bench.trans_id(paid.reference))
    (dispute,) = bench.gateway.fetch(bench.account, paid.reference).disputes
    assert (dispute.amount, dispute.state, dispute.money_taken) == (SIXTY, DisputeState.UNDER_REVIEW, True)
    bench.merchant.charge_back(bench.trans_id(paid.reference), reversed_=True)
    (ended,) = bench.gateway.fetch(bench.account, paid.reference).disputes
    assert (ended.reference, ended.state, ended.money_taken) == (dispute.reference, DisputeState.WON, False)


def test_batches_are_payouts_to_the_cent(bench: AuthorizeNetBench, paid: Observed) -> None:
    debit = pay(bench, an_intent("5.00", kind=MethodKind.BANK), bench.good_bank())
    pay(bench, an_intent("9.00"), bench.declined_card())
    bench.merchant.settle()
    bench.gateway.refund(bench.account, paid.reference, Money.of("20.00", "USD"), str(new_id()))
    bench.merchant.send_back(bench.trans_id(debit.reference))
    first, second = bench.gateway.payouts(bench.account, clock.now().date() - timedelta(days=1))
    assert (first.amount, second.amount) == (Money.of("65.00", "USD"), Money.of("-25.00", "USD"))
    assert {(each.kind, each.reference) for each in second.lines} == {
        ("refund", paid.reference),
        ("return", debit.reference),
    }
    assert {each.reference for each in first.lines} == {paid.reference, debit.reference}


def test_a_charge_of_somebody_else_is_listed_and_not_ours(bench: AuthorizeNetBench, paid: Observed) -> None:
    theirs = dict(bench.merchant.transactions[bench.trans_id(paid.reference)])
    bench.merchant.transactions["777"] = theirs | {"transId": "777", "order": {"invoiceNumber": "SHOP-12"}}
    found = {
        each.reference: each.intent_id
        for each in bench.gateway.charges(bench.account, clock.now() - timedelta(hours=1), clock.now())
    }
    assert found == {paid.reference: paid.intent_id, "777": None}
    assert bench.gateway.fetch(bench.account, "777").intent_id is None


def test_an_event_about_a_refund_leads_to_the_payment(bench: AuthorizeNetBench, paid: Observed) -> None:
    bench.merchant.settle()
    bench.gateway.refund(bench.account, paid.reference, Money.of("20.00", "USD"), str(new_id()))
    body, headers = bench.merchant.events[-1]
    (event,) = bench.gateway.parse_event(bench.account, body, headers)
    assert event.amount is None
    seen = bench.gateway.fetch(bench.account, event.reference)
    assert (seen.reference, len(seen.refunds)) == (paid.reference, 1)


def test_an_event_signed_with_the_keys_bytes_is_taken_too(bench: AuthorizeNetBench, paid: Observed) -> None:
    body, _ = bench.event_about(paid.reference)
    key = bytes.fromhex(bench.merchant.signature_key)
    header = {"x-anet-signature": "SHA512=" + hmac.new(key, body, hashlib.sha512).hexdigest()}
    assert len(bench.gateway.parse_event(bench.account, body, header)) == 1
    for wrong in ("", "sha512=", "sha512=00", "sha256=" + "0" * 128, "sha512=" + "0" * 128):
        with pytest.raises(SignatureError):
            bench.gateway.parse_event(bench.account, body, {"X-ANET-Signature": wrong})


def test_signed_nonsense_is_no_event(bench: AuthorizeNetBench) -> None:
    for content in ({}, {"eventType": "net.authorize.payment.void.created", "payload": []}):
        with pytest.raises(SignatureError):
            bench.gateway.parse_event(bench.account, *bench.merchant.signed(content))


def test_an_event_about_what_is_not_shown_yet_is_asked_about_again(bench: AuthorizeNetBench) -> None:
    with pytest.raises(GatewayUnreachableError):
        bench.gateway.fetch(bench.account, "60000009999")


def test_credentials_are_tried_with_what_they_have_to_allow(bench: AuthorizeNetBench) -> None:
    assert "Northwind Traders" in bench.gateway.check(bench.account)
    bench.merchant.reports = False
    with pytest.raises(GatewayRefusedError, match="Transaction Details API"):
        bench.gateway.check(bench.account)
    other = replace(bench.account, public={**bench.account.public, "client_key": "other"})
    with pytest.raises(GatewayRefusedError, match="Public Client Key"):
        bench.gateway.check(other)


def test_an_account_takes_its_own_currency_only(bench: AuthorizeNetBench) -> None:
    with pytest.raises(GatewayRefusedError):
        bench.gateway.start(bench.account, an_intent(currency="CAD"))
    canadian = replace(bench.account, public={**bench.account.public, "currency": "CAD"})
    assert bench.gateway.start(canadian, an_intent(currency="CAD")).reference.endswith("-6000CAD")
    assert not bench.gateway.capabilities.takes("JPY")
    assert bench.merchant.asked == []


@pytest.mark.parametrize(
    "mode", ["", "https://evil.example", "http://10.0.0.1:80", "http://127.0.0.1:80@evil.example", "LIVE"]
)
def test_nobody_is_asked_but_authorize_net(bench: AuthorizeNetBench, mode: str) -> None:
    with pytest.raises(GatewayRefusedError):
        bench.gateway.check(replace(bench.account, public={**bench.account.public, "mode": mode}))


def test_in_production_there_is_no_stand_in(bench: AuthorizeNetBench) -> None:
    with override_settings(PRODUCTION=True):
        with pytest.raises(GatewayRefusedError):
            bench.gateway.check(bench.account)
        live = replace(bench.account, public={**bench.account.public, "mode": "live"})
        assert addresses(live)[0] == "https://api.authorize.net"


def test_the_form_is_authorize_nets_own_and_holds_nothing_secret(bench: AuthorizeNetBench) -> None:
    live = replace(bench.account, public={**bench.account.public, "mode": "live"})
    page = bench.gateway.fields(live, a_wish(MethodKind.BANK))
    assert isinstance(page, FieldsPage)
    assert page.sources == {
        "script-src": ("https://js.authorize.net",),
        "frame-src": ("https://js.authorize.net",),
        "style-src": ("'unsafe-inline'",),
    }
    assert '"showBankAccount": true' in str(page.context["options"])
    assert not any(each in str(page.context) for each in bench.account.secrets.values())


def test_a_declined_card_is_not_kept(bench: AuthorizeNetBench) -> None:
    assert pay(bench, an_intent(save=True), bench.declined_card()).state is Seen.FAILED
    assert [len(each["methods"]) for each in bench.merchant.profiles.values()] == [0]
