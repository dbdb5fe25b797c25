"""What every gateway must do: a test class that each gateway's tests inherit, with a bench of its own provider."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

import pytest

from portico.kit.ids import new_id
from portico.kit.money import Money
from portico.payments.gateway import (
    Account,
    Gateway,
    GatewayRefusedError,
    GatewayUnreachableError,
    Intent,
    Seen,
    SignatureError,
)


class Bench(Protocol):
    """A gateway with an account at its provider, or at a stand-in for it, and ways to make things happen there."""

    gateway: Gateway
    account: Account

    def good_card(self) -> str:
        """A token of a card that is charged."""

    def declined_card(self) -> str:
        """A token of a card that is declined."""

    def card_that_asks(self) -> str:
        """A token of a card for which the bank asks the customer (3-D Secure)."""

    def lose_next_answer(self) -> None:
        """The provider does what it is asked next, and its answer is lost."""

    def gone(self) -> Account:
        """The account at an address where nobody listens."""

    def charged(self, currency: str) -> int:
        """What the provider has charged in all, in minor units."""

    def event_about(self, reference: str) -> tuple[bytes, dict[str, str]]:
        """An event the provider sent about this payment: raw body and headers."""

    def event_of_no_concern(self) -> tuple[bytes, dict[str, str]]:
        """A signed event about something else."""

    def older(self, headers: Mapping[str, str]) -> dict[str, str]:
        """The headers as if signed properly an hour ago; the signature stays that of the original time."""


def an_intent(amount: str = "60.00", currency: str = "USD") -> Intent:
    """An intent to charge."""
    return Intent(new_id(), Money.of(amount, currency), "INV-0001", "http://127.0.0.1/back")


class GatewayContract:
    """Inherit and give a `bench` fixture."""

    def test_starting_charges_nobody_and_the_same_intent_is_the_same_payment(self, bench: Bench) -> None:
        intent = an_intent()
        first = bench.gateway.start(bench.account, intent)
        assert bench.gateway.start(bench.account, intent) == first
        assert bench.gateway.fetch(bench.account, first.reference).state is Seen.CREATED
        assert bench.charged("USD") == 0

    @pytest.mark.parametrize(
        ("amount", "currency", "minor"),
        [("60.00", "USD", 6000), ("1200", "JPY", 1200), ("1.234", "KWD", 1234)],
    )
    def test_a_card_is_charged_once_and_exactly(
        self, bench: Bench, amount: str, currency: str, minor: int
    ) -> None:
        intent = an_intent(amount, currency)
        reference = bench.gateway.start(bench.account, intent).reference
        seen = bench.gateway.confirm(bench.account, reference, bench.good_card(), f"{intent.id}-confirm")
        assert (seen.state, seen.amount, seen.intent_id) == (Seen.SUCCEEDED, intent.amount, intent.id)
        again = bench.gateway.confirm(bench.account, reference, bench.good_card(), f"{new_id()}-confirm")
        assert again.state is Seen.SUCCEEDED
        assert bench.charged(currency) == minor
        assert bench.gateway.fetch(bench.account, reference) == seen

    def test_a_declined_card_says_why_and_charges_nobody(self, bench: Bench) -> None:
        intent = an_intent()
        reference = bench.gateway.start(bench.account, intent).reference
        seen = bench.gateway.confirm(bench.account, reference, bench.declined_card(), f"{intent.id}-confirm")
        assert seen.state is Seen.FAILED
        assert seen.failure_code
        assert seen.failure_message
        assert bench.charged("USD") == 0

    def test_a_bank_that_asks_names_where_to_go(self, bench: Bench) -> None:
        intent = an_intent()
        reference = bench.gateway.start(bench.account, intent).reference
        seen = bench.gateway.confirm(bench.account, reference, bench.card_that_asks(), f"{intent.id}-confirm")
        assert seen.state is Seen.NEEDS_ACTION
        assert seen.action_url.startswith("http")
        assert bench.charged("USD") == 0

    def test_after_cancelling_nothing_is_charged_any_more(self, bench: Bench) -> None:
        intent = an_intent()
        reference = bench.gateway.start(bench.account, intent).reference
        assert bench.gateway.cancel(bench.account, reference).state is Seen.CANCELLED
        try:
            late = bench.gateway.confirm(bench.account, reference, bench.good_card(), f"{intent.id}-confirm")
        except GatewayRefusedError:
            late = bench.gateway.fetch(bench.account, reference)
        assert late.state is Seen.CANCELLED
        assert bench.charged("USD") == 0

    def test_cancelling_what_was_charged_tells_the_truth(self, bench: Bench) -> None:
        intent = an_intent()
        reference = bench.gateway.start(bench.account, intent).reference
        bench.gateway.confirm(bench.account, reference, bench.good_card(), f"{intent.id}-confirm")
        assert bench.gateway.cancel(bench.account, reference).state is Seen.SUCCEEDED

    def test_an_answer_that_is_lost_is_unknown_and_can_be_asked_for(self, bench: Bench) -> None:
        intent = an_intent()
        reference = bench.gateway.start(bench.account, intent).reference
        token = bench.good_card()
        bench.lose_next_answer()
        with pytest.raises(GatewayUnreachableError):
            bench.gateway.confirm(bench.account, reference, token, f"{intent.id}-confirm")
        assert bench.gateway.fetch(bench.account, reference).state is Seen.SUCCEEDED
        assert bench.charged("USD") == 6000

    def test_a_gateway_that_is_gone_is_unreachable(self, bench: Bench) -> None:
        with pytest.raises(GatewayUnreachableError):
            bench.gateway.start(bench.gone(), an_intent())

    def test_a_part_is_refunded_once_and_never_more_than_was_charged(self, bench: Bench) -> None:
        intent, part = an_intent(), Money.of("20.00", "USD")
        reference = bench.gateway.start(bench.account, intent).reference
        bench.gateway.confirm(bench.account, reference, bench.good_card(), f"{intent.id}-confirm")
        first = bench.gateway.refund(bench.account, reference, part, "refund-1")
        assert bench.gateway.refund(bench.account, reference, part, "refund-1") == first
        assert first.amount == part
        with pytest.raises(GatewayRefusedError):
            bench.gateway.refund(bench.account, reference, Money.of("40.01", "USD"), "refund-2")

    def test_an_event_is_read_only_when_it_is_the_gateways(self, bench: Bench) -> None:
        intent = an_intent()
        reference = bench.gateway.start(bench.account, intent).reference
        bench.gateway.confirm(bench.account, reference, bench.good_card(), f"{intent.id}-confirm")
        body, headers = bench.event_about(reference)
        event = bench.gateway.parse_event(bench.account, body, headers)
        assert event is not None
        assert (event.reference, event.amount) == (reference, intent.amount)
        for name, value in headers.items():
            broken = {**headers, name: value[:-3] + ("aaa" if value[-3:] != "aaa" else "bbb")}
            with pytest.raises(SignatureError):
                bench.gateway.parse_event(bench.account, body, broken)
            with pytest.raises(SignatureError):
                bench.gateway.parse_event(
                    bench.account, body, {key: each for key, each in headers.items() if key != name}
                )
        with pytest.raises(SignatureError):
            bench.gateway.parse_event(bench.account, body.replace(b"6000", b"1000"), headers)
        with pytest.raises(SignatureError):
            bench.gateway.parse_event(bench.account, body, bench.older(headers))
        stranger = replace(
            bench.account, secrets={**bench.account.secrets, "webhook_secret": "whsec_b3RoZXI="}
        )
        with pytest.raises(SignatureError):
            bench.gateway.parse_event(stranger, body, headers)

    def test_an_event_of_no_concern_is_nothing(self, bench: Bench) -> None:
        body, headers = bench.event_of_no_concern()
        assert bench.gateway.parse_event(bench.account, body, headers) is None
