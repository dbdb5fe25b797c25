"""A stand-in for GoCardless's API, from its public reference: mandates, payments, refunds, payouts, signed webhooks.

It keeps its own books and its provider's rules: access tokens, the version header, idempotency keys (409 with the
resource that exists), three keys of metadata, mandates that are alive, states in which a payment can be cancelled or
refunded, and the confirmation of the total refunded. Days do not go by in it; a test moves them with its methods.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import RLock, Thread
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

Row = dict[str, Any]
LIVING: Final = ("pending_customer_approval", "pending_submission", "submitted", "active")
CURRENCIES: Final = {"ach": "USD", "sepa_core": "EUR", "bacs": "GBP"}
_COLLECTIONS: Final = (
    "creditors", "billing_requests", "billing_request_flows", "payments", "mandates", "customer_bank_accounts",
    "customers", "refunds", "events", "payouts", "payout_items",
)  # fmt: skip


class RefusedError(Exception):
    """An answer that is an error, as GoCardless writes them."""

    def __init__(self, status: int, kind: str, reason: str, message: str, **links: str) -> None:
        super().__init__(message)
        self.status = status
        error = {"reason": reason, "message": message, **({"links": links} if links else {})}
        self.body = {"error": {"type": kind, "code": status, "message": message, "errors": [error]}}


def invalid_state(reason: str, message: str) -> RefusedError:
    """422: not in this state."""
    return RefusedError(422, "invalid_state", reason, message)


class Books:
    """What GoCardless knows for one access token."""

    def __init__(self, name: str, token: str, secret: str, url: str) -> None:
        self.name, self.token, self.secret, self.url = name, token, secret, url
        self.rows: dict[str, dict[str, Row]] = {each: {} for each in _COLLECTIONS}
        self.keys: dict[tuple[str, str], str] = {}
        self.lose_payment_answers = 0
        self.refuse_next_mandate = False
        self.calls: list[tuple[str, str]] = []
        self.rows["creditors"]["CR1"] = {"id": "CR1", "name": name}
        self.lock = RLock()

    def charged(self, currency: str) -> int:
        """What was taken, or is on its way, in minor units."""
        taken = ("pending_submission", "submitted", "confirmed", "paid_out")
        rows = self.rows["payments"].values()
        return sum(
            each["amount"] for each in rows if each["currency"] == currency and each["status"] in taken
        )

    def agree(self, request_id: str) -> None:
        """The customer goes through the pages and agrees."""
        request = self.rows["billing_requests"][request_id]
        if request["status"] != "pending":
            return
        currency = (request.get("mandate_request") or request.get("payment_request") or {})["currency"]
        customer = request["links"].get("customer") or self._add("customers", "CU", {})["id"]
        request["links"]["customer"] = customer
        if "mandate_request" in request:
            account = self._add(
                "customer_bank_accounts",
                "BA",
                {"bank_name": "First Bank", "account_number_ending": "11", "links": {"customer": customer}},
            )
            status = "failed" if self.refuse_next_mandate else "active"
            self.refuse_next_mandate = False
            links = {"customer": customer, "customer_bank_account": account["id"]}
            scheme = request["mandate_request"]["scheme"]
            mandate = self._add("mandates", "MD", {"status": status, "scheme": scheme, "links": links})
            request["links"]["mandate_request_mandate"] = mandate["id"]
        if "payment_request" in request:
            asked = request["payment_request"]
            payment = self._add(
                "payments",
                "PM",
                {
                    "amount": int(asked["amount"]),
                    "currency": currency,
                    "status": "pending_submission",
                    "amount_refunded": 0,
                    "metadata": {},
                    "links": {},
                },
            )
            request["links"]["payment_request_payment"] = payment["id"]
            self.event("payments", "created", {"payment": payment["id"]})
        request["status"] = "fulfilled"
        self.event("billing_requests", "fulfilled", {"billing_request": request_id})

    def arrive(self, payment_id: str) -> None:
        """Days go by: the money comes."""
        self._step(payment_id, "submitted", "confirmed")

    def fail(self, payment_id: str, cause: str = "insufficient_funds") -> None:
        """The customer's bank does not pay; before or after it was confirmed."""
        words = {
            "insufficient_funds": "The customer's account had insufficient funds.",
            "bank_account_closed": "The customer's bank account has been closed.",
        }
        self._step(payment_id, "failed", details={"cause": cause, "description": words[cause]})

    def charge_back(self, payment_id: str) -> None:
        """The customer claims the money back under the scheme's guarantee."""
        details = {"cause": "refund_requested", "description": "The customer asked their bank for a refund."}
        self._step(payment_id, "charged_back", details=details)

    def undo_charge_back(self, payment_id: str) -> None:
        """GoCardless gets it back."""
        self.event("payments", "chargeback_cancelled", {"payment": payment_id})
        self.rows["payments"][payment_id]["status"] = "confirmed"

    def bounce(self, refund_id: str) -> None:
        """The customer's bank sends a refund back: it is none of what was refunded any more."""
        refund = self.rows["refunds"][refund_id]
        refund["status"] = "bounced"
        self.rows["payments"][refund["links"]["payment"]]["amount_refunded"] -= int(refund["amount"])
        self.event("refunds", "bounced", {"refund": refund_id})

    def pay_out(self, fee: str = "20.0") -> Row:
        """Everything that is confirmed goes to the organisation's bank, less one fee."""
        ready = [each for each in self.rows["payments"].values() if each["status"] == "confirmed"]
        currency = ready[0]["currency"]
        amount = sum(each["amount"] for each in ready) - round(float(fee))
        fields = {"amount": amount, "currency": currency, "status": "paid", "arrival_date": _now()[:10]}
        payout = self._add("payouts", "PO", fields)
        for each in ready:
            each["status"] = "paid_out"
            self._item(payout, "payment_paid_out", f"{each['amount']}.0", {"payment": each["id"]})
        self._item(payout, "gocardless_fee", f"-{fee}", {"payment": ready[0]["id"]})
        return payout

    def event(self, kind: str, action: str, links: Row, details: Row | None = None) -> Row:
        """Something has happened."""
        fields = {"resource_type": kind, "action": action, "links": links, "details": details or {}}
        return self._add("events", "EV", fields)

    def delivery(self, *events: Row) -> tuple[bytes, dict[str, str]]:
        """Some events as they are sent: the raw body, and its headers."""
        body = json.dumps({"events": list(events), "meta": {"webhook_id": "WB6"}}).encode()
        signed = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
        return body, {"Webhook-Signature": signed}

    def events_of(self, reference: str) -> list[Row]:
        """Those about one resource, oldest first."""
        return [each for each in self.rows["events"].values() if reference in each["links"].values()]

    def answer(self, method: str, path: str, query: Row, body: Row, key: str) -> tuple[int, Row]:
        """One request."""
        self.calls.append((method, path))
        parts = path.strip("/").split("/")
        collection = parts[0]
        if collection not in _COLLECTIONS:
            raise RefusedError(404, "invalid_api_usage", "resource_not_found", "Resource not found")
        if method == "POST" and len(parts) == 1:
            if not key:
                raise RefusedError(400, "invalid_api_usage", "missing_key", "No idempotency key")
            if known := self.keys.get((collection, key)):
                message = "A resource has already been created with this idempotency key"
                raise RefusedError(
                    409,
                    "invalid_state",
                    "idempotent_creation_conflict",
                    message,
                    conflicting_resource_id=known,
                )
            row = self._creators[collection](self, body[collection])
            self.keys[collection, key] = row["id"]
            return 201, {collection: row}
        if method == "GET" and len(parts) == 1:
            return 200, self._list(collection, query)
        row = self._found(collection, parts[1])
        if method == "PUT":
            row["metadata"] = _metadata(body[collection])
        elif method == "POST" and parts[2:] == ["actions", "cancel"]:
            self._cancellers[collection](self, row)
        return 200, {collection: row}

    def _list(self, collection: str, query: Row) -> Row:
        rows = list(reversed(self.rows[collection].values()))
        for name, wanted in query.items():
            if name in ("limit", "after"):
                continue
            compared = re.fullmatch(r"created_at\[(gte|lt)\]", name)
            if compared:
                since = compared[1] == "gte"
                rows = [each for each in rows if (each["created_at"] >= wanted) is since]
            elif name == "action":
                rows = [each for each in rows if each["action"] == wanted]
            else:
                rows = [each for each in rows if each.get("links", {}).get(name) == wanted]
        if "after" in query:
            ids = [each["id"] for each in rows]
            rows = rows[ids.index(query["after"]) + 1 :]
        limit = min(int(query.get("limit", 50)), 2)  # short pages, so that every list is read in several
        more = rows[limit - 1]["id"] if len(rows) > limit else None
        cursors = {"before": None, "after": more}
        return {collection: rows[:limit], "meta": {"cursors": cursors, "limit": limit}}

    def _create_request(self, asked: Row) -> Row:
        if request := asked.get("mandate_request"):
            if CURRENCIES.get(request.get("scheme", "")) != request["currency"]:
                raise RefusedError(422, "validation_failed", "scheme", "Scheme does not support currency")
        elif not asked.get("payment_request"):
            raise RefusedError(422, "validation_failed", "missing", "Nothing is requested")
        fields = {**asked, "status": "pending", "metadata": _metadata(asked), "links": asked.get("links", {})}
        row = self._add("billing_requests", "BRQ", fields)
        self.event("billing_requests", "created", {"billing_request": row["id"]})
        return row

    def _create_flow(self, asked: Row) -> Row:
        request = self._found("billing_requests", asked["links"]["billing_request"])
        if request["status"] != "pending":
            raise invalid_state("billing_request_not_pending", "Billing request is not pending")
        row = self._add("billing_request_flows", "BRF", dict(asked))
        row["authorisation_url"] = f"{self.url}/flow/{self.token}/{row['id']}"
        self.event("billing_requests", "flow_created", {"billing_request": request["id"]})
        return row

    def _create_payment(self, asked: Row) -> Row:
        mandate = self._found("mandates", asked["links"]["mandate"])
        if mandate["status"] not in LIVING:
            raise invalid_state("mandate_is_inactive", "The mandate for this payment is inactive")
        if CURRENCIES[mandate["scheme"]] != asked["currency"] or int(asked["amount"]) <= 0:
            raise RefusedError(422, "validation_failed", "currency", "Currency is not the mandate's")
        fields = {
            **asked,
            "amount": int(asked["amount"]),
            "status": "pending_submission",
            "amount_refunded": 0,
            "metadata": _metadata(asked),
        }
        row = self._add("payments", "PM", fields)
        self.event("payments", "created", {"payment": row["id"]})
        return row

    def _create_refund(self, asked: Row) -> Row:
        payment = self._found("payments", asked["links"]["payment"])
        total = payment["amount_refunded"] + int(asked["amount"])
        if payment["status"] not in ("confirmed", "paid_out"):
            raise invalid_state("payment_not_refundable", "Payment cannot be refunded")
        if total > payment["amount"]:
            raise RefusedError(422, "validation_failed", "refund_exceeds_payment", "More than was paid")
        if asked.get("total_amount_confirmation") != total:
            message = "total_amount_confirmation does not match"
            raise RefusedError(422, "invalid_state", "total_amount_confirmation_invalid", message)
        payment["amount_refunded"] = total
        fields = {**asked, "currency": payment["currency"], "status": "created", "metadata": _metadata(asked)}
        row = self._add("refunds", "RF", fields)
        self.event("refunds", "created", {"refund": row["id"]})
        return row

    def _cancel_payment(self, row: Row) -> None:
        if row["status"] != "pending_submission":
            raise invalid_state("cancellation_failed", "This payment has been submitted already")
        self._step(row["id"], "cancelled")

    def _cancel_mandate(self, row: Row) -> None:
        if row["status"] not in LIVING:
            raise invalid_state("cancellation_failed", "This mandate has ended already")
        row["status"] = "cancelled"
        for each in self.rows["payments"].values():
            if each["links"].get("mandate") == row["id"] and each["status"] == "pending_submission":
                self._step(each["id"], "cancelled")
        self.event("mandates", "cancelled", {"mandate": row["id"]})

    def _cancel_request(self, row: Row) -> None:
        if row["status"] != "pending":
            raise invalid_state("cancellation_failed", "This billing request is fulfilled")
        row["status"] = "cancelled"
        self.event("billing_requests", "cancelled", {"billing_request": row["id"]})

    def _step(self, payment_id: str, *states: str, details: Row | None = None) -> None:
        for state in states:
            self.rows["payments"][payment_id]["status"] = state
            self.event("payments", state, {"payment": payment_id}, details)

    def _item(self, payout: Row, kind: str, amount: str, links: Row) -> None:
        links = {**links, "payout": payout["id"]}
        self._add("payout_items", "PI", {"type": kind, "amount": amount, "links": links})

    def _add(self, collection: str, prefix: str, fields: Row) -> Row:
        row = {**fields, "id": f"{prefix}{uuid4().hex[:12].upper()}", "created_at": _now()}
        row.setdefault("links", {})
        self.rows[collection][row["id"]] = row
        return row

    def _found(self, collection: str, row_id: str) -> Row:
        if row_id not in self.rows[collection]:
            raise RefusedError(404, "invalid_api_usage", "resource_not_found", "Resource not found")
        return self.rows[collection][row_id]

    _creators: Final[dict[str, Callable[[Books, Row], Row]]] = {
        "billing_requests": _create_request,
        "billing_request_flows": _create_flow,
        "payments": _create_payment,
        "refunds": _create_refund,
    }
    _cancellers: Final[dict[str, Callable[[Books, Row], None]]] = {
        "billing_requests": _cancel_request,
        "payments": _cancel_payment,
        "mandates": _cancel_mandate,
    }


class FakeGoCardless(ThreadingHTTPServer):
    """The server; each access token has books of its own."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.accounts: dict[str, Books] = {}

    def open_account(self, name: str = "Northwind Traders") -> Books:
        """New books."""
        token = f"sandbox_{uuid4().hex}"
        self.accounts[token] = Books(name, token, f"hook-{uuid4().hex}", self.url)
        return self.accounts[token]


class _Handler(BaseHTTPRequestHandler):
    server: FakeGoCardless

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        if parts.path.startswith("/flow/"):
            self._flow(parts.path)
            return
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length) or b"{}") or {}
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        try:
            books = self._books(token)
            with books.lock:
                key = self.headers.get("Idempotency-Key", "")
                status, found = books.answer(
                    self.command, parts.path, dict(parse_qsl(parts.query)), body, key
                )
                if (self.command, parts.path) == ("POST", "/payments") and books.lose_payment_answers:
                    books.lose_payment_answers -= 1
                    return  # the connection ends without an answer
                answer = json.dumps(found).encode()
        except RefusedError as error:
            status, answer = error.status, json.dumps(error.body).encode()
        self._send(status, answer, {"Content-Type": "application/json"})

    do_GET = do_POST = do_PUT = _serve  # noqa: N815 (http.server's names)

    def _books(self, token: str) -> Books:
        if token not in self.server.accounts:
            raise RefusedError(401, "invalid_api_usage", "access_token_not_found", "Access token not found")
        if self.headers.get("GoCardless-Version") != "2015-07-06":
            raise RefusedError(400, "invalid_api_usage", "missing_version_header", "Version not found")
        return self.server.accounts[token]

    def _flow(self, path: str) -> None:
        """GoCardless's own pages: whoever sends the form has agreed, and is sent back."""
        _empty, _flow, token, flow_id = path.split("/")
        books = self.server.accounts[token]
        flow = books.rows["billing_request_flows"][flow_id]
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.command == "POST":
            with books.lock:
                books.agree(flow["links"]["billing_request"])
            self._send(303, b"", {"Location": flow["redirect_uri"]})
        else:
            way_out = f"<p><a href='{escape(flow['exit_uri'])}'>Go back</a>"
            form = f"<form method=post><button>Agree</button></form>{way_out}"
            page = f"<!doctype html><title>Agree</title><h1>GoCardless</h1>{form}".encode()
            self._send(200, page, {"Content-Type": "text/html"})

    def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@contextmanager
def running_gocardless() -> Iterator[FakeGoCardless]:
    """The stand-in on a port of its own."""
    with FakeGoCardless() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def _metadata(asked: Row) -> Row:
    found: Row = asked.get("metadata") or {}
    if len(found) > 3 or any(len(name) > 50 or len(str(value)) > 500 for name, value in found.items()):
        raise RefusedError(422, "validation_failed", "metadata", "At most three keys of metadata")
    return found


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
