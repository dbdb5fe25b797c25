"""A merchant at the bank: what Northwind's own server would send."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx

from portico.sandbox_bank.running import RunningBank

PARENT = "http://portal.northwind.example"


class Merchant:
    """An account at a running bank and the calls it makes."""

    def __init__(self, bank: RunningBank, name: str = "", **given: Any) -> None:
        """Opens an account of its own, with ``given`` as its settings."""
        self.bank = bank
        self.name = name or f"Northwind {uuid4()}"
        self.account = bank.open_account(self.name, **given)

    def call(
        self, method: str, path: str, *, key: str | None = None, timeout: float = 20, **more: Any
    ) -> httpx.Response:
        """One call with the merchant's secret key."""
        headers = {"Authorization": f"Bearer {self.account.secret_key}", **more.pop("headers", {})}
        if key is not None:
            headers["Idempotency-Key"] = key
        url = f"{self.bank.url}/v1{path}"
        return self.bank.http.request(method, url, headers=headers, timeout=timeout, **more)

    def order(self, **given: Any) -> dict[str, Any]:
        """The body of a usual payment: 1,050 US cents."""
        usual = {"amount": 1050, "currency": "USD", "reference": "INV-1", "return_url": f"{PARENT}/back"}
        return {**usual, **given}

    def create(self, **given: Any) -> dict[str, Any]:
        """A payment that was made."""
        answer = self.call("POST", "/payments", key=str(uuid4()), json=self.order(**given))
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def confirm(
        self, payment_id: str, token: str | None = None, *, key: str | None = None, **more: Any
    ) -> dict[str, Any]:
        """A payment after confirming it."""
        body = {} if token is None else {"method_token": token}
        path = f"/payments/{payment_id}/confirm"
        answer = self.call("POST", path, key=key or str(uuid4()), json=body, **more)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def pay(self, number: str = "4242424242424242", **given: Any) -> dict[str, Any]:
        """A payment made and confirmed with a card."""
        payment = self.create(**given)
        return self.confirm(payment["id"], self.card(number))

    def debit(self, number: str = "000123456789", **given: Any) -> dict[str, Any]:
        """A payment made and confirmed with a bank account."""
        payment = self.create(**given)
        return self.confirm(payment["id"], self.bank.bank_token(self.account, number))

    def card(self, number: str = "4242424242424242") -> str:
        """A token for a card."""
        return self.bank.card_token(self.account, number)

    def get(self, payment_id: str) -> dict[str, Any]:
        """The payment as it stands."""
        return dict(self.call("GET", f"/payments/{payment_id}").json())

    def control(self, method: str, what: str, **body: Any) -> dict[str, Any]:
        """A call of the control API about this account."""
        return self.bank.control(method, f"/accounts/{self.account.id}/{what}", **body)

    def faults(self, **switches: Any) -> None:
        """Set switches."""
        self.control("PUT", "faults", **switches)

    def charged(self, currency: str = "USD") -> dict[str, int]:
        """The sums of the money that moved."""
        found = self.control("GET", "summary")["charges"]["by_currency"]
        none = {"count": 0, "charged": 0, "refunded": 0, "returned": 0, "net": 0}
        return dict(found.get(currency, none))
