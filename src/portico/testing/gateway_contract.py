"""What every gateway must do: a test class that each gateway's tests inherit, with a bench of its own provider."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Protocol

import pytest

from portico.kit.ids import new_id
from portico.kit.money import Money
from portico.payments.gateway import (
    CURRENCIES,
    Account,
    Agreed,
    Gateway,
    GatewayGoneError,
    GatewayRefusedError,
    GatewayUnreachableError,
    Intent,
    MethodKind,
    Observed,
    Owner,
    Saving,
    Seen,
    SignatureError,
    StoredMethod,
    Wish,
)


class Bench(Protocol):
    """A gateway with an account at its provider, or at a stand-in for it, and ways to make things happen there."""

    gateway: Gateway
    account: Account

    def good_card(self) -> str:
        """A token of a card that is charged; empty where the customer chooses on the provider's own site."""

    def declined_card(self) -> str:
        """A token of a card that is declined; where there are no tokens, the next approval ends so."""

    def card_that_asks(self) -> str:
        """A token of a card for which the bank asks the customer (3-D Secure)."""

    def good_bank(self) -> str:
        """A token of a bank account that is debited, where the gateway takes them."""

    def approve(self, reference: str) -> None:
        """The customer agrees to what the provider or the bank asks, in the browser."""

    def settle(self, reference: str) -> None:
        """The days go by in which a bank debit arrives."""

    def send_back(self, reference: str) -> None:
        """The customer's bank takes a debit back that had arrived."""

    def lose_next_answer(self) -> None:
        """The provider does what it is asked next (charging), and its answer is lost."""

    def lose_payment(self, reference: str) -> None:
        """The provider forgets a payment that was started, as some do after days."""

    def gone(self) -> Account:
        """The account at an address where nobody listens."""

    def wrong_key(self) -> Account:
        """The account with a secret that the provider does not know."""

    def charged(self, currency: str) -> int:
        """What the provider has charged in all, in minor units."""

    def event_about(self, reference: str) -> tuple[bytes, dict[str, str]]:
        """An event the provider sent about this payment: raw body and headers."""

    def event_of_no_concern(self) -> tuple[bytes, dict[str, str]]:
        """A signed event about something else."""

    def older(self, headers: Mapping[str, str]) -> dict[str, str]:
        """The headers as if signed properly an hour ago; the signature stays that of the original time."""


def an_intent(
    amount: str = "60.00",
    currency: str = "USD",
    *,
    kind: MethodKind = MethodKind.CARD,
    method: StoredMethod | None = None,
    owner: Owner | None = None,
    save: bool = False,
) -> Intent:
    """An intent to charge."""
    return Intent(
        id=new_id(),
        amount=Money.of(amount, currency),
        description="Northwind Traders: INV-0001",
        return_url="http://127.0.0.1/back",
        kind=kind,
        owner=owner or Owner(new_id(), "Maya Chen", "maya@greenleaf.example"),
        method=method,
        save=save,
        agreed=Agreed(datetime.now(UTC), "127.0.0.1", "Contract test") if kind is MethodKind.BANK else None,
    )


def pay(bench: Bench, intent: Intent, token: str) -> Observed:
    """Take an intent as far as the customer can take it, through whatever the provider asks on the way."""
    reference = bench.gateway.start(bench.account, intent).reference
    seen = bench.gateway.confirm(bench.account, intent, reference, token)
    if seen.state is Seen.NEEDS_ACTION:
        bench.approve(reference)
        seen = bench.gateway.fetch(bench.account, reference)
    if seen.state is Seen.READY:
        seen = bench.gateway.confirm(bench.account, intent, reference, "")
    return seen


class GatewayContract:
    """Inherit and give a `bench` fixture; what a provider has not is said by its capabilities."""

    amounts: ClassVar[tuple[tuple[str, str, int], ...]] = (
        ("60.00", "USD", 6000),
        ("1200", "JPY", 1200),
        ("1.234", "KWD", 1234),
    )
    """Amounts in currencies the gateway takes, with what they are in minor units."""
    kind: ClassVar[MethodKind] = MethodKind.CARD
    """What the provider's usual way charges."""

    def intent(self, amount: str = "60.00", currency: str = "USD", **more: Any) -> Intent:
        """An intent of the provider's usual kind."""
        return an_intent(amount, currency, **{"kind": self.kind, **more})

    def paid(self, bench: Bench, intent: Intent) -> Observed:
        """A payment that has arrived."""
        seen = pay(bench, intent, bench.good_card())
        if seen.state is Seen.PROCESSING:
            bench.settle(seen.reference)
            seen = bench.gateway.fetch(bench.account, seen.reference)
        return seen

    def test_good_credentials_are_told_from_wrong_ones(self, bench: Bench) -> None:
        assert bench.gateway.check(bench.account)
        with pytest.raises(GatewayRefusedError) as refused:
            bench.gateway.check(bench.wrong_key())
        assert not any(
            secret in str(refused.value) for secret in bench.wrong_key().secrets.values() if secret
        )

    def test_an_account_starts_what_it_says_it_takes_and_nothing_else(self, bench: Bench) -> None:
        taken = []
        for currency in ("USD", "CAD", "EUR", "GBP", "JPY", "KWD"):
            kinds = bench.gateway.kinds(replace(bench.account, secrets={}), currency)
            assert set(kinds) <= set(bench.gateway.capabilities.kinds(currency))
            intent = an_intent("60", currency, kind=kinds[0] if kinds else self.kind)
            if kinds:
                taken.append(currency)
                assert bench.gateway.start(bench.account, intent).reference
            else:
                with pytest.raises(GatewayRefusedError):
                    bench.gateway.start(bench.account, intent)
        assert "USD" in taken
        if CURRENCIES in bench.gateway.settings:
            listed = replace(bench.account, public={**bench.account.public, "currencies": "eur, GBP"})
            assert bench.gateway.kinds(listed, "USD") == ()
            assert bench.gateway.kinds(listed, "EUR") == bench.gateway.kinds(bench.account, "EUR")

    def test_starting_charges_nobody_and_the_same_intent_is_the_same_payment(self, bench: Bench) -> None:
        intent = self.intent()
        first = bench.gateway.start(bench.account, intent)
        assert bench.gateway.start(bench.account, intent) == first
        assert bench.gateway.fetch(bench.account, first.reference).state is Seen.CREATED
        assert bench.charged("USD") == 0

    def test_it_is_charged_once_and_exactly(self, bench: Bench) -> None:
        for amount, currency, minor in self.amounts:
            intent = self.intent(amount, currency)
            seen = self.paid(bench, intent)
            assert (seen.state, seen.amount, seen.intent_id) == (Seen.SUCCEEDED, intent.amount, intent.id)
            again = bench.gateway.confirm(bench.account, intent, seen.reference, bench.good_card())
            assert again.state is Seen.SUCCEEDED
            assert bench.charged(currency) == minor
            assert bench.gateway.fetch(bench.account, seen.reference) == seen

    def test_what_is_declined_says_why_and_charges_nobody(self, bench: Bench) -> None:
        seen = pay(bench, self.intent(), bench.declined_card())
        assert seen.state is Seen.FAILED
        assert seen.failure_code
        assert seen.failure_message
        assert bench.charged("USD") == 0

    def test_where_the_customer_is_asked_it_says_where_to_go(self, bench: Bench) -> None:
        intent = self.intent()
        reference = bench.gateway.start(bench.account, intent).reference
        seen = bench.gateway.confirm(bench.account, intent, reference, bench.card_that_asks())
        assert seen.state is Seen.NEEDS_ACTION
        assert seen.action_url.startswith("http")
        assert bench.charged("USD") == 0

    def test_after_cancelling_nothing_is_charged_any_more(self, bench: Bench) -> None:
        intent = self.intent()
        reference = bench.gateway.start(bench.account, intent).reference
        assert bench.gateway.cancel(bench.account, reference).state is Seen.CANCELLED
        with suppress(GatewayRefusedError):
            bench.gateway.confirm(bench.account, intent, reference, bench.good_card())
        assert bench.gateway.fetch(bench.account, reference).state is Seen.CANCELLED
        assert bench.charged("USD") == 0

    def test_what_the_gateway_has_forgotten_it_says_so_or_can_be_called_off(self, bench: Bench) -> None:
        reference = bench.gateway.start(bench.account, self.intent()).reference
        bench.lose_payment(reference)
        with suppress(GatewayGoneError):
            assert bench.gateway.fetch(bench.account, reference).state is Seen.CREATED
            assert bench.gateway.cancel(bench.account, reference).state is Seen.CANCELLED
        for nobody in (bench.wrong_key(), bench.gone()):
            with pytest.raises((GatewayRefusedError, GatewayUnreachableError)) as failed:
                bench.gateway.fetch(nobody, reference)
            assert not isinstance(failed.value, GatewayGoneError), "who is not answered has learnt nothing"

    def test_cancelling_what_was_charged_tells_the_truth(self, bench: Bench) -> None:
        seen = self.paid(bench, self.intent())
        assert bench.gateway.cancel(bench.account, seen.reference).state is Seen.SUCCEEDED

    def test_an_answer_that_is_lost_is_unknown_and_can_be_asked_for(self, bench: Bench) -> None:
        intent = self.intent()
        reference = bench.gateway.start(bench.account, intent).reference
        token = bench.good_card()
        if bench.gateway.fields(bench.account, a_wish(self.kind)) is None:
            bench.gateway.confirm(bench.account, intent, reference, token)
            bench.approve(reference)
        bench.lose_next_answer()
        with pytest.raises(GatewayUnreachableError):
            bench.gateway.confirm(bench.account, intent, reference, token)
        seen = bench.gateway.fetch(bench.account, reference)
        if seen.state is Seen.READY:
            seen = bench.gateway.confirm(bench.account, intent, reference, "")
        if seen.state is Seen.PROCESSING:
            bench.settle(reference)
            seen = bench.gateway.fetch(bench.account, reference)
        assert seen.state is Seen.SUCCEEDED
        assert bench.charged("USD") == 6000

    def test_a_gateway_that_is_gone_is_unreachable(self, bench: Bench) -> None:
        with pytest.raises(GatewayUnreachableError):
            _start_and_confirm(bench, bench.gone(), self.intent())

    def test_a_part_is_refunded_once_and_never_more_than_was_charged(self, bench: Bench) -> None:
        part = Money.of("20.00", "USD")
        reference = self.paid(bench, self.intent()).reference
        key = str(new_id())
        first = bench.gateway.refund(bench.account, reference, part, key)
        assert bench.gateway.refund(bench.account, reference, part, key).reference == first.reference
        assert first.amount == part
        with pytest.raises(GatewayRefusedError):
            bench.gateway.refund(bench.account, reference, Money.of("40.01", "USD"), str(new_id()))
        rest = bench.gateway.refund(bench.account, reference, Money.of("40.00", "USD"), str(new_id()))
        told = bench.gateway.fetch(bench.account, reference)
        assert {each.reference for each in told.refunds} == {first.reference, rest.reference}
        assert sum(each.amount.amount for each in told.refunds) == 60

    def test_a_method_saved_while_paying_is_charged_again_and_not_after_it_was_forgotten(
        self, bench: Bench
    ) -> None:
        owner = Owner(new_id(), "Maya Chen", "maya@greenleaf.example")
        saved = self.paid(bench, self.intent(save=True, owner=owner)).saved
        assert saved is not None
        assert (saved.kind, bool(saved.brand)) == (self.kind, True)
        method = StoredMethod(saved.reference, saved.owner_reference, saved.kind)
        known = replace(owner, reference=saved.owner_reference)
        again = pay(bench, self.intent("5.00", method=method, owner=known), "")
        if again.state is Seen.PROCESSING:
            bench.settle(again.reference)
            again = bench.gateway.fetch(bench.account, again.reference)
        assert again.state is Seen.SUCCEEDED
        assert bench.charged("USD") == 6500
        for _ in range(2):
            bench.gateway.forget(bench.account, method)
        with suppress(GatewayRefusedError):
            late = pay(bench, self.intent("7.00", method=method, owner=known), "")
            assert late.state is Seen.FAILED
        assert bench.charged("USD") == 6500

    def test_a_method_is_saved_without_paying(self, bench: Bench) -> None:
        owner = Owner(new_id(), "Maya Chen", "maya@greenleaf.example")
        agreed = Agreed(datetime.now(UTC), "127.0.0.1", "Contract test")
        saving = Saving(new_id(), owner, self.kind, "http://127.0.0.1/back", agreed)
        seen = bench.gateway.save_method(bench.account, saving, bench.good_card())
        if seen.state is Seen.NEEDS_ACTION:
            assert seen.action_url.startswith("http")
            bench.approve(seen.reference)
            seen = bench.gateway.fetch_saving(bench.account, saving, seen.reference)
        assert seen.state is Seen.SUCCEEDED
        assert seen.saved is not None
        assert bench.charged("USD") == 0
        method = StoredMethod(seen.saved.reference, seen.saved.owner_reference, self.kind)
        known = replace(owner, reference=seen.saved.owner_reference)
        again = pay(bench, self.intent(method=method, owner=known), "")
        assert again.state in (Seen.SUCCEEDED, Seen.PROCESSING)

    def test_a_bank_debit_is_on_its_way_for_days_arrives_and_may_come_back(self, bench: Bench) -> None:
        if MethodKind.BANK not in bench.gateway.capabilities.kinds("USD"):
            return
        intent = an_intent(kind=MethodKind.BANK)
        seen = pay(bench, intent, bench.good_bank())
        assert (seen.state, seen.mode) == (Seen.PROCESSING, "bank_debit")
        bench.settle(seen.reference)
        seen = bench.gateway.fetch(bench.account, seen.reference)
        assert (seen.state, seen.amount) == (Seen.SUCCEEDED, intent.amount)
        bench.send_back(seen.reference)
        seen = bench.gateway.fetch(bench.account, seen.reference)
        assert seen.state is Seen.RETURNED
        assert seen.failure_code
        assert seen.failure_message

    def test_the_list_of_charges_has_what_was_charged(self, bench: Bench) -> None:
        began = datetime.now(UTC) - timedelta(minutes=5)
        first, second = self.paid(bench, self.intent()), self.paid(bench, self.intent("5.00"))
        pay(bench, self.intent("9.00"), bench.declined_card())
        found = list(bench.gateway.charges(bench.account, began, datetime.now(UTC) + timedelta(minutes=5)))
        charged = {each.reference: each.amount for each in found if each.state is Seen.SUCCEEDED}
        assert charged == {first.reference: first.amount, second.reference: second.amount}
        assert {each.intent_id for each in found} >= {first.intent_id, second.intent_id}

    def test_an_event_is_read_only_when_it_is_the_gateways(self, bench: Bench) -> None:
        seen = self.paid(bench, self.intent())
        body, headers = bench.event_about(seen.reference)
        (event,) = bench.gateway.parse_event(bench.account, body, headers)
        found = bench.gateway.fetch(bench.account, event.reference)
        assert (found.reference, found.intent_id) == (seen.reference, seen.intent_id)
        assert event.amount in (None, seen.amount)
        for name, value in headers.items():
            broken = {**headers, name: value[:-3] + ("aaa" if value[-3:] != "aaa" else "bbb")}
            with pytest.raises(SignatureError):
                bench.gateway.parse_event(bench.account, body, broken)
            with pytest.raises(SignatureError):
                bench.gateway.parse_event(
                    bench.account, body, {key: each for key, each in headers.items() if key != name}
                )
        with pytest.raises(SignatureError):
            bench.gateway.parse_event(bench.account, body.replace(b"6", b"1", 1), headers)
        if (old := bench.older(headers)) != headers:  # not every provider signs the time
            with pytest.raises(SignatureError):
                bench.gateway.parse_event(bench.account, body, old)
        stranger = replace(
            bench.account,
            public={**bench.account.public, "webhook_id": "0THER00000000"},
            secrets={**bench.account.secrets, "webhook_secret": "whsec_b3RoZXI="},
        )
        with pytest.raises(SignatureError):
            bench.gateway.parse_event(stranger, body, headers)

    def test_an_event_of_no_concern_is_nothing(self, bench: Bench) -> None:
        body, headers = bench.event_of_no_concern()
        assert bench.gateway.parse_event(bench.account, body, headers) == ()


def _start_and_confirm(bench: Bench, account: Account, intent: Intent) -> Observed:
    """Some gateways are first called to start, some to confirm."""
    reference = bench.gateway.start(account, intent).reference
    return bench.gateway.confirm(account, intent, reference, "token")


def a_wish(kind: MethodKind = MethodKind.CARD, currency: str = "USD") -> Wish:
    """What fields are asked for."""
    return Wish(kind, currency, "http://127.0.0.1", "en", "light")
