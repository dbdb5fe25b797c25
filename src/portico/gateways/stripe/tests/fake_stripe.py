"""A stand-in for Stripe over HTTP: keys, idempotency, parameters, states and events as Stripe's API has them."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import RLock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from portico.gateways.stripe.tests.fake_calls import act, approve, tree
from portico.gateways.stripe.tests.fake_objects import Keep, Object, Refusal


@dataclass
class FakeStripe:
    """One account at the stand-in, and what can be made to happen at it."""

    url: str
    secret_key: str
    publishable_key: str
    webhook_secret: str
    keep: Keep
    script: str = ""
    lose_next: bool = False
    asked: list[str] = field(default_factory=list)
    answered: dict[str, tuple[str, int, bytes]] = field(default_factory=dict)
    lock: RLock = field(default_factory=RLock)

    @property
    def settings(self) -> dict[str, str]:
        """As Portico is told of the account."""
        return {
            "publishable_key": self.publishable_key,
            "secret_key": self.secret_key,
            "webhook_secret": self.webhook_secret,
        }

    def intent(self, reference: str) -> Object:
        """A PaymentIntent."""
        return self.keep.get(reference, "payment_intent")

    def charged(self, currency: str) -> int:
        """What was charged in all, in Stripe's units."""
        found = self.keep.all("charge")
        return sum(
            each["amount"]
            for each in found
            if each["status"] != "failed" and each["currency"] == currency.lower()
        )

    def event(self, kind: str, about: Object) -> tuple[bytes, dict[str, str]]:
        """An event as Stripe sends it: raw body and headers."""
        made = self.keep.make("event", "evt", type=kind, data={"object": about}, api_version="x")
        body = json.dumps(made, indent=2).encode()
        return body, {"Stripe-Signature": self.signature(body, int(time.time()))}

    def signature(self, body: bytes, when: int) -> str:
        """Written anew here, so that a mistake is not made twice."""
        signed = f"{when}.".encode() + body
        return f"t={when},v1={hmac.new(self.webhook_secret.encode(), signed, hashlib.sha256).hexdigest()}"


@dataclass
class Accounts:
    """The stand-in: accounts by key."""

    url: str
    script: str = ""
    accounts: dict[str, FakeStripe] = field(default_factory=dict)

    def open(self, name: str) -> FakeStripe:
        """A new account."""
        tag = hashlib.sha256(name.encode()).hexdigest()[:20]
        keep = Keep(self.url, tag[:12])
        made = FakeStripe(self.url, f"sk_test_{tag}", f"pk_test_{tag}", f"whsec_{tag}", keep, self.script)
        self.accounts |= {made.secret_key: made, made.publishable_key: made}
        return made

    def of(self, reference: str) -> FakeStripe | None:
        """Whose object this is: pages that customers are sent to name no key."""
        return next((each for each in self.accounts.values() if reference in each.keep.objects), None)


@contextmanager
def running_stripe(script: str = "") -> Iterator[Accounts]:
    """Run it in a thread on 127.0.0.1; `script` is what it gives out for Stripe's own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    accounts = Accounts(f"http://127.0.0.1:{server.server_address[1]}", script)
    server.accounts = accounts  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield accounts
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    """Requests, one by one."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body in one piece: two would wait for each other

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (its name there)
        """Nothing is written."""

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def do_OPTIONS(self) -> None:
        self._send(204, b"")

    @property
    def _accounts(self) -> Accounts:
        found: Accounts = self.server.accounts  # type: ignore[attr-defined]
        return found

    def _answer(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        parts = urlsplit(self.path)
        if parts.path == "/js.stripe.com/v3/":
            return self._send(200, self._accounts.script.encode(), "text/javascript")
        if parts.path.startswith("/hooks/"):
            return self._hook(method, *parts.path.split("/")[2:4], answer=body)
        params = tree(parse_qsl(body if method == "POST" else parts.query, keep_blank_values=True))
        key = self.headers.get("Authorization", "").removeprefix("Bearer ")
        from_a_browser = method == "POST" and parts.path in ("/v1/tokens", "/v1/confirmation_tokens")
        if from_a_browser:
            key = params.pop("key", "")
        account = self._accounts.accounts.get(key)
        if account is None or key.startswith("pk_") != from_a_browser:
            shown = f"Invalid API Key provided: {key[:8]}****{key[-4:]}"
            return self._send(401, _dumped({"error": {"type": "invalid_request_error", "message": shown}}))
        with account.lock:
            account.asked.append(f"{method} {parts.path}")
            status, content, replayed = self._once(account, method, parts.path, params, body)
            lost = account.lose_next and method == "POST" and not replayed
            if lost:
                account.lose_next = False
        if lost:
            self.close_connection = True
            return None
        return self._send(status, content)

    def _once(
        self, account: FakeStripe, method: str, path: str, params: Object, body: str
    ) -> tuple[int, bytes, bool]:
        """The same key with the same content is answered as before, with another content refused."""
        key = self.headers.get("Idempotency-Key", "") if method == "POST" else ""
        print_ = hashlib.sha256(f"{path}?{body}".encode()).hexdigest()
        if key in account.answered:
            known, status, content = account.answered[key]
            if known == print_:
                return status, content, True
            words = "Keys for idempotent requests can only be used with the same parameters."
            return 400, _dumped({"error": {"type": "idempotency_error", "message": words}}), True
        try:
            status, content = 200, _dumped(act(account.keep, method, path, params))
        except Refusal as refusal:
            status, content = refusal.status, _dumped(refusal.body)
        if key:
            account.answered[key] = (print_, status, content)
        return status, content, False

    def _hook(self, method: str, kind: str, reference: str, *, answer: str) -> None:
        """The bank's page for 3-D Secure, or Stripe's for two small deposits."""
        account = self._accounts.of(reference)
        if account is None:
            return self._send(404, b"")
        with account.lock:
            intent = account.keep.objects[reference]
            if method == "GET":
                choices = "".join(
                    f"<button name=answer value={x}>{x.title()}</button>" for x in ("approve", "fail")
                )
                page = f"<!doctype html><title>Bank</title><h1>Bank</h1><form method=post>{choices}</form>"
                return self._send(200, page.encode(), "text/html")
            back = (intent["next_action"].get("redirect_to_url") or {}).get("return_url", "")
            approve(account.keep, intent, agreed="fail" not in answer)
        if back:
            self.send_response(303)
            self.send_header("Location", back)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        return self._send(200, f"<p>{escape(kind)}: thank you".encode(), "text/html")

    def _send(self, status: int, content: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Allow-Headers", "*")
        self.end_headers()
        self.wfile.write(content)


def _dumped(content: Object) -> bytes:
    return json.dumps(content, indent=2).encode()
