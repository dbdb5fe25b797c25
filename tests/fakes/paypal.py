"""A stand-in for PayPal over HTTP: orders, captures, vault, refunds, disputes, events, and idempotency by
PayPal-Request-Id; built from PayPal's public descriptions and guides.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from portico.gateways.paypal.api import connections
from portico.kit.ids import new_id
from tests.fakes.paypal_books import Json, Merchant, Refusal, new_reference, now
from tests.fakes.paypal_signing import Signing, make_signing

UNPROCESSABLE = (
    "The requested action could not be performed, semantically incorrect, or failed business validation."
)
"""The one message that PayPal's description allows here."""
PAGES = {"/checkoutnow": "token", "/agreements/approve": "approval_session_id"}
"""The pages that customers are sent to, and what their addresses name it by."""
CERTIFICATE = "/v1/notifications/certs/CERT-stand-in"
VERIFICATION = "/v1/notifications/verify-webhook-signature"


class FakePayPal:
    """One PayPal with its merchants."""

    def __init__(self) -> None:
        """Not listening yet."""
        self.lock = threading.RLock()
        self.signing: Signing = make_signing()
        self.merchants: dict[str, Merchant] = {}
        self.gives_chain = False
        self.loses_next = 0
        self.connections = 0
        self.asked: list[tuple[str, str]] = []
        self.url = ""

    def open_merchant(self) -> Merchant:
        """A merchant of its own for one test."""
        merchant = Merchant(f"client-{new_id()}", f"secret-{new_id()}", self.url)
        self.merchants[merchant.client_id] = merchant
        return merchant

    def sent(self, merchant: Merchant, event: Json) -> tuple[bytes, dict[str, str]]:
        """An event as PayPal delivers it: raw bytes and headers."""
        body = json.dumps(event, indent=1).encode()  # not as others would write it: the bytes count
        transmission, at = str(new_id()), now()
        return body, {
            "Paypal-Transmission-Id": transmission,
            "Paypal-Transmission-Time": at,
            "Paypal-Transmission-Sig": self.signing.sign(body, transmission, at, merchant.webhook_id),
            "Paypal-Cert-Url": self.url + CERTIFICATE,
            "Paypal-Auth-Algo": "SHA256withRSA",
        }

    def answer(self, method: str, target: str, headers: dict[str, str], raw: bytes) -> tuple[int, Any]:
        """The status and content of one answer; raises Refusal."""
        parts = urlsplit(target)
        path, query = parts.path, {key: each[0] for key, each in parse_qs(parts.query).items()}
        self.asked.append((method, path))
        if path == CERTIFICATE:
            return 200, self.signing.certificate + (self.signing.between if self.gives_chain else "")
        if path in PAGES:
            return self._page(query[PAGES[path]], raw.decode())
        if path == "/v1/oauth2/token":
            return 200, self._token(headers.get("authorization", ""))
        merchant = self._merchant(headers.get("authorization", ""))
        if path == VERIFICATION:
            return 200, {"verification_status": "SUCCESS" if self._is_ours(merchant, raw) else "FAILURE"}
        body = json.loads(raw) if raw else {}
        if method != "POST":
            return self._read(merchant, method, path, query, body)
        return self._posted(merchant, path, headers, body)

    def _posted(
        self, merchant: Merchant, path: str, headers: dict[str, str], body: dict[str, Any]
    ) -> tuple[int, Any]:
        key = (path, headers.get("paypal-request-id", ""))
        if not key[1]:
            raise Refusal(400, "PAYPAL_REQUEST_ID_REQUIRED")
        asked = json.dumps(body, sort_keys=True)
        if key in merchant.answered:
            before, content = merchant.answered[key]
            if before != asked:
                raise Refusal(422, "DUPLICATE_REQUEST_ID")
            return 200, content
        made = self._act(merchant, path)(body)
        answered = json.loads(json.dumps(made))
        answered.pop("wanted", None)
        merchant.answered[key] = (asked, answered)
        return (200 if path.endswith("confirm-payment-source") else 201), answered

    def _is_ours(self, merchant: Merchant, raw: bytes) -> bool:
        """Whether an event, as its bytes stand in the question, was sent to this merchant."""
        asked, event = (
            json.loads(raw),
            re.split(rb'"webhook_event": ?', raw, maxsplit=1)[1].removesuffix(b"}"),
        )
        transmission, at = asked["transmission_id"], asked["transmission_time"]
        signed = self.signing.sign(event, transmission, at, merchant.webhook_id)
        return (signed, merchant.webhook_id) == (asked["transmission_sig"], asked["webhook_id"])

    def _page(self, reference: str, pressed: str) -> tuple[int, str]:
        """PayPal's own page, on which the customer agrees or cancels and is sent back; an address is a way on."""
        merchant = next(each for each in self.merchants.values() if reference in each.ways_back)
        if not pressed:
            buttons = "".join(f"<button name=pressed value={x}>{x}</button>" for x in ("Agree", "Cancel"))
            return (
                200,
                f"<!doctype html><title>PayPal</title><h1>PayPal</h1><form method=post>{buttons}</form>",
            )
        agreed = pressed == "pressed=Agree"
        if agreed:
            merchant.approve(reference)
        back = merchant.ways_back[reference]["return_url" if agreed else "cancel_url"]
        return 303, back + ("&" if "?" in back else "?") + f"token={reference}"

    def _token(self, authorization: str) -> Json:
        client, _, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        merchant = self.merchants.get(client)
        if merchant is None or merchant.secret != secret:
            raise Refusal(401, "invalid_client")
        merchant.tokens_given += 1
        return {"access_token": merchant.token, "token_type": "Bearer", "expires_in": 32400}

    def _merchant(self, authorization: str) -> Merchant:
        for merchant in self.merchants.values():
            if authorization == f"Bearer {merchant.token}":
                return merchant
        raise Refusal(401, "AUTHENTICATION_FAILURE")

    def _act(self, merchant: Merchant, path: str) -> Callable[[Json], Json]:
        match path.strip("/").split("/"):
            case ["v2", "checkout", "orders"]:
                return merchant.create_order
            case ["v2", "checkout", "orders", order, "confirm-payment-source"]:
                return lambda body: merchant.confirm_source(order, body)
            case ["v2", "checkout", "orders", order, "capture"]:
                return lambda body: merchant.capture(order, body)
            case ["v2", "payments", "captures", capture, "refund"]:
                return lambda body: merchant.refund(capture, body)
            case ["v3", "vault", "setup-tokens"]:
                return merchant.begin_setup
            case ["v3", "vault", "payment-tokens"]:
                return merchant.keep_setup
        raise Refusal(404, "RESOURCE_NOT_FOUND")

    def _read(self, merchant: Merchant, method: str, path: str, query: Json, body: Any) -> tuple[int, Any]:  # noqa: PLR0911 (one for each address)
        match [method, *path.strip("/").split("/")]:
            case ["PATCH", "v2", "checkout", "orders", order]:
                merchant.patch_order(order, body)
                return 204, None
            case ["DELETE", "v3", "vault", "payment-tokens", wallet]:
                merchant.wallets.pop(wallet, None)
                return 204, None
            case ["GET", "v2", "checkout", "orders", order]:
                return 200, {key: each for key, each in merchant.order(order).items() if key != "wanted"}
            case ["GET", "v2", "payments", "captures", capture]:
                return 200, merchant.told_of(*merchant.capture_of(capture))
            case ["GET", "v3", "vault", "setup-tokens", setup] if setup in merchant.setups:
                return 200, merchant.setups[setup]
            case ["GET", "v1", "customer", "disputes"]:
                about = query["disputed_transaction_id"]
                found = [
                    {
                        key: value
                        for key, value in each.items()
                        if key not in ("disputed_transactions", "dispute_outcome")
                    }
                    for each in merchant.disputes.values()
                    if each["disputed_transactions"][0]["seller_transaction_id"] == about
                ]
                return 200, {"items": found} if found else {}
            case ["GET", "v1", "customer", "disputes", dispute]:
                return 200, merchant.disputes[dispute]
            case ["GET", "v1", "notifications", "webhooks", webhook] if webhook == merchant.webhook_id:
                return 200, {"id": webhook, "url": "https://portal.example/", "event_types": [{"name": "*"}]}
            case ["GET", "v1", "notifications", "webhooks-events"]:
                told = [
                    each
                    for each in merchant.events
                    if each["event_type"] == query["event_type"]
                    and query["start_time"] <= each["create_time"] <= query["end_time"]
                ]
                return 200, {"events": told, "count": len(told), "links": []}
        raise Refusal(404, "RESOURCE_NOT_FOUND")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    fake: FakePayPal

    def setup(self) -> None:
        """A connection is opened."""
        super().setup()
        self.fake.connections += 1

    def _serve(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        with self.fake.lock:
            try:
                status, content = self.fake.answer(self.command, self.path, headers, raw)
            except Refusal as refusal:
                status, content = refusal.status, _error(refusal)
            except (KeyError, ValueError) as error:
                status, content = 400, _error(Refusal(400, "INVALID_REQUEST", str(error)))
            if self.fake.loses_next and self.path.endswith("/capture"):
                self.fake.loses_next -= 1
                self.close_connection = True
                return
            written = content.encode() if isinstance(content, str) else json.dumps(content).encode()
        self.send_response(status)
        if status == 303:
            self.send_header("Location", content)
        if status != 204:
            page = isinstance(content, str) and content.startswith("<!doctype")
            self.send_header("Content-Type", "text/html" if page else "application/json")
            self.send_header("Content-Length", str(len(written)))
        self.end_headers()
        if status != 204:
            self.wfile.write(written)

    do_GET = do_POST = do_PATCH = do_DELETE = _serve  # noqa: N815 (the names http.server calls)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (inherited)
        """Nothing."""


def _error(refusal: Refusal) -> Json:
    if refusal.issue == "INVALID_RESOURCE_ID":
        return {
            "name": "RESOURCE_NOT_FOUND",
            "message": "The specified resource does not exist.",
            "debug_id": new_reference(),
            "details": [{"issue": refusal.issue, "description": refusal.description}],
        }
    names = {400: "INVALID_REQUEST", 401: "AUTHENTICATION_FAILURE", 404: "RESOURCE_NOT_FOUND"}
    return {
        "name": names.get(refusal.status, "UNPROCESSABLE_ENTITY"),
        "message": UNPROCESSABLE if refusal.status == 422 else refusal.description,
        "debug_id": new_reference(),
        "details": [{"issue": refusal.issue}],
    }


@contextmanager
def running_paypal() -> Iterator[FakePayPal]:
    """A PayPal on a port of its own."""
    fake = FakePayPal()
    handler = type("Handler", (_Handler,), {"fake": fake})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        connections().close()
        connections.cache_clear()
        server.shutdown()
        server.server_close()
        thread.join()
