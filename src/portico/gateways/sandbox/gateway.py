"""The sandbox bank's HTTP API as a Gateway; minor units exist only in here."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, ClassVar, Final
from urllib.parse import urlencode, urlsplit
from uuid import UUID

import httpx
from django.conf import settings as django_settings

from portico.kit import clock
from portico.kit.money import Money
from portico.kit.trust import trusted
from portico.payments.gateway import (
    CURRENCIES,
    Account,
    Capabilities,
    DisputeSeen,
    DisputeState,
    Event,
    GatewayGoneError,
    GatewayRefusedError,
    GatewayUnreachableError,
    HostedFields,
    Intent,
    MethodKind,
    Observed,
    PayoutLine,
    PayoutSeen,
    RefundSeen,
    SavedSeen,
    Saving,
    SavingSeen,
    Seen,
    Setting,
    SignatureError,
    Started,
    StoredMethod,
    Wish,
    account_kinds,
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
    "returned": Seen.RETURNED,
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
    capabilities: ClassVar[Capabilities] = Capabilities(
        card=True,
        bank_debit=True,
        saved_methods=True,
        partial_refund=True,
        payouts=True,
        bank_currencies=frozenset({"USD"}),
    )
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("url", "The bank's address", secret=False),
        Setting("publishable_key", "Publishable key", secret=False),
        Setting("secret_key", "Secret key"),
        Setting("webhook_secret", "Webhook secret", help="Events from the bank are signed with it."),
        CURRENCIES,
    )

    def check(self, account: Account) -> str:
        """Ask for the newest payment: it needs the secret key."""
        self._call(account, "GET", "/v1/payments?limit=1")
        return urlsplit(account.public["url"]).netloc

    def kinds(self, account: Account, currency: str) -> tuple[MethodKind, ...]:
        """What the gateway takes, in the currencies that the owner has listed."""
        return account_kinds(self.capabilities, account, currency)

    def fields(self, account: Account, wish: Wish) -> HostedFields:
        """The bank's fields for an iframe."""
        url = account.public["url"].rstrip("/")
        kind = "bank" if wish.kind is MethodKind.BANK else "card"
        query = urlencode({"kind": kind, "parent": wish.parent, "lang": wish.language, "theme": wish.theme})
        parts = urlsplit(url)
        return HostedFields(
            f"{url}/fields/{account.public['publishable_key']}?{query}", f"{parts.scheme}://{parts.netloc}"
        )

    def start(self, account: Account, intent: Intent) -> Started:
        """Make the payment; the intent's id is the idempotency key."""
        body = {
            "amount": intent.amount.to_minor(),
            "currency": intent.amount.currency,
            "reference": str(intent.id),
            "description": intent.description,
            "return_url": intent.return_url,
        }
        if intent.owner:
            body["customer_reference"] = str(intent.owner.id)
        if intent.method:
            body["method"] = intent.method.reference
        if intent.save:
            body["save_method"] = True
        answer = self._post(account, "/v1/payments", body, key=str(intent.id))
        return Started(str(answer["id"]))

    def confirm(self, account: Account, intent: Intent, reference: str, token: str) -> Observed:
        """Charge the card behind the token, or the saved method that the payment was made with."""
        body = {} if intent.method else {"method_token": token}
        # The bank charges a payment once, whatever is confirmed with which key; a key is for one body.
        key = f"{intent.id}-{hashlib.sha256(token.encode()).hexdigest()[:16]}"
        return _observed(self._post(account, f"/v1/payments/{reference}/confirm", body, key=key))

    def fetch(self, account: Account, reference: str) -> Observed:
        """Read the payment, with its refunds and disputes where it has any."""
        payment = self._call(account, "GET", f"/v1/payments/{reference}")
        of_it = urlencode({"payment": reference})
        refunds, disputes = [], []
        if payment.get("amount_refunded"):
            refunds = self._call(account, "GET", f"/v1/refunds?{of_it}")["data"]
        if payment.get("amount_disputed"):
            disputes = self._call(account, "GET", f"/v1/disputes?{of_it}")["data"]
        return _observed(payment, refunds, disputes)

    def cancel(self, account: Account, reference: str) -> Observed:
        """Call the payment off, or learn that it was charged."""
        return _observed(
            self._post(account, f"/v1/payments/{reference}/cancel", {}, key=f"{reference}-cancel")
        )

    def refund(self, account: Account, reference: str, amount: Money, key: str) -> RefundSeen:
        """Pay back part or all."""
        body = {"payment": reference, "amount": amount.to_minor(), "reference": key}
        return _refund(self._post(account, "/v1/refunds", body, key=key), amount.currency)

    def save_method(self, account: Account, saving: Saving, token: str) -> SavingSeen:
        """Keep what is behind the token; the bank asks nothing more."""
        body = {"method_token": token, "customer_reference": str(saving.owner.id)}
        saved = _saved(self._post(account, "/v1/methods", body, key=str(saving.id)), str(saving.owner.id))
        return SavingSeen(saved.reference, Seen.SUCCEEDED, saved)

    def fetch_saving(self, account: Account, saving: Saving, reference: str) -> SavingSeen:
        """Read the saved method."""
        found = self._call(account, "GET", f"/v1/methods/{reference}")
        return SavingSeen(reference, Seen.SUCCEEDED, _saved(found, str(saving.owner.id)))

    def forget(self, account: Account, method: StoredMethod) -> None:
        """Delete the saved method."""
        self._call(account, "DELETE", f"/v1/methods/{method.reference}")

    def charges(self, account: Account, since: datetime, until: datetime) -> Iterator[Observed]:
        """The bank's list, newest first, until it is older than asked for."""
        query = {"limit": "100"}
        while True:
            page = self._call(account, "GET", f"/v1/payments?{urlencode(query)}")
            for payment in page["data"]:
                at = datetime.fromisoformat(payment["created"])
                if at < since:
                    return
                if at < until and payment["status"] in ("processing", "succeeded", "returned"):
                    yield (
                        self.fetch(account, payment["id"])
                        if payment["amount_refunded"] or payment["amount_disputed"]
                        else _observed(payment)
                    )
            if not page["has_more"]:
                return
            query["after"] = page["next"]

    def payouts(self, account: Account, since: date) -> Iterator[PayoutSeen]:
        """The bank's payouts, newest first."""
        found = self._call(account, "GET", f"/v1/payouts?{urlencode({'since': since.isoformat()})}")
        for payout in found["data"]:
            currency = str(payout["currency"])
            lines = tuple(
                PayoutLine(
                    str(line["kind"]),
                    str(line["payment"]),
                    Money.from_minor(int(line["gross"]), currency),
                    Money.from_minor(int(line["fee"]), currency),
                    Money.from_minor(int(line["net"]), currency),
                )
                for line in payout["lines"]
            )
            yield PayoutSeen(
                str(payout["id"]),
                Money.from_minor(int(payout["amount"]), currency),
                date.fromisoformat(payout["arrives"]),
                str(payout["status"]),
                lines,
            )

    def parse_event(self, account: Account, body: bytes, headers: Mapping[str, str]) -> tuple[Event, ...]:
        """Verify by Standard Webhooks (HMAC-SHA-256 over id, timestamp and raw body) and read."""
        given = {name.lower(): value for name, value in headers.items()}
        _verify(account.secrets["webhook_secret"], body, given)
        try:
            content = json.loads(body)
            kind = str(content["type"])
            if not kind.startswith(("payment.", "refund.", "dispute.")):
                return ()
            payment = content["data"]["payment"]
            return (
                Event(
                    id=str(content["id"]),
                    kind=kind,
                    reference=str(payment["id"]),
                    intent_id=_uuid(payment.get("reference")),
                    amount=Money.from_minor(int(payment["amount"]), str(payment["currency"])),
                ),
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
                method,
                url,
                headers=headers,
                timeout=django_settings.GATEWAY_TIMEOUT_SECONDS,
                verify=trusted(),
                **more,
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
    said = str(content.get("detail") or content.get("title") or "The bank refused.")
    if answer.status_code == httpx.codes.NOT_FOUND and content.get("code") == "not_found":
        raise GatewayGoneError(said)
    raise GatewayRefusedError(said)


def _refund(refund: dict[str, Any], currency: str) -> RefundSeen:
    amount = Money.from_minor(int(refund["amount"]), currency)
    return RefundSeen(str(refund["id"]), amount, Seen.SUCCEEDED, str(refund["reference"]))


def _saved(method: dict[str, Any], owner: str) -> SavedSeen:
    kind = MethodKind.BANK if method["kind"] == "bank_account" else MethodKind.CARD
    brand = str(method.get("brand") or method.get("bank_name") or "")
    expires = None
    if method.get("exp_year"):
        year, month = int(method["exp_year"]), int(method["exp_month"])
        expires = date(year, month, monthrange(year, month)[1])
    return SavedSeen(str(method["id"]), owner, kind, _BRANDS.get(brand, brand), str(method["last4"]), expires)


def _dispute(dispute: dict[str, Any], currency: str) -> DisputeSeen:
    return DisputeSeen(
        str(dispute["id"]),
        Money.from_minor(int(dispute["amount"]), currency),
        DisputeState(dispute["status"]),
        str(dispute["message"]),
        datetime.fromisoformat(dispute["evidence_due"]),
        dispute["status"] != "won",
    )


def _observed(
    payment: dict[str, Any],
    refunds: Iterable[dict[str, Any]] = (),
    disputes: Iterable[dict[str, Any]] = (),
) -> Observed:
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
            saved=_saved(method, str(payment["customer_reference"])) if method.get("id") else None,
            refunds=tuple(_refund(each, str(payment["currency"])) for each in refunds),
            disputes=tuple(_dispute(each, str(payment["currency"])) for each in disputes),
            at=datetime.fromisoformat(payment["created"]),
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
