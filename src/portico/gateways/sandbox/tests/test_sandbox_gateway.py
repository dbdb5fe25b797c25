"""The sandbox gateway against the real sandbox bank over HTTP."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import httpx
import pytest
from django.test import override_settings

from portico.gateways.sandbox.apps import refuse_in_production
from portico.gateways.sandbox.gateway import SandboxGateway
from portico.kit.ids import new_id
from portico.payments.gateway import Account, Gateway
from portico.sandbox_bank.running import running_bank
from portico.testing.bank import ASKS_3DS, DECLINES, BankAccount, open_account
from portico.testing.gateway_contract import GatewayContract


@dataclass
class SandboxBench:
    """An account at the sandbox bank."""

    bank: BankAccount
    gateway: Gateway
    account: Account

    def good_card(self) -> str:
        return self.bank.card()

    def declined_card(self) -> str:
        return self.bank.card(DECLINES)

    def card_that_asks(self) -> str:
        return self.bank.card(ASKS_3DS)

    def good_bank(self) -> str:
        return self.bank.bank_account()

    def approve(self, reference: str) -> None:
        payment = next(each for each in self.bank.payments() if each["id"] == reference)
        httpx.post(payment["next_action"]["redirect_url"], data={"answer": "approve"}, timeout=60)

    def settle(self, reference: str) -> None:
        self.bank.settle(reference)

    def send_back(self, reference: str) -> None:
        self.bank.send_back(reference)

    def lose_next_answer(self) -> None:
        self.bank.faults(drop_answer_after_charge=1)

    def lose_payment(self, reference: str) -> None:
        """The bank never does."""

    def gone(self) -> Account:
        return replace(self.account, public={**self.account.public, "url": "http://127.0.0.1:9"})

    def wrong_key(self) -> Account:
        return replace(self.account, secrets={**self.account.secrets, "secret_key": "sk_wrong"})

    def charged(self, currency: str) -> int:
        return self.bank.charges().get(currency, (0, 0))[1]

    def event_about(self, reference: str) -> tuple[bytes, dict[str, str]]:
        payment = next(each for each in self.bank.payments() if each["id"] == reference)
        content = {
            "id": f"evt_{new_id()}",
            "type": "payment.succeeded",
            "created": "",
            "data": {"payment": payment},
        }
        return self._signed(content)

    def event_of_no_concern(self) -> tuple[bytes, dict[str, str]]:
        return self._signed({"id": "evt_1", "type": "account.changed", "data": {}})

    def older(self, headers: Mapping[str, str]) -> dict[str, str]:
        return {**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) - 3600)}

    def _signed(self, content: Mapping[str, object]) -> tuple[bytes, dict[str, str]]:
        """Signed as Standard Webhooks has it, written anew here so that a mistake is not made twice."""
        body, when = json.dumps(content).encode(), str(int(time.time()))
        key = base64.b64decode(self.bank.webhook_secret.removeprefix("whsec_"))
        digest = hmac.new(key, f"{content['id']}.{when}.".encode() + body, hashlib.sha256).digest()
        return body, {
            "webhook-id": str(content["id"]),
            "webhook-timestamp": when,
            "webhook-signature": "v1," + base64.b64encode(digest).decode(),
        }


@pytest.fixture(scope="module")
def bank_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running bank."""
    with running_bank(tmp_path_factory.mktemp("bank") / "bank.sqlite3") as bank:
        yield bank.url


class TestSandboxGateway(GatewayContract):
    """The contract, at the sandbox bank."""

    @pytest.fixture
    def bench(self, bank_url: str) -> SandboxBench:
        bank = open_account(bank_url, f"contract {new_id()}")
        public = {"url": bank.url, "publishable_key": bank.publishable_key}
        secrets = {"secret_key": bank.secret_key, "webhook_secret": bank.webhook_secret}
        return SandboxBench(bank, SandboxGateway(), Account(new_id(), public, secrets))


def test_it_is_refused_in_production() -> None:
    with override_settings(PRODUCTION=True, GATEWAYS={"sandbox": "…"}):
        assert [error.id for error in refuse_in_production()] == ["portico.E001"]
    with override_settings(PRODUCTION=False):
        assert refuse_in_production() == []


def test_secrets_are_not_printed() -> None:
    account = Account(new_id(), {}, {"secret_key": "sk_very_secret"})
    assert "sk_very_secret" not in repr(account)
