"""Calls to Stripe by its own library: what went wrong is told as the protocol of gateways knows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final

import stripe
from django.conf import settings

from portico.payments.gateway import Account, GatewayGoneError, GatewayRefusedError, GatewayUnreachableError

PER_PAGE: Final = 100
_UNDER_WAY: Final = frozenset({409, 429})
"""The same key is being worked on, or too much is: says nothing of the outcome."""
_SERVER: Final = 500
_NOT_FOUND: Final = 404
"""With a code of its own this is about the id in the address; one that is missing in a body is a 400."""


class RefusedByStripeError(GatewayRefusedError):
    """Stripe did not do what it was asked, or a bank declined; `code` of its own in `why`, `about` is the object."""

    def __init__(self, message: str, why: str, about: dict[str, Any]) -> None:
        super().__init__(message)
        self.why, self.about = why, about


class MissingAtStripeError(RefusedByStripeError, GatewayGoneError):
    """Stripe knows nothing of that id at this account and in this mode."""


def client(account: Account) -> Any:
    """Stripe's client for one account. Nothing is tried again by itself: whoever asks decides."""
    return stripe.StripeClient(
        account.secrets["secret_key"],
        base_addresses={"api": settings.STRIPE_API},
        http_client=_http(settings.GATEWAY_TIMEOUT_SECONDS),
        max_network_retries=0,
    ).v1


def call(method: Callable[..., Any], *ids: str, key: str = "", **params: Any) -> dict[str, Any]:
    """Call one of the client's methods; the answer as plain values.

    Raises:
        GatewayUnreachableError: the outcome is not known.
        RefusedByStripeError: it did nothing, or the payment was declined.
    """
    try:
        options = {"idempotency_key": key} if key else {}
        found: dict[str, Any] = method(*ids, params=params, options=options).to_dict()
    except stripe.StripeError as error:
        raise _told(error) from error
    return found


def listed(method: Callable[..., Any], **params: Any) -> Iterator[dict[str, Any]]:
    """Everything on a list of Stripe's, newest first; raises as `call`."""
    after: dict[str, str] = {}
    while True:
        page = call(method, limit=PER_PAGE, **params, **after)
        yield from page["data"]
        if not page["has_more"] or not page["data"]:
            return
        after = {"starting_after": page["data"][-1]["id"]}


@cache
def _http(timeout: float) -> stripe.RequestsClient:
    """One for all accounts: it keeps connections open, for each thread its own."""
    return stripe.RequestsClient(timeout=timeout)


def _told(error: stripe.StripeError) -> GatewayUnreachableError | RefusedByStripeError:
    status = error.http_status
    if isinstance(error, stripe.APIError | stripe.APIConnectionError | stripe.RateLimitError):
        return GatewayUnreachableError(f"Stripe did not answer: {type(error).__name__}.")
    if isinstance(error, stripe.IdempotencyError):  # something else was asked with it before, and may be done
        return GatewayUnreachableError("Stripe has done something with this key before.")
    if status is None or status in _UNDER_WAY or status >= _SERVER:
        return GatewayUnreachableError(f"Stripe answered {status}.")
    if isinstance(error, stripe.AuthenticationError):  # Stripe's own words repeat the end of the key
        return RefusedByStripeError("Stripe does not know the secret key.", "authentication", {})
    body = error.json_body if isinstance(error.json_body, dict) else {}
    about = body.get("error") or {}
    words = str(error.user_message or "Stripe refused.")
    missing = error.code == "resource_missing" and status == _NOT_FOUND
    kind = MissingAtStripeError if missing else RefusedByStripeError
    return kind(words, str(error.code or ""), about)
