"""An account at the stand-in for Stripe, as the contract of gateways wants it."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

import httpx

from portico.gateways.stripe.tests.fake_objects import ASKS, DECLINES
from portico.gateways.stripe.tests.fake_stripe import FakeStripe
from portico.kit.ids import new_id
from portico.payments.gateway import (
    Account,
    Gateway,
    Owner,
    Seen,
)
from portico.testing.gateway_contract import an_intent, pay

GOOD = "4242424242424242"
BANK = "000123456789"


@dataclass
class StripeBench:
    """An account at the stand-in."""

    stripe: FakeStripe
    gateway: Gateway
    account: Account

    def good_card(self) -> str:
        return self.card()

    def card(self, number: str = GOOD, kind: str = "card") -> str:
        with self.stripe.lock:
            return str(self.stripe.keep.confirmation_token(number, kind)["id"])

    def declined_card(self) -> str:
        return self.card(DECLINES)

    def card_that_asks(self) -> str:
        return self.card(ASKS)

    def good_bank(self) -> str:
        return self.card(BANK, "us_bank_account")

    def approve(self, reference: str) -> None:
        intent = self.stripe.keep.objects[reference]
        action = intent["next_action"]
        found = action[action["type"]]
        url = found.get("url") or found["hosted_verification_url"]
        httpx.post(url, data={"answer": "approve"}, timeout=60)

    def settle(self, reference: str) -> None:
        with self.stripe.lock:
            self.stripe.keep.arrive(self.stripe.intent(reference))

    def send_back(self, reference: str) -> None:
        with self.stripe.lock:
            self.stripe.keep.dispute(self.stripe.intent(reference), "lost", "insufficient_funds")

    def lose_next_answer(self) -> None:
        self.stripe.lose_next = True

    def lose_payment(self, reference: str) -> None:
        del self.stripe.keep.objects[reference]

    def gone(self) -> Account:
        return replace(self.account, secrets={**self.account.secrets, "secret_key": "sk_test_gone"})

    def wrong_key(self) -> Account:
        return replace(self.account, secrets={**self.account.secrets, "secret_key": "sk_test_wrong"})

    def charged(self, currency: str) -> int:
        return self.stripe.charged(currency)

    def event_about(self, reference: str) -> tuple[bytes, dict[str, str]]:
        with self.stripe.lock:
            return self.stripe.event("payment_intent.succeeded", self.stripe.intent(reference))

    def event_of_no_concern(self) -> tuple[bytes, dict[str, str]]:
        return self.stripe.event("customer.created", {"id": "cus_1", "object": "customer"})

    def older(self, headers: Mapping[str, str]) -> dict[str, str]:
        signed = headers["Stripe-Signature"]
        return {"Stripe-Signature": re.sub(r"t=\d+", f"t={int(time.time()) - 3600}", signed)}


def owner() -> Owner:
    return Owner(new_id(), "Maya Chen", "maya@greenleaf.example")


def paid(bench: StripeBench, amount: str = "60.00") -> str:
    seen = pay(bench, an_intent(amount), bench.good_card())
    assert seen.state is Seen.SUCCEEDED
    return seen.reference
