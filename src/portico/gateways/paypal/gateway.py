"""PayPal as a Gateway: orders are made, approved on PayPal's site, and captured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, ClassVar, Final
from urllib.parse import parse_qsl, urlsplit

from portico.gateways.paypal import amounts, api, disputes, events, orders, vault
from portico.kit.money import Money
from portico.payments.gateway import (
    CURRENCIES,
    Account,
    Capabilities,
    Event,
    GatewayGoneError,
    GatewayRefusedError,
    GatewayUnreachableError,
    Intent,
    MethodKind,
    Observed,
    PayoutSeen,
    RefundSeen,
    Saving,
    SavingSeen,
    Seen,
    Setting,
    Started,
    StoredMethod,
    Wish,
    account_kinds,
)

_ORDERS: Final = "/v2/checkout/orders"
_STILL_OPEN: Final = (Seen.CREATED, Seen.NEEDS_ACTION, Seen.READY)
_ASK_AGAIN: Final = frozenset(
    {"ORDER_ALREADY_CAPTURED", "ORDER_NOT_APPROVED", "PAYER_ACTION_REQUIRED", "ACTION_DOES_NOT_MATCH_INTENT"}
)
"""Refusals of a capture that say how the order stands."""
_UNPROCESSABLE: Final = 422
_NOT_FOUND: Final = 404
_TIME: Final = "%Y-%m-%dT%H:%M:%SZ"


class PayPalGateway:
    """PayPal wallets, and what PayPal itself offers on its page: cards, bank accounts, pay later."""

    key: ClassVar[str] = "paypal"
    name: ClassVar[str] = "PayPal"
    capabilities: ClassVar[Capabilities] = Capabilities(
        wallet=True, saved_methods=True, partial_refund=True, currencies=amounts.CURRENCIES
    )
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting(
            "mode",
            "Mode",
            secret=False,
            default="live",
            choices=(("live", "Live"), ("sandbox", "Sandbox, for trying it out")),
        ),
        Setting(
            "client_id", "Client ID", secret=False, help="Of the app under Apps & Credentials at PayPal."
        ),
        Setting("client_secret", "Secret", help="Of the same app, in the same mode."),
        Setting(
            "webhook_id",
            "Webhook ID",
            secret=False,
            required=False,
            help="PayPal shows it once the webhook has been added; without it no events are taken.",
        ),
        CURRENCIES,
    )

    def check(self, account: Account) -> str:
        """Ask for a token, and for the webhook where one is named."""
        api.access_token(account, afresh=True)
        if webhook_id := account.public.get("webhook_id"):
            try:
                api.get(account, f"/v1/notifications/webhooks/{api.part(webhook_id)}")
            except api.PayPalRefusedError:
                raise GatewayRefusedError(
                    "PayPal knows no webhook of this ID for this app.", field="webhook_id"
                ) from None
        return f"PayPal ({account.public['mode']}), app {account.public['client_id'][:12]}"

    def kinds(self, account: Account, currency: str) -> tuple[MethodKind, ...]:
        """What the gateway takes, in the currencies that the owner has listed."""
        return account_kinds(self.capabilities, account, currency)

    def fields(self, account: Account, wish: Wish) -> None:
        """Nothing is typed here: the customer is sent to PayPal."""

    def start(self, account: Account, intent: Intent) -> Started:
        """Make an order, which charges nobody and asks nobody yet."""
        answer = api.post(account, _ORDERS, orders.request_of(intent), key=str(intent.id))
        return Started(orders.observed(answer).reference)

    def confirm(self, account: Account, intent: Intent, reference: str, token: str) -> Observed:
        """Send the customer to PayPal; capture what they have agreed to, or charge the saved wallet."""
        seen = orders.observed(self._order(account, reference))
        if (seen.intent_id, seen.amount) != (intent.id, intent.amount):
            return seen  # not ours to charge; whoever asked sees that it does not fit
        if seen.state is Seen.READY:
            return self._capture(account, intent, reference, {})
        if seen.state is Seen.CREATED and intent.method:
            saved = {"payment_source": {"paypal": {"vault_id": intent.method.reference}}}
            return self._capture(account, intent, reference, saved)
        if seen.state is Seen.CREATED:
            path = f"{_ORDERS}/{api.part(reference)}/confirm-payment-source"
            sent = api.post(account, path, orders.wallet_of(intent), key=f"{intent.id}-ask")
            return orders.observed(sent)
        return seen

    def fetch(self, account: Account, reference: str) -> Observed:
        """Read the order with its refunds, and the disputes about what was captured."""
        if reference.startswith(events.CAPTURE):
            reference = self._order_of(account, reference.removeprefix(events.CAPTURE))
        order = self._order(account, reference)
        seen = orders.observed(order)
        capture = orders.capture_of(order)
        if capture is None or seen.state is not Seen.SUCCEEDED:
            return seen
        return replace(seen, disputes=disputes.about(account, str(capture["id"])))

    def cancel(self, account: Account, reference: str) -> Observed:
        """Make the order one that PayPal does not capture, unless it has been captured."""
        seen = self.fetch(account, reference)
        return self._close(account, reference) if seen.state in _STILL_OPEN else seen

    def refund(self, account: Account, reference: str, amount: Money, key: str) -> RefundSeen:
        """Refund the order's capture; a refund of this key that exists is that refund, however old the key."""
        order = self._order(account, reference)
        capture = orders.capture_of(order)
        if capture is None:
            raise GatewayRefusedError("Nothing was charged that could be refunded.")
        for known in orders.observed(order).refunds:
            if known.key == key:
                return known
        body = {"amount": amounts.written(amount), "custom_id": key}
        path = f"/v2/payments/captures/{api.part(str(capture['id']))}/refund"
        seen = orders.refund_seen(api.post(account, path, body, key=key))
        return replace(seen, key=key)

    def save_method(self, account: Account, saving: Saving, token: str) -> SavingSeen:
        """Send the customer to PayPal, to agree that it is kept."""
        return vault.begin(account, saving)

    def fetch_saving(self, account: Account, saving: Saving, reference: str) -> SavingSeen:
        """Keep what the customer has agreed to."""
        return vault.look(account, saving, reference)

    def forget(self, account: Account, method: StoredMethod) -> None:
        """Have PayPal keep it no longer."""
        vault.remove(account, method)

    def charges(self, account: Account, since: datetime, until: datetime) -> Iterator[Observed]:
        """What PayPal has told of captures through this app (it keeps thirty days), read anew order by order."""
        told: set[str] = set()
        for kind in ("PAYMENT.CAPTURE.COMPLETED", "PAYMENT.CAPTURE.PENDING"):
            for capture in self._captures_told(account, kind, since, until):
                reference = events.order_of(capture)
                if reference and reference not in told:
                    told.add(reference)
                    yield orders.observed(self._order(account, reference))

    def payouts(self, account: Account, since: date) -> Iterator[PayoutSeen]:
        """PayPal keeps what it takes in the business's balance."""
        return iter(())

    def parse_event(self, account: Account, body: bytes, headers: Mapping[str, str]) -> tuple[Event, ...]:
        """Verify by PayPal's certificate and read."""
        return events.parse(account, body, headers)

    def _order(self, account: Account, reference: str) -> dict[str, Any]:
        try:
            return api.get(account, f"{_ORDERS}/{api.part(reference)}")
        except api.PayPalRefusedError as refused:
            if (
                refused.http_status == _NOT_FOUND
            ):  # PayPal keeps an order that is not captured for hours or days
                raise GatewayGoneError(refused.message) from None
            raise

    def _order_of(self, account: Account, capture_id: str) -> str:
        reference = events.order_of(api.get(account, f"/v2/payments/captures/{api.part(capture_id)}"))
        if not reference:
            raise GatewayRefusedError("That payment did not come by an order.")
        return reference

    def _capture(self, account: Account, intent: Intent, reference: str, body: dict[str, Any]) -> Observed:
        """Charge. PayPal captures an order once, whatever the key; a decline closes it before it is told."""
        try:
            path = f"{_ORDERS}/{api.part(reference)}/capture"
            return orders.observed(api.post(account, path, body, key=f"{intent.id}-capture"))
        except api.PayPalRefusedError as refused:
            if refused.issues & _ASK_AGAIN:
                return self.fetch(account, reference)
            if refused.http_status not in (_UNPROCESSABLE, _NOT_FOUND):
                raise
            seen = self._close(account, reference)
            if seen.state is not Seen.CANCELLED:
                return seen
            code = next(iter(sorted(refused.issues - {"UNPROCESSABLE_ENTITY"})), "declined")
            return replace(seen, state=Seen.FAILED, failure_code=code, failure_message=orders.declined())

    def _close(self, account: Account, reference: str) -> Observed:
        """Take the intent to capture off the order; answers how it stands then."""
        change = {"op": "replace", "path": "/intent", "value": orders.CLOSED_BY}
        try:
            api.patch(account, f"{_ORDERS}/{api.part(reference)}", [change])
        except api.PayPalRefusedError as refused:
            seen = self.fetch(account, reference)
            if seen.state in _STILL_OPEN:
                raise GatewayUnreachableError(
                    f"The order could not be called off. {refused.message}"
                ) from None
            return seen
        return self.fetch(account, reference)

    def _captures_told(
        self, account: Account, kind: str, since: datetime, until: datetime
    ) -> Iterator[dict[str, Any]]:
        query = {
            "event_type": kind,
            "page_size": "100",
            "start_time": since.astimezone(UTC).strftime(_TIME),
            "end_time": until.astimezone(UTC).strftime(_TIME),
        }
        while True:
            page = api.get(account, "/v1/notifications/webhooks-events", query)
            for event in page.get("events") or ():
                yield event["resource"]
            following = orders.link(page, "next")
            if not following or not page.get("events"):
                return
            query = dict(parse_qsl(urlsplit(following).query))
