"""The sandbox bank's HTTP API as a Gateway; minor units exist only in here."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, ClassVar, Final
from urllib.parse import urlencode, urlsplit
from uuid import UUID

import httpx
from django.conf import settings as django_settings

from portico.kit import clock
from portico.kit.money import Money
from portico.payments.gateway import (
    Account,
    Capabilities,
    Event,
    GatewayRefusedError,
    GatewayUnreachableError,
    HostedFields,
    Intent,
    Observed,
    Refunded,
    Seen,
    Setting,
    SignatureError,
    Started,
)

OLDEST_EVENT: Final = 5 * 60
"""Seconds after which a signed event is too old (Standard Webhooks recommends a tolerance of five minutes)."""
LONGEST_TIMESTAMP: Final = 12
"""Digits of a time in seconds since 1970."""

_SEEN: Final = {
    "created": Seen.CREATED,
    "requires_action": Seen.NEEDS_ACTION,
    "processing": Seen.PROCESSING,
    "succeeded": Seen.SUCCEEDED,
    "failed": Seen.FAILED,
    "returned": Seen.FAILED,
    "cancelled": Seen.CANCELLED,
}
_BRANDS: Final = {
    "visa": "Visa",
    "mastercard": "Mastercard",
    "amex": "American Express",
    "discover": "Discover",
}


class SandboxGateway:
    """Cards and bank accounts of a bank that takes no real money."""

    key: ClassVar[str] = "sandbox"
    name: ClassVar[str] = "Sandbox"
    capabilities: ClassVar[Capabilities] = Capabilities(card=True, bank_debit=True, partial_refund=True)
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("url", "The bank's address", secret=False),
        Setting("publishable_key", "Publishable key", secret=False),
        Setting("secret_key", "Secret key"),
        Setting("webhook_secret", "Webhook secret"),
    )

    def hosted_fields(self, account: Account, *, parent: str, language: str, theme: str) -> HostedFields:
        """The bank's card fields for an iframe."""
        url = account.public["url"].rstrip("/")
        query = urlencode({"kind": "card", "parent": parent, "lang": language, "theme": theme})
        parts = urlsplit(url)
        return HostedFields(
            f"{url}/fields/{account.public['publishable_key']}?{query}", f"{parts.scheme}://{parts.netloc}"
        )

    def start(self, account: Account, intent: Intent) -> Started:
        """Make the payment; the intent's id is the idempotency key."""
        answer = self._post(
            account,
            "/v1/payments",
            {
                "amount": intent.amount.to_minor(),
                "currency": intent.amount.currency,
                "reference": str(intent.id),
                "description": intent.description,
                "return_url": intent.return_url,
            },
            key=str(intent.id),
        )
        return Started(str(answer["id"]))

    def confirm(self, account: Account, reference: str, token: str, key: str) -> Observed:
        """Charge the card behind the token."""
        answer = self._post(account, f"/v1/payments/{reference}/confirm", {"method_token": token}, key=key)
        return _observed(answer)

    def fetch(self, account: Account, reference: str) -> Observed:
        """Read the payment."""
        return _observed(self._call(account, "GET", f"/v1/payments/{reference}"))

    def cancel(self, account: Account, reference: str) -> Observed:
        """Call the payment off, or learn that it was charged."""
        return _observed(
            self._post(account, f"/v1/payments/{reference}/cancel", {}, key=f"{reference}-cancel")
        )

    def refund(self, account: Account, reference: str, amount: Money, key: str) -> Refunded:
        """Pay back part or all."""
        answer = self._post(
            account,
            "/v1/refunds",
            {"payment": reference, "amount": amount.to_minor(), "reference": key},
            key=key,
        )
        return Refunded(str(answer["id"]), Money.from_minor(int(answer["amount"]), amount.currency))

    def parse_event(self, account: Account, body: bytes, headers: Mapping[str, str]) -> Event | None:
        """Verify by Standard Webhooks (HMAC-SHA-256 over id, timestamp and raw body) and read."""
        given = {name.lower(): value for name, value in headers.items()}
        _verify(account.secrets["webhook_secret"], body, given)
        try:
            content = json.loads(body)
            kind = str(content["type"])
            if not kind.startswith("payment."):
                return None
            payment = content["data"]["payment"]
            return Event(
                id=str(content["id"]),
                kind=kind,
                reference=str(payment["id"]),
                intent_id=_uuid(payment.get("reference")),
                amount=Money.from_minor(int(payment["amount"]), str(payment["currency"])),
            )
        except (ValueError, KeyError, TypeError):
            raise SignatureError("The event cannot be read.") from None

    def _post(self, account: Account, path: str, body: dict[str, Any], *, key: str) -> dict[str, Any]:
        return self._call(account, "POST", path, json=body, headers={"Idempotency-Key": key})

    def _call(self, account: Account, method: str, path: str, **more: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {account.secrets['secret_key']}", **more.pop("headers", {})}
        url = account.public["url"].rstrip("/") + path
        try:
            answer = httpx.request(
                method, url, headers=headers, timeout=django_settings.GATEWAY_TIMEOUT_SECONDS, **more
            )
        except httpx.HTTPError as error:
            raise GatewayUnreachableError(f"The bank did not answer: {type(error).__name__}.") from error
        return _read(answer)


def _read(answer: httpx.Response) -> dict[str, Any]:
    try:
        content = answer.json()
    except ValueError:
        raise GatewayUnreachableError(f"The bank answered {answer.status_code} without sense.") from None
    if answer.is_success and isinstance(content, dict):
        return content
    # 409 and 429 say that the request may be under way; 5xx say nothing of the outcome.
    if answer.status_code in (409, 429) or answer.is_server_error or not isinstance(content, dict):
        raise GatewayUnreachableError(f"The bank answered {answer.status_code}.")
    raise GatewayRefusedError(str(content.get("detail") or content.get("title") or "The bank refused."))


def _observed(payment: dict[str, Any]) -> Observed:
    method = payment.get("method") or {}
    failure = payment.get("failure") or {}
    action = payment.get("next_action") or {}
    try:
        return Observed(
            reference=str(payment["id"]),
            intent_id=_uuid(payment.get("reference")),
            state=_SEEN[payment["status"]],
            amount=Money.from_minor(int(payment["amount"]), str(payment["currency"])),
            action_url=str(action.get("redirect_url") or ""),
            mode="bank_debit" if method.get("kind") == "bank_account" else "card",
            method_label=_label(method),
            failure_code=str(failure.get("code") or ""),
            failure_message=str(failure.get("message") or ""),
        )
    except (KeyError, ValueError, TypeError) as error:
        raise GatewayUnreachableError("The bank's answer cannot be read.") from error


def _label(method: dict[str, Any]) -> str:
    if not method:
        return ""
    brand = str(method.get("brand") or method.get("bank_name") or "")
    return f"{_BRANDS.get(brand, brand)} ending {method.get('last4', '')}".strip()


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


def _verify(secret: str, body: bytes, headers: Mapping[str, str]) -> None:
    event_id, sent, given = (
        headers.get(name, "") for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
    )
    if not (event_id and sent.isascii() and sent.isdigit() and len(sent) <= LONGEST_TIMESTAMP and given):
        raise SignatureError("The event is not signed.")
    if abs(clock.now().timestamp() - int(sent)) > OLDEST_EVENT:
        raise SignatureError("The event is too old.")
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"))
    except binascii.Error:
        raise SignatureError("The webhook secret cannot be read.") from None
    signed = f"{event_id}.{sent}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
    offered = [part.partition(",")[2] for part in given.split() if part.startswith("v1,")]
    if not any(hmac.compare_digest(expected, each.encode()) for each in offered):
        raise SignatureError("The event's signature is wrong.")
