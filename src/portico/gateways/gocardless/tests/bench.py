"""An account at the stand-in for GoCardless, and ways to make things happen there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import httpx
from tests.fakes.gocardless import Books, FakeGoCardless

from portico.gateways.gocardless.gateway import GoCardlessGateway
from portico.gateways.gocardless.reading import REFERENCE
from portico.kit.ids import new_id
from portico.payments.gateway import Account, Gateway


@dataclass
class GoCardlessBench:
    """The bench that the contract works at."""

    books: Books
    gateway: Gateway
    account: Account

    def good_card(self) -> str:
        """The customer chooses at GoCardless."""
        return ""

    def declined_card(self) -> str:
        """The next mandate is refused by the customer's bank."""
        self.books.refuse_next_mandate = True
        return ""

    def card_that_asks(self) -> str:
        return ""

    def good_bank(self) -> str:
        return ""

    def approve(self, reference: str) -> None:
        with self.books.lock:
            flows = list(self.books.rows["billing_request_flows"].values())
        flow = next(each for each in reversed(flows) if each["links"]["billing_request"] == reference)
        assert httpx.post(flow["authorisation_url"], timeout=60).headers["Location"].startswith("http")

    def settle(self, reference: str) -> None:
        with self.books.lock:
            self.books.arrive(self.payment(reference))

    def send_back(self, reference: str) -> None:
        with self.books.lock:
            self.books.fail(self.payment(reference), "bank_account_closed")

    def lose_next_answer(self) -> None:
        self.books.lose_payment_answers = 1

    def lose_payment(self, reference: str) -> None:
        del self.books.rows["billing_requests"][reference]

    def gone(self) -> Account:
        return replace(self.account, public={**self.account.public, "mode": "http://127.0.0.1:9"})

    def wrong_key(self) -> Account:
        return replace(self.account, secrets={**self.account.secrets, "access_token": "sandbox_wrong"})

    def charged(self, currency: str) -> int:
        return self.books.charged(currency)

    def event_about(self, reference: str) -> tuple[bytes, dict[str, str]]:
        with self.books.lock:
            return self.books.delivery(self.books.events_of(self.payment(reference))[-1])

    def event_of_no_concern(self) -> tuple[bytes, dict[str, str]]:
        return self.books.delivery(self.books.event("mandates", "active", {"mandate": "MD1"}))

    def older(self, headers: Mapping[str, str]) -> dict[str, str]:
        return dict(headers)

    def payment(self, reference: str) -> str:
        """GoCardless's id of the payment that has our reference."""
        found = self.books.rows["payments"].values()
        return str(next(each["id"] for each in found if each["metadata"].get(REFERENCE) == reference))


def bench_at(server: FakeGoCardless, **public: str) -> GoCardlessBench:
    """A new account."""
    books = server.open_account()
    settings = {"mode": server.url, "instant": "no", "currency": "USD", **public}
    secrets = {"access_token": books.token, "webhook_secret": books.secret}
    return GoCardlessBench(books, GoCardlessGateway(), Account(new_id(), settings, secrets))
