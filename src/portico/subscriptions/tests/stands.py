"""Stand-ins for Zoho Billing and Stripe Billing, written from their public API descriptions, over real HTTP.

They page as the real ones do, check the headers that these want, and can be told to ask for a rest, to refuse the
key, to break off, and to change what they have between two pages.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Stand:
    """What a stand-in has and does; tests change it while it runs."""

    subscriptions: list[dict[str, Any]] = field(default_factory=list)
    invoices: dict[str, list[str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    rest_after: int | None = None
    """So many requests are answered; the next is told to rest."""
    retry_after: str = "30"
    refuses: bool = False
    breaks: bool = False
    token: str = "token-1"
    renewals: int = 0
    url: str = ""


class _Handler(BaseHTTPRequestHandler):
    stand: Stand

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (its name there)
        """Say nothing."""

    def answer(self, status: int, body: Any, **headers: str) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def is_stopped(self) -> bool:
        """Whether a switch has answered already."""
        stand = self.stand
        if stand.breaks:
            self.close_connection = True
            self.connection.close()
            return True
        if stand.rest_after is not None and len(stand.asked) >= stand.rest_after:
            self.answer(429, {"message": "too many"}, Retry_After=stand.retry_after)
            return True
        stand.asked.append(self.path)
        return False


class StripeHandler(_Handler):
    """GET /v1/subscriptions and /v1/invoices: lists with `has_more` and `starting_after`."""

    def do_GET(self) -> None:
        if self.is_stopped():
            return None
        if self.headers.get("Authorization") != "Bearer rk_test_1" or self.stand.refuses:
            return self.answer(401, {"error": {"type": "invalid_request_error"}})
        assert self.headers["Stripe-Version"]
        address = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        if address.path == "/v1/invoices":
            numbers = self.stand.invoices.get(asked["subscription"], [])
            rows: list[dict[str, Any]] = [{"id": f"in_{each}", "number": each} for each in numbers]
            return self.answer(200, {"object": "list", "data": rows, "has_more": False})
        assert address.path == "/v1/subscriptions"
        start = 0
        if "starting_after" in asked:
            ids = [each["id"] for each in self.stand.subscriptions]
            start = ids.index(asked["starting_after"]) + 1
        limit = int(asked["limit"])
        page = self.stand.subscriptions[start : start + limit]
        more = start + limit < len(self.stand.subscriptions)
        return self.answer(200, {"object": "list", "data": page, "has_more": more})


class ZohoHandler(_Handler):
    """The token endpoint of Zoho Accounts, and /billing/v1/subscriptions, /subscriptions/{id} and /invoices."""

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        given = parse_qs(self.rfile.read(length).decode())
        assert urlsplit(self.path).path == "/oauth/v2/token"
        if given["refresh_token"] != ["refresh-1"] or self.stand.refuses:
            return self.answer(200, {"error": "invalid_code"})  # so Zoho does
        self.stand.renewals += 1
        return self.answer(200, {"access_token": self.stand.token, "expires_in": 3600})

    def do_GET(self) -> None:
        if self.is_stopped():
            return None
        if self.headers.get("Authorization") != f"Zoho-oauthtoken {self.stand.token}":
            return self.answer(401, {"code": 57, "message": "You are not authorized"})
        if self.headers.get("X-com-zoho-subscriptions-organizationid") != "1000":
            return self.answer(400, {"code": 6041, "message": "No such organization"})
        address = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        path = address.path.removeprefix("/billing/v1")
        if path == "/invoices":
            numbers = self.stand.invoices.get(asked["subscription_id"], [])
            found = [{"invoice_id": each, "number": each} for each in numbers]
            return self.answer(200, {"code": 0, "invoices": found})
        if path == "/subscriptions":
            number, size = int(asked["page"]), int(asked["per_page"])
            listed = self.stand.subscriptions[(number - 1) * size : number * size]
            more = number * size < len(self.stand.subscriptions)
            short = [{"subscription_id": each["subscription_id"]} for each in listed]
            context = {"page": number, "per_page": size, "has_more_page": more}
            return self.answer(200, {"code": 0, "subscriptions": short, "page_context": context})
        one = path.removeprefix("/subscriptions/")
        row = next(each for each in self.stand.subscriptions if each["subscription_id"] == one)
        return self.answer(200, {"code": 0, "subscription": row})


@contextmanager
def running(handler: type[_Handler]) -> Iterator[Stand]:
    """A stand-in on a port of 127.0.0.1."""
    stand = Stand()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (handler,), {"stand": stand}))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    stand.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield stand
    finally:
        server.shutdown()
        server.server_close()


def stripe_subscription(number: int, email: str, **changes: Any) -> dict[str, Any]:
    """A subscription in the shape of Stripe's published example objects."""
    return {
        "id": f"sub_{number:04d}",
        "object": "subscription",
        "status": "active",
        "currency": "usd",
        "customer": {"id": f"cus_{email}", "name": "Greenleaf Gardens", "email": email},
        "collection_method": "charge_automatically",
        "default_payment_method": {"type": "card", "card": {"brand": "visa", "last4": "4242"}},
        "start_date": 1_767_225_600,
        "cancel_at_period_end": False,
        "cancel_at": None,
        "ended_at": None,
        "pause_collection": None,
        "description": None,
        "items": {
            "data": [
                {
                    "id": f"si_{number}",
                    "quantity": 3,
                    "current_period_start": 1_772_323_200,
                    "current_period_end": 1_775_001_600,
                    "price": {
                        "id": "price_hoses",
                        "nickname": None,
                        "product": {"id": "prod_1", "name": "Hose care"},
                        "unit_amount": 2000,
                        "unit_amount_decimal": "2000",
                        "recurring": {"interval": "month", "interval_count": 1},
                    },
                }
            ]
        },
        **changes,
    }


def zoho_subscription(number: int, email: str, **changes: Any) -> dict[str, Any]:
    """A subscription in the shape of the example of Zoho Billing's API documentation."""
    return {
        "subscription_id": f"9030000007{number:04d}",
        "name": "Care-Basic",
        "status": "live",
        "amount": 149.7,
        "created_at": "2026-01-01",
        "activated_at": "2026-01-01",
        "current_term_starts_at": "2026-03-01",
        "current_term_ends_at": "2026-03-31",
        "next_billing_at": "2026-04-01",
        "expires_at": "",
        "interval": 1,
        "interval_unit": "months",
        "auto_collect": True,
        "currency_code": "USD",
        "card": {"last_four_digits": "4242"},
        "plan": {"plan_code": "care-basic", "name": "Care Basic", "price": 49.9, "quantity": 3},
        "customer": {"customer_id": f"cust-{email}", "display_name": "Greenleaf", "email": email},
        **changes,
    }
