"""The PayPal gateway against a stand-in over HTTP, straight and held against PayPal's own description."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest
from tests.fakes.paypal import CERTIFICATE, VERIFICATION, FakePayPal, running_paypal
from tests.fakes.paypal_signing import make_signing
from tests.fakes.prism import missing, prism_before

from portico.gateways.paypal import signature
from portico.gateways.paypal.tests.bench import PayPalBench, make_bench
from portico.kit.ids import new_id
from portico.kit.money import Money
from portico.payments.gateway import (
    DisputeState,
    GatewayRefusedError,
    GatewayUnreachableError,
    MethodKind,
    Observed,
    Owner,
    Seen,
    SignatureError,
    StoredMethod,
)
from portico.testing.gateway_contract import GatewayContract, an_intent, pay
from portico.testing.together import together


@pytest.fixture(scope="module")
def fake() -> Iterator[FakePayPal]:
    """A running stand-in."""
    with running_paypal() as running:
        yield running


@pytest.fixture
def bench(fake: FakePayPal) -> PayPalBench:
    """A merchant, spoken to straight."""
    return make_bench(fake, fake.url)


@pytest.fixture(scope="module")
def described(fake: FakePayPal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The stand-in behind PayPal's own description, where there is one."""
    if reason := missing("paypal"):
        pytest.skip(reason)
    with prism_before("paypal", fake.url, tmp_path_factory.mktemp("prism")) as address:
        yield address


class TestPayPalGateway(GatewayContract):
    """The contract, at the stand-in."""

    kind = MethodKind.WALLET
    amounts = (("60.00", "USD", 6000), ("1200", "JPY", 1200), ("300.00", "HUF", 30000))


class TestPayPalAsDescribed(TestPayPalGateway):
    """The contract once more, with every request and answer held against PayPal's own OpenAPI files."""

    @pytest.fixture
    def bench(self, fake: FakePayPal, described: str) -> PayPalBench:
        return make_bench(fake, described)

    def test_what_paypal_does_not_describe_is_refused(self, bench: PayPalBench) -> None:
        """Prism leaves schemas out that it cannot read; this one it does read."""
        from portico.gateways.paypal import api

        with pytest.raises(GatewayRefusedError):
            api.post(bench.account, "/v2/checkout/orders", {"intent": "TAKE"}, key=str(new_id()))
        assert ("POST", "/v2/checkout/orders") not in bench.fake.asked[-1:]

    def test_disputes_are_as_described(self, bench: PayPalBench) -> None:
        assert_dispute_is_seen(bench)

    def test_asking_who_signed_an_event_is_as_described(self, bench: PayPalBench) -> None:
        """Prism writes the event anew, so that its signature fits no more: here counts that it is asked and answered."""
        pay(bench, an_intent(kind=MethodKind.WALLET), "")
        signature._kept.clear()
        with pytest.raises(SignatureError, match="does not know"):
            bench.gateway.parse_event(bench.account, *bench.told("PAYMENT.CAPTURE.COMPLETED"))


def assert_dispute_is_seen(bench: PayPalBench) -> None:
    """A dispute from its beginning to its end."""
    reference = pay(bench, an_intent(kind=MethodKind.WALLET), "").reference
    dispute = bench.merchant.dispute(reference)
    (event,) = bench.gateway.parse_event(bench.account, *bench.told("CUSTOMER.DISPUTE.CREATED"))
    seen = bench.gateway.fetch(bench.account, event.reference)
    assert seen.reference == reference
    (one,) = seen.disputes
    assert (one.state, one.amount, one.money_taken) == (DisputeState.OPEN, seen.amount, True)
    assert one.evidence_due is not None
    dispute.update(status="RESOLVED", dispute_outcome={"outcome_code": "RESOLVED_BUYER_FAVOUR"})
    assert bench.gateway.fetch(bench.account, reference).disputes[0].state is DisputeState.LOST
    dispute.update(dispute_outcome={"outcome_code": "RESOLVED_SELLER_FAVOUR"})
    (won,) = bench.gateway.fetch(bench.account, reference).disputes
    assert (won.state, won.money_taken) == (DisputeState.WON, False)


def test_a_dispute_is_seen_to_its_end(bench: PayPalBench) -> None:
    assert_dispute_is_seen(bench)


def test_two_who_charge_at_once_charge_once(bench: PayPalBench) -> None:
    intent = an_intent(kind=MethodKind.WALLET)
    reference = bench.gateway.start(bench.account, intent).reference
    bench.gateway.confirm(bench.account, intent, reference, "")
    bench.approve(reference)
    seen = together(*[lambda: bench.gateway.confirm(bench.account, intent, reference, "")] * 2)
    assert {each.state for each in seen if isinstance(each, Observed)} == {Seen.SUCCEEDED}
    assert bench.charged("USD") == 6000


def test_who_approves_after_it_was_called_off_is_not_charged(bench: PayPalBench) -> None:
    intent = an_intent(kind=MethodKind.WALLET)
    reference = bench.gateway.start(bench.account, intent).reference
    bench.gateway.confirm(bench.account, intent, reference, "")
    assert bench.gateway.cancel(bench.account, reference).state is Seen.CANCELLED
    bench.approve(reference)
    assert bench.gateway.confirm(bench.account, intent, reference, "").state is Seen.CANCELLED
    assert bench.charged("USD") == 0


def test_a_capture_that_paypal_holds_comes_in_or_not(bench: PayPalBench) -> None:
    for status, state in (("COMPLETED", Seen.SUCCEEDED), ("DECLINED", Seen.FAILED)):
        bench.merchant.pends_next = True
        seen = pay(bench, an_intent(kind=MethodKind.WALLET), "")
        assert seen.state is Seen.PROCESSING
        bench.merchant.come_in(seen.reference, status)
        assert bench.gateway.fetch(bench.account, seen.reference).state is state
    (event,) = bench.gateway.parse_event(bench.account, *bench.told("PAYMENT.CAPTURE.DENIED"))
    assert event.reference == seen.reference


def test_a_refund_is_told_by_an_event_that_leads_to_its_payment(bench: PayPalBench) -> None:
    reference = pay(bench, an_intent(kind=MethodKind.WALLET), "").reference
    bench.gateway.refund(bench.account, reference, Money.of("60.00", "USD"), "our-key")
    (event,) = bench.gateway.parse_event(bench.account, *bench.told("PAYMENT.CAPTURE.REFUNDED"))
    seen = bench.gateway.fetch(bench.account, event.reference)
    assert (seen.reference, seen.state, seen.refunds[0].key) == (reference, Seen.SUCCEEDED, "our-key")
    bench.merchant.answered.clear()  # PayPal forgets keys in time
    again = bench.gateway.refund(bench.account, reference, Money.of("60.00", "USD"), "our-key")
    assert again.reference == seen.refunds[0].reference


def test_forints_are_whole_and_strange_currencies_refused(bench: PayPalBench) -> None:
    for amount, currency in (("10.50", "HUF"), ("10.000", "KWD"), ("10.50", "TWD")):
        with pytest.raises(GatewayRefusedError):
            bench.gateway.start(bench.account, an_intent(amount, currency, kind=MethodKind.WALLET))
    assert bench.gateway.capabilities.kinds("KWD") == ()
    assert bench.gateway.capabilities.kinds("EUR") == (MethodKind.WALLET,)


def test_a_token_is_asked_for_once_and_again_when_it_was_taken_back(bench: PayPalBench) -> None:
    for _ in range(2):
        bench.gateway.start(bench.account, an_intent(kind=MethodKind.WALLET))
    assert bench.merchant.tokens_given == 1
    bench.merchant.token = "another"
    bench.gateway.start(bench.account, an_intent(kind=MethodKind.WALLET))
    assert bench.merchant.tokens_given == 2


def test_a_webhook_that_paypal_does_not_know_is_told(bench: PayPalBench) -> None:
    with pytest.raises(GatewayRefusedError, match="webhook"):
        bench.gateway.check(replace(bench.account, public={**bench.account.public, "webhook_id": "1AB"}))


def test_an_event_signed_by_anybody_elses_certificate_is_refused(
    bench: PayPalBench, fake: FakePayPal
) -> None:
    pay(bench, an_intent(kind=MethodKind.WALLET), "")
    body, headers = bench.told("PAYMENT.CAPTURE.COMPLETED")
    for address in (
        "https://evil.example/v1/notifications/certs/CERT-1",
        f"{fake.url}@evil.example/v1/notifications/certs/CERT-1",
        f"{fake.url}/v1/oauth2/token",
        f"{fake.url}/v1/notifications/certs/../../oauth2/token",
        "file:///etc/hostname",
    ):
        with pytest.raises(SignatureError):
            bench.gateway.parse_event(bench.account, body, {**headers, "Paypal-Cert-Url": address})
    kept, fake.signing = fake.signing, make_signing("www.example.com")
    try:
        body, headers = bench.told("PAYMENT.CAPTURE.COMPLETED")
        headers["Paypal-Cert-Url"] = f"{fake.url}/v1/notifications/certs/CERT-www"
        trusted = {**bench.account.public, "stand_in_root": fake.signing.root}
        with pytest.raises(SignatureError, match="certificate"):
            bench.gateway.parse_event(replace(bench.account, public=trusted), body, headers)
    finally:
        fake.signing = kept


@pytest.mark.parametrize("chain", [False, True], ids=["alone", "with its authority"])
def test_paypal_is_asked_once_about_a_certificate_that_comes_without_its_authority(
    bench: PayPalBench, fake: FakePayPal, chain: bool
) -> None:
    pay(bench, an_intent(kind=MethodKind.WALLET), "")
    signature._kept.clear()
    fake.asked.clear()
    fake.gives_chain = chain
    try:
        for _ in range(2):
            assert bench.gateway.parse_event(bench.account, *bench.told("PAYMENT.CAPTURE.COMPLETED"))
        body, headers = bench.told("PAYMENT.CAPTURE.COMPLETED")
        with pytest.raises(SignatureError):
            bench.gateway.parse_event(bench.account, body + b" ", headers)
    finally:
        fake.gives_chain = False
    asked = [path for _method, path in fake.asked]
    assert asked.count(VERIFICATION) == (0 if chain else 1)
    assert asked.count(CERTIFICATE) == 1


def test_a_signer_whom_paypal_denies_is_not_believed(bench: PayPalBench, fake: FakePayPal) -> None:
    pay(bench, an_intent(kind=MethodKind.WALLET), "")
    signature._kept.clear()
    kept, fake.signing = fake.signing, make_signing()
    try:
        body, headers = bench.told("PAYMENT.CAPTURE.COMPLETED")
        signature._signer_at(bench.account, headers["Paypal-Cert-Url"])  # theirs is what was read first
        fake.signing = kept
        with pytest.raises(SignatureError, match="does not know"):
            bench.gateway.parse_event(bench.account, body, headers)
    finally:
        fake.signing = kept
        signature._kept.clear()


def test_a_flood_of_events_with_new_certificates_does_not_wait_for_paypal_each(
    bench: PayPalBench, fake: FakePayPal
) -> None:
    pay(bench, an_intent(kind=MethodKind.WALLET), "")
    body, headers = bench.told("PAYMENT.CAPTURE.COMPLETED")
    headers["Paypal-Cert-Url"] = f"{fake.url}/v1/notifications/certs/CERT-never-seen"
    with signature.downloads, signature.downloads, pytest.raises(GatewayUnreachableError):
        bench.gateway.parse_event(bench.account, body, headers)  # two are waiting already
    with suppress(SignatureError):  # the stand-in has but one certificate
        bench.gateway.parse_event(bench.account, body, headers)


def test_a_wallet_of_one_customer_keeps_its_owner(bench: PayPalBench) -> None:
    owner = Owner(new_id(), "Maya Chen", "maya@greenleaf.example")
    first = pay(bench, an_intent(kind=MethodKind.WALLET, save=True, owner=owner), "").saved
    assert first is not None
    known = replace(owner, reference=first.owner_reference)
    second = pay(bench, an_intent(kind=MethodKind.WALLET, save=True, owner=known), "").saved
    assert second is not None
    assert second.owner_reference == first.owner_reference
    assert first.brand == "PayPal maya@greenleaf.example"


def test_a_saved_wallet_that_is_declined_says_so_and_stays_unpaid(bench: PayPalBench) -> None:
    saved = pay(bench, an_intent(kind=MethodKind.WALLET, save=True), "").saved
    assert saved is not None
    method = StoredMethod(saved.reference, saved.owner_reference, MethodKind.WALLET)
    bench.merchant.declines_next = True
    intent = an_intent("5.00", kind=MethodKind.WALLET, method=method)
    seen = pay(bench, intent, "")
    assert (seen.state, seen.failure_code) == (Seen.FAILED, "INSTRUMENT_DECLINED")
    assert bench.gateway.confirm(bench.account, intent, seen.reference, "").state is Seen.CANCELLED
    assert bench.charged("USD") == 6000


def test_production_speaks_to_no_stand_in(bench: PayPalBench, settings: object) -> None:
    from portico.gateways.paypal.places import place_of

    assert place_of(bench.account).api == bench.fake.url
    settings.PRODUCTION = True  # type: ignore[attr-defined]
    assert place_of(bench.account).api == "https://api-m.sandbox.paypal.com"
    elsewhere = replace(bench.account, public={"mode": "live", "stand_in": "http://10.0.0.1"})
    settings.PRODUCTION = False  # type: ignore[attr-defined]
    assert place_of(elsewhere).api == "https://api-m.paypal.com"
