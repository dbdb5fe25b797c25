"""An account at the stand-in for Authorize.Net, as the contract and the other tests use it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from tests.fakes.authorize_net import AuthorizeNet, Merchant

from portico.gateways.authorize_net.gateway import AuthorizeNetGateway
from portico.gateways.authorize_net.numbers import read_reference
from portico.kit.ids import new_id
from portico.payments.gateway import Account, Gateway


@dataclass
class AuthorizeNetBench:
    """One merchant."""

    merchant: Merchant
    gateway: Gateway
    account: Account

    def good_card(self) -> str:
        return self.merchant.nonce()

    def declined_card(self) -> str:
        return self.merchant.nonce(last4="0002", outcome="declined")

    def card_that_asks(self) -> str:
        return self.merchant.nonce(outcome="held")

    def good_bank(self) -> str:
        return self.merchant.nonce(bank=True, last4="6789")

    def approve(self, reference: str) -> None:
        """The merchant lets a held payment through."""
        with self.merchant.lock:
            for each in self.merchant.by_number(read_reference(reference).number):
                held = each["transactionStatus"] == "FDSAuthorizedPendingReview"
                each["transactionStatus"] = (
                    "authorizedPendingCapture" if held else "capturedPendingSettlement"
                )

    def settle(self, reference: str) -> None:
        with self.merchant.lock:
            self.merchant.settle()

    def send_back(self, reference: str) -> None:
        with self.merchant.lock:
            self.merchant.send_back(self.trans_id(reference))

    def lose_next_answer(self) -> None:
        self.merchant.lose.append("createTransaction")

    def lose_payment(self, reference: str) -> None:
        """There is none before it is charged."""

    def gone(self) -> Account:
        return replace(self.account, public={**self.account.public, "mode": "http://127.0.0.1:9"})

    def wrong_key(self) -> Account:
        secrets = {**self.account.secrets, "transaction_key": "wrong-transaction-key"}
        return replace(self.account, secrets=secrets)

    def charged(self, currency: str) -> int:
        return self.merchant.charged()

    def event_about(self, reference: str) -> tuple[bytes, dict[str, str]]:
        with self.merchant.lock:
            charge = self.merchant.transactions[self.trans_id(reference)]
            amount = float(charge["settleAmount"])
            return self.merchant.event(
                "payment.priorAuthCapture.created", charge["transId"], authAmount=amount
            )

    def event_of_no_concern(self) -> tuple[bytes, dict[str, str]]:
        return self.merchant.signed(
            {
                "notificationId": str(new_id()),
                "eventType": "net.authorize.customer.created",
                "payload": {"entityName": "customerProfile", "id": "394"},
            }
        )

    def older(self, headers: Mapping[str, str]) -> dict[str, str]:
        return dict(headers)

    def trans_id(self, reference: str) -> str:
        """The id of the charge, which came first."""
        with self.merchant.lock:
            return str(self.merchant.by_number(read_reference(reference).number)[0]["transId"])


def settings_of(fake: AuthorizeNet, merchant: Merchant) -> dict[str, str]:
    """What the gateway asks for."""
    return {
        "login_id": merchant.login,
        "client_key": merchant.client_key,
        "mode": fake.url,
        "currency": "USD",
        "transaction_key": merchant.key,
        "webhook_secret": merchant.signature_key,
    }


def open_bench(fake: AuthorizeNet) -> AuthorizeNetBench:
    """A new merchant at the stand-in."""
    merchant = fake.open_account()
    given = settings_of(fake, merchant)
    secret = ("transaction_key", "webhook_secret")
    account = Account(
        new_id(),
        {name: value for name, value in given.items() if name not in secret},
        {name: given[name] for name in secret},
    )
    return AuthorizeNetBench(merchant, AuthorizeNetGateway(), account)


def body_with(body: bytes, **changed: object) -> bytes:
    """An event's body, changed."""
    return json.dumps({**json.loads(body), **changed}).encode()
