"""What the stand-in for PayPal knows of one merchant, and the rules by which it changes."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

Json = dict[str, Any]
WHOLE = {"HUF", "JPY", "TWD"}


class Refusal(Exception):  # noqa: N818 (PayPal's word for it is an issue)
    """An error of PayPal's."""

    def __init__(self, status: int, issue: str, description: str = "") -> None:
        super().__init__(issue)
        self.status, self.issue, self.description = status, issue, description or issue


def new_reference() -> str:
    """Seventeen capitals and digits."""
    return "".join(secrets.choice(string.ascii_uppercase + string.digits) for _ in range(17))


def now() -> str:
    """This moment as PayPal writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Merchant:
    """One merchant's app: orders, wallets, disputes, events, and the list of what was charged."""

    client_id: str
    secret: str
    url: str
    token: str = field(default_factory=lambda: secrets.token_hex(12))
    tokens_given: int = 0
    webhook_id: str = field(default_factory=new_reference)
    orders: dict[str, Json] = field(default_factory=dict)
    setups: dict[str, Json] = field(default_factory=dict)
    ways_back: dict[str, Json] = field(default_factory=dict)
    """Where the customer is sent back to from the page of an order or a setup."""
    wallets: dict[str, Json] = field(default_factory=dict)
    disputes: dict[str, Json] = field(default_factory=dict)
    events: list[Json] = field(default_factory=list)
    answered: dict[tuple[str, str], tuple[str, Json]] = field(default_factory=dict)
    charged: list[tuple[str, str, Decimal]] = field(default_factory=list)
    declines_next: bool = False
    pends_next: bool = False

    def create_order(self, body: Json) -> Json:
        """A new order."""
        unit = dict(body["purchase_units"][0])
        money = unit["amount"]
        value = Decimal(money["value"])
        if money["currency_code"] in WHOLE and "." in money["value"]:
            raise Refusal(422, "DECIMAL_PRECISION")
        if value <= 0 or "payment_source" in body:
            raise Refusal(422, "CANNOT_BE_ZERO_OR_NEGATIVE")
        reference = new_reference()
        self.orders[reference] = {
            "id": reference,
            "intent": body["intent"],
            "status": "CREATED",
            "create_time": now(),
            "purchase_units": [unit],
            "links": [self._link("approve", f"/checkoutnow?token={reference}")],
        }
        return self.orders[reference]

    def order(self, reference: str) -> Json:
        """An order that exists."""
        if reference not in self.orders:
            raise Refusal(
                404,
                "INVALID_RESOURCE_ID",
                "Specified resource ID does not exist. Please check the resource ID and try again.",
            )
        return self.orders[reference]

    def patch_order(self, reference: str, changes: list[Json]) -> Json:
        """Change the intent; of nothing that is completed."""
        order = self.order(reference)
        if order["status"] == "COMPLETED":
            raise Refusal(
                422, "ORDER_ALREADY_COMPLETED", "The order cannot be patched after it is completed."
            )
        for change in changes:
            if (change["op"], change["path"]) != ("replace", "/intent"):
                raise Refusal(422, "NOT_PATCHABLE")
            order["intent"] = change["value"]
        return order

    def confirm_source(self, reference: str, body: Json) -> Json:
        """The customer is to be sent to PayPal."""
        order = self.order(reference)
        if order["status"] not in ("CREATED", "PAYER_ACTION_REQUIRED"):
            raise Refusal(422, "ORDER_ALREADY_CAPTURED")
        wanted = body["payment_source"]["paypal"]
        order["wanted"] = wanted.get("attributes") or {}
        self.ways_back[reference] = wanted["experience_context"]
        order["status"] = "PAYER_ACTION_REQUIRED"
        order["payment_source"] = {"paypal": {}}
        order["links"] = [self._link("payer-action", f"/checkoutnow?token={reference}")]
        return order

    def capture(self, reference: str, body: Json) -> Json:
        """Charge the wallet, once."""
        order = self.order(reference)
        if order["status"] == "COMPLETED":
            raise Refusal(422, "ORDER_ALREADY_CAPTURED")
        if order["intent"] != "CAPTURE":
            raise Refusal(422, "ACTION_DOES_NOT_MATCH_INTENT")
        vault_id = body.get("payment_source", {}).get("paypal", {}).get("vault_id", "")
        if order["status"] != "APPROVED" and not vault_id:
            raise Refusal(422, "ORDER_NOT_APPROVED")
        if vault_id and vault_id not in self.wallets:
            raise Refusal(422, "TOKEN_ID_NOT_FOUND", "Specified token was not found.")
        if self.declines_next:
            self.declines_next = False
            raise Refusal(422, "INSTRUMENT_DECLINED", "The instrument presented was declined.")
        wallet: Json = {"email_address": "maya@greenleaf.example"}
        wanted = order.pop("wanted", {})
        if wanted.get("vault"):
            kept = self.keep(wanted.get("customer", {}).get("id", ""))
            wallet["attributes"] = {
                "vault": {"id": kept["id"], "status": "VAULTED", "customer": kept["customer"]}
            }
        unit = order["purchase_units"][0]
        capture = {
            "id": new_reference(),
            "status": "PENDING" if self.pends_next else "COMPLETED",
            "amount": {key: unit["amount"][key] for key in ("currency_code", "value")},
            "custom_id": unit["custom_id"],
            "final_capture": True,
            "create_time": now(),
        }
        self.pends_next = False
        order.update(status="COMPLETED", payment_source={"paypal": wallet}, links=[])
        unit["payments"] = {"captures": [capture]}
        if capture["status"] == "COMPLETED":
            self._charge(order, capture)
        else:
            self.tell("PAYMENT.CAPTURE.PENDING", self.told_of(order, capture))
        return order

    def come_in(self, reference: str, status: str) -> None:
        """A payment that was pending comes in, or does not."""
        order = self.order(reference)
        capture = order["purchase_units"][0]["payments"]["captures"][0]
        capture["status"] = status
        if status == "COMPLETED":
            self._charge(order, capture)
        else:
            self.tell("PAYMENT.CAPTURE.DENIED", self.told_of(order, capture))

    def capture_of(self, capture_id: str) -> tuple[Json, Json]:
        """A capture and its order."""
        for order in self.orders.values():
            for capture in order["purchase_units"][0].get("payments", {}).get("captures", ()):
                if capture["id"] == capture_id:
                    return order, capture
        raise Refusal(404, "INVALID_RESOURCE_ID")

    def refund(self, capture_id: str, body: Json) -> Json:
        """Pay back, never more than is left."""
        order, capture = self.capture_of(capture_id)
        payments = order["purchase_units"][0]["payments"]
        refunds = payments.setdefault("refunds", [])
        whole = Decimal(capture["amount"]["value"])
        left = whole - sum((Decimal(each["amount"]["value"]) for each in refunds), Decimal(0))
        amount = Decimal(body["amount"]["value"])
        if amount > left:
            raise Refusal(422, "REFUND_AMOUNT_EXCEEDED")
        refund = {
            "id": new_reference(),
            "status": "COMPLETED",
            "amount": body["amount"],
            "custom_id": body["custom_id"],
            "create_time": now(),
            "links": [self._link("up", f"/v2/payments/captures/{capture_id}")],
        }
        refunds.append(refund)
        capture["status"] = "REFUNDED" if amount == left else "PARTIALLY_REFUNDED"
        self.tell("PAYMENT.CAPTURE.REFUNDED", refund)
        return refund

    def begin_setup(self, body: Json) -> Json:
        """A setup token, to be approved."""
        reference = new_reference()
        self.ways_back[reference] = body["payment_source"]["paypal"]["experience_context"]
        self.setups[reference] = {
            "id": reference,
            "status": "PAYER_ACTION_REQUIRED",
            "customer": body.get("customer") or {"id": secrets.token_hex(8)},
            "payment_source": {"paypal": {}},
            "links": [self._link("approve", f"/agreements/approve?approval_session_id={reference}")],
        }
        return self.setups[reference]

    def keep_setup(self, body: Json) -> Json:
        """A payment token of an approved setup token."""
        setup = self.setups.get(body["payment_source"]["token"]["id"])
        if setup is None or setup["status"] != "APPROVED":
            raise Refusal(422, "INVALID_SETUP_TOKEN")
        return self.keep(setup["customer"]["id"])

    def keep(self, customer: str) -> Json:
        """A wallet kept for later."""
        wallet: Json = {
            "id": new_reference().lower(),
            "customer": {"id": customer or secrets.token_hex(8)},
            "payment_source": {"paypal": {"email_address": "maya@greenleaf.example"}},
        }
        self.wallets[wallet["id"]] = wallet
        return wallet

    def approve(self, reference: str) -> None:
        """The customer agrees on PayPal's page."""
        (self.setups.get(reference) or self.order(reference))["status"] = "APPROVED"
        if reference in self.orders:
            self.tell("CHECKOUT.ORDER.APPROVED", self.orders[reference])

    def dispute(self, reference: str) -> Json:
        """The customer disputes what they paid."""
        capture = self.order(reference)["purchase_units"][0]["payments"]["captures"][0]
        dispute: Json = {
            "dispute_id": f"PP-D-{len(self.disputes) + 1}",
            "create_time": now(),
            "update_time": now(),
            "reason": "MERCHANDISE_OR_SERVICE_NOT_RECEIVED",
            "status": "WAITING_FOR_SELLER_RESPONSE",
            "dispute_amount": capture["amount"],
            "dispute_life_cycle_stage": "CHARGEBACK",
            "seller_response_due_date": "2030-01-01T00:00:00.000Z",
            "disputed_transactions": [{"seller_transaction_id": capture["id"]}],
        }
        self.disputes[dispute["dispute_id"]] = dispute
        self.tell("CUSTOMER.DISPUTE.CREATED", dispute)
        return dispute

    def tell(self, kind: str, resource: Json) -> None:
        """Write an event down."""
        self.events.append(
            {"id": f"WH-{new_reference()}", "create_time": now(), "event_type": kind, "resource": resource}
        )

    def told_of(self, order: Json, capture: Json) -> Json:
        """A capture as events and its own address tell it."""
        return {**capture, "supplementary_data": {"related_ids": {"order_id": order["id"]}}}

    def _charge(self, order: Json, capture: Json) -> None:
        amount = capture["amount"]
        self.charged.append((order["id"], amount["currency_code"], Decimal(amount["value"])))
        self.tell("PAYMENT.CAPTURE.COMPLETED", self.told_of(order, capture))

    def _link(self, name: str, path: str) -> Json:
        return {"rel": name, "href": self.url + path, "method": "GET"}
