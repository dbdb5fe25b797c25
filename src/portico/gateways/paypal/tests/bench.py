"""A merchant at the stand-in for PayPal, as the contract of gateways wants it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from tests.fakes.paypal import FakePayPal
from tests.fakes.paypal_books import Merchant

from portico.gateways.paypal.gateway import PayPalGateway
from portico.kit.ids import new_id
from portico.kit.money import Money
from portico.payments.gateway import Account, Gateway


@dataclass
class PayPalBench:
    """A merchant at the stand-in, spoken to at `address`."""

    fake: FakePayPal
    merchant: Merchant
    gateway: Gateway
    account: Account

    def good_card(self) -> str:
        return ""

    def declined_card(self) -> str:
        self.merchant.declines_next = True
        return ""

    def card_that_asks(self) -> str:
        return ""

    def good_bank(self) -> str:
        raise AssertionError

    def approve(self, reference: str) -> None:
        with self.fake.lock:
            self.merchant.approve(reference)

    def settle(self, reference: str) -> None:
        with self.fake.lock:
            self.merchant.come_in(reference, "COMPLETED")

    def send_back(self, reference: str) -> None:
        raise AssertionError

    def lose_next_answer(self) -> None:
        self.fake.loses_next = 1

    def lose_payment(self, reference: str) -> None:
        with self.fake.lock:
            del self.merchant.orders[reference]

    def gone(self) -> Account:
        return replace(self.account, public={**self.account.public, "stand_in": "http://127.0.0.1:9"})

    def wrong_key(self) -> Account:
        return replace(self.account, secrets={"client_secret": "wrong-secret-of-nobody"})

    def charged(self, currency: str) -> int:
        taken = [amount for _, kind, amount in self.merchant.charged if kind == currency]
        return sum(Money.rounded(amount, currency).to_minor() for amount in taken)

    def event_about(self, reference: str) -> tuple[bytes, dict[str, str]]:
        with self.fake.lock:
            told = [
                each
                for each in self.merchant.events
                if each["event_type"] == "PAYMENT.CAPTURE.COMPLETED" and reference in json.dumps(each)
            ]
            return self.fake.sent(self.merchant, told[-1])

    def event_of_no_concern(self) -> tuple[bytes, dict[str, str]]:
        self.merchant.tell("BILLING.PLAN.CREATED", {"id": "P-1"})
        return self.fake.sent(self.merchant, self.merchant.events[-1])

    def older(self, headers: Mapping[str, str]) -> dict[str, str]:
        return {**headers, "Paypal-Transmission-Time": "2020-01-01T00:00:00Z"}

    def told(self, kind: str) -> tuple[bytes, dict[str, str]]:
        """The last event of a kind, as it is delivered."""
        event = [each for each in self.merchant.events if each["event_type"] == kind][-1]
        return self.fake.sent(self.merchant, event)


def make_bench(fake: FakePayPal, address: str) -> PayPalBench:
    """A merchant for one test."""
    merchant = fake.open_merchant()
    public = {
        "mode": "sandbox",
        "client_id": merchant.client_id,
        "webhook_id": merchant.webhook_id,
        "stand_in": address,
        "stand_in_certificates": fake.url,
        "stand_in_root": fake.signing.root,
    }
    account = Account(new_id(), public, {"client_secret": merchant.secret})
    return PayPalBench(fake, merchant, PayPalGateway(), account)
