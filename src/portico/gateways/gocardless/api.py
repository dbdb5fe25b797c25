"""GoCardless's API through its own package: one try for each call, and its errors as ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import requests
from django.conf import settings
from gocardless_pro import errors, services
from gocardless_pro.api_client import ApiClient
from gocardless_pro.services.base_service import BaseService

from portico.payments.gateway import Account, GatewayGoneError, GatewayRefusedError, GatewayUnreachableError

Row = dict[str, Any]
"""A resource as GoCardless describes it."""

_ADDRESSES: Final = {"live": "https://api.gocardless.com", "sandbox": "https://api-sandbox.gocardless.com"}
_LOOPBACK: Final = "http://127.0.0.1:"
_PAGE: Final = 200
NOT_FOUND: Final = 404
_UNCLEAR: Final = frozenset({409, 429})
"""Answers that say nothing about the outcome, as all from 500 do."""


class RefusedBecauseError(GatewayRefusedError):
    """GoCardless refused a request; `reason` is its own word for why."""

    def __init__(self, message: str, reason: str = "", status: int = 0) -> None:
        super().__init__(message)
        self.reason = reason
        self.answered = status


def address(mode: str) -> str:
    """The API's address for a mode; a stand-in on this machine only where this is not production.

    Raises:
        GatewayRefusedError: there is no such mode.
    """
    if mode in _ADDRESSES:
        return _ADDRESSES[mode]
    if mode.startswith(_LOOPBACK) and mode.removeprefix(_LOOPBACK).isdigit() and not settings.PRODUCTION:
        return mode
    raise GatewayRefusedError("The mode is “live” or “sandbox”.", field="mode")


class Api:
    """What we ask of GoCardless, for one account. `key` is the idempotency key of what is created."""

    def __init__(self, account: Account) -> None:
        self._client = ApiClient(  # type: ignore[no-untyped-call]
            address(account.public.get("mode", "")),
            account.secrets["access_token"],
            timeout=settings.GATEWAY_TIMEOUT_SECONDS,
        )

    def creditors(self) -> list[Row]:
        """The business's own details: the first call that tells whether the token is good."""
        return [row.attributes for row in _ask(lambda: self._of(services.CreditorsService).list()).records]

    def create_billing_request(self, body: Row, key: str) -> Row:
        """Begin to ask a customer for a mandate or an instant payment."""
        return self._create(services.BillingRequestsService, body, key)

    def billing_request(self, reference: str) -> Row:
        """Read one."""
        return self._get(services.BillingRequestsService, reference)

    def cancel_billing_request(self, reference: str) -> Row:
        """End one that is not fulfilled; its pages cannot be used any more."""
        return self._cancel(services.BillingRequestsService, reference)

    def create_flow(self, body: Row) -> Row:
        """Pages of GoCardless on which the customer agrees to a billing request."""
        found: Row = _ask(lambda: self._of(services.BillingRequestFlowsService).create(body)).attributes
        return found

    def create_payment(self, body: Row, key: str) -> Row:
        """Debit a mandate. The same key gives the payment that it has made already."""
        return self._create(services.PaymentsService, body, key)

    def payment(self, reference: str) -> Row:
        """Read one."""
        return self._get(services.PaymentsService, reference)

    def payments(self, **asked: object) -> Iterator[Row]:
        """List them, newest first."""
        return self._all(services.PaymentsService, asked)

    def cancel_payment(self, reference: str) -> Row:
        """Call off one that has not gone to the banks."""
        return self._cancel(services.PaymentsService, reference)

    def name_payment(self, reference: str, metadata: Row) -> None:
        """Write our own words to one that GoCardless has made by itself."""
        _ask(lambda: self._of(services.PaymentsService).update(reference, {"metadata": metadata}))

    def mandate(self, reference: str) -> Row:
        """Read one."""
        return self._get(services.MandatesService, reference)

    def cancel_mandate(self, reference: str) -> Row:
        """End one."""
        return self._cancel(services.MandatesService, reference)

    def bank_account(self, reference: str) -> Row:
        """What may be shown of a customer's bank account."""
        return self._get(services.CustomerBankAccountsService, reference)

    def create_refund(self, body: Row, key: str) -> Row:
        """Pay back part or all of a payment."""
        return self._create(services.RefundsService, body, key)

    def refund(self, reference: str) -> Row:
        """Read one."""
        return self._get(services.RefundsService, reference)

    def refunds(self, payment: str) -> Iterator[Row]:
        """Those of one payment."""
        return self._all(services.RefundsService, {"payment": payment})

    def events(self, **asked: object) -> Iterator[Row]:
        """What has happened to one resource, newest first."""
        return self._all(services.EventsService, asked)

    def payouts(self, **asked: object) -> Iterator[Row]:
        """What went to the organisation's bank."""
        return self._all(services.PayoutsService, asked)

    def payout_items(self, payout: str) -> Iterator[Row]:
        """What one payout is made of."""
        return self._all(services.PayoutItemsService, {"payout": payout})

    def _of(self, service: type[BaseService]) -> Any:
        # One try: who asked decides what an answer that did not come means, and when to ask again.
        return service(self._client, 1, 0, False)

    def _get(self, service: type[BaseService], reference: str) -> Row:
        found: Row = _ask(lambda: self._of(service).get(reference)).attributes
        return found

    def _create(self, service: type[BaseService], body: Row, key: str) -> Row:
        made = _ask(lambda: self._of(service).create(body, headers={"Idempotency-Key": key}))
        found: Row = made.attributes
        return found

    def _cancel(self, service: type[BaseService], reference: str) -> Row:
        found: Row = _ask(lambda: self._of(service).cancel(reference)).attributes
        return found

    def _all(self, service: type[BaseService], asked: dict[str, Any]) -> Iterator[Row]:
        after = None
        while True:
            params = {**asked, "limit": _PAGE, **({"after": after} if after else {})}
            page = _ask(lambda params=params: self._of(service).list(params=params))  # type: ignore[misc]
            for row in page.records:
                yield row.attributes
            after = page.after
            if after is None:
                return


def known(read: Callable[[str], Row], reference: str) -> Row:
    """Read what must be there; that it is not is a definite answer."""
    try:
        return read(reference)
    except RefusedBecauseError as error:
        if error.answered == NOT_FOUND:
            raise GatewayGoneError(error.message) from None
        raise


def _ask(call: Callable[[], Any]) -> Any:
    """Call once; what GoCardless or the line says in its way is raised in ours, without what was sent."""
    try:
        return call()
    except requests.RequestException as error:
        raise GatewayUnreachableError(f"GoCardless did not answer: {type(error).__name__}.") from None
    except errors.ApiError as error:
        raise _told(error) from None
    except errors.GoCardlessProError as error:
        raise GatewayUnreachableError(
            f"GoCardless's answer cannot be read: {type(error).__name__}."
        ) from None


def _told(error: errors.ApiError) -> GatewayRefusedError | GatewayUnreachableError:
    status = int(error.code or 0)
    if isinstance(error, errors.AuthenticationError):
        return RefusedBecauseError("GoCardless does not know this access token.", "unauthorized", status)
    if status in _UNCLEAR or status >= 500 or isinstance(error, errors.GoCardlessInternalError):  # noqa: PLR2004
        return GatewayUnreachableError(f"GoCardless answered {status}.")
    first: Row = next(iter(error.errors or ()), {})
    words = first.get("message") or error.message or "GoCardless refused."
    return RefusedBecauseError(str(words)[:300], str(first.get("reason") or error.type or ""), status)
