"""An account at a running sandbox bank, as tests use it: cards, faults, and the bank's own list of charges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import httpx

from portico.access.actors import Actor
from portico.kit.trust import trusted
from portico.payments.actions.gateways import add_gateway_account
from portico.payments.models import GatewayAccount

SUCCEEDS: Final = "4242424242424242"
DECLINES: Final = "4000000000000002"
ASKS_3DS: Final = "4000000000003220"


@dataclass(frozen=True)
class BankAccount:
    """The organisation's account at the bank; everything goes over HTTP."""

    url: str
    id: str
    publishable_key: str
    secret_key: str
    webhook_secret: str

    @property
    def settings(self) -> dict[str, str]:
        """What the sandbox gateway asks for."""
        return {
            "url": self.url,
            "publishable_key": self.publishable_key,
            "secret_key": self.secret_key,
            "webhook_secret": self.webhook_secret,
        }

    def card(self, number: str = SUCCEEDS) -> str:
        """A token for a card, as the bank's own fields get it."""
        answer = self._ask(
            "POST",
            f"/fields/{self.publishable_key}/tokens",
            {
                "kind": "card", "number": number, "expiry": "12/34", "cvc": "123", "name": "Maya Chen",
                "address": "48 Orchard Lane", "city": "Portland", "postal_code": "97205", "country": "US",
            },
        )  # fmt: skip
        return str(answer["token"])

    def bank_account(self, number: str = "000123456789") -> str:
        """A token for a bank account, as the bank's own fields get it; 000111111116 comes back later."""
        answer = self._ask(
            "POST",
            f"/fields/{self.publishable_key}/tokens",
            {
                "kind": "bank_account", "routing": "110000000", "account": number, "holder": "Maya Chen",
                "account_type": "checking",
            },
        )  # fmt: skip
        return str(answer["token"])

    def settle(self, payment: str = "") -> None:
        """Bank debits arrive now."""
        self._ask("POST", f"/control/accounts/{self.id}/settle", {"payment": payment} if payment else {})

    def send_back(self, payment: str, code: str = "R01") -> None:
        """A bank debit comes back."""
        self._ask("POST", f"/control/accounts/{self.id}/return", {"payment": payment, "code": code})

    def approve(self, action_url: str) -> None:
        """The customer agrees on the bank's page of 3-D Secure."""
        assert (
            httpx.post(action_url, data={"answer": "approve"}, timeout=60, verify=trusted()).status_code < 400
        )

    def approve_late(self, action_url: str) -> None:
        """The customer agrees on a page that may be of no use any more."""
        httpx.post(action_url, data={"answer": "approve"}, timeout=60, verify=trusted())

    def dispute(self, payment: str, amount: int | None = None) -> str:
        """The payer's bank disputes a payment, or an amount of it in minor units; gives the dispute's id."""
        body: dict[str, Any] = (
            {"payment": payment} if amount is None else {"payment": payment, "amount": amount}
        )
        return str(self._ask("POST", f"/control/accounts/{self.id}/dispute", body)["id"])

    def decide(self, dispute: str, outcome: str) -> None:
        """A dispute is won by the merchant, or lost."""
        self._ask("POST", f"/control/accounts/{self.id}/decide", {"dispute": dispute, "outcome": outcome})

    def pay_out(self) -> list[dict[str, Any]]:
        """What is not paid out yet is paid out; the payouts made."""
        found: list[dict[str, Any]] = self._ask("POST", f"/control/accounts/{self.id}/payout", {})["data"]
        return found

    def faults(self, **switches: Any) -> None:
        """Make the bank misbehave; see its README for the switches."""
        self._ask("POST", f"/control/accounts/{self.id}/faults", switches)

    def behave(self) -> None:
        """All faults off."""
        self._ask("DELETE", f"/control/accounts/{self.id}/faults")

    def charges(self) -> dict[str, tuple[int, int]]:
        """How many charges and how much in minor units, by currency, from the money that moved."""
        summary = self._ask("GET", f"/control/accounts/{self.id}/summary")["charges"]["by_currency"]
        return {currency: (row["count"], row["charged"]) for currency, row in summary.items()}

    def refunded(self, currency: str = "USD") -> int:
        """How much the bank has paid back, in minor units."""
        summary = self._ask("GET", f"/control/accounts/{self.id}/summary")["charges"]["by_currency"]
        return int(summary.get(currency, {"refunded": 0})["refunded"])

    def payments(self) -> list[dict[str, Any]]:
        """The bank's payments, newest first."""
        found: list[dict[str, Any]] = self._ask("GET", "/v1/payments?limit=100")["data"]
        return found

    def events(self) -> list[dict[str, Any]]:
        """The bank's events with their deliveries, newest first."""
        found: list[dict[str, Any]] = self._ask("GET", f"/control/accounts/{self.id}/events")["data"]
        return found

    def resend(self, event_id: str, times: int = 1) -> None:
        """Deliver an event again."""
        self._ask("POST", f"/control/events/{event_id}/resend", {"times": times})

    def webhook_to(self, url: str, *, parent: str = "") -> None:
        """Deliver events to this address from now on, and let this origin frame the fields."""
        _open(self.url, self._name(), url, [parent] if parent else [])

    def _name(self) -> str:
        accounts = httpx.get(f"{self.url}/control/accounts", timeout=60).json()["data"]
        return str(next(each["name"] for each in accounts if each["id"] == self.id))

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = httpx.request(
            method,
            self.url + path,
            json=body,
            headers={"Authorization": f"Bearer {self.secret_key}", "Origin": self.url},
            timeout=60,
            verify=trusted(),
        )
        assert answer.is_success, (answer.status_code, answer.text)
        content: dict[str, Any] = answer.json() if answer.content else {}
        return content


def open_account(
    url: str, name: str, *, webhook_url: str = "", parent: str = "", settlement_ms: int | None = None
) -> BankAccount:
    """Open an account at the bank, or find the one of this name."""
    content = _open(url, name, webhook_url, [parent] if parent else [], settlement_ms)
    return BankAccount(
        url, content["id"], content["publishable_key"], content["secret_key"], content["webhook_secret"]
    )


def connect(actor: Actor, account: BankAccount, name: str = "Card") -> GatewayAccount:
    """Connect the organisation to its account at the bank."""
    return add_gateway_account(actor=actor, gateway="sandbox", name=name, settings=account.settings)


def _open(
    url: str, name: str, webhook_url: str, parents: list[str], settlement_ms: int | None = None
) -> dict[str, Any]:
    body: dict[str, Any] = {"name": name}
    if settlement_ms is not None:
        body["settlement_ms"] = settlement_ms
    if parents:
        body["parent_origins"] = parents
    if webhook_url:
        body["webhook_url"] = webhook_url
    answer = httpx.post(f"{url}/control/accounts", json=body, timeout=60, verify=trusted())
    assert answer.is_success, (answer.status_code, answer.text)
    content: dict[str, Any] = answer.json()
    return content
