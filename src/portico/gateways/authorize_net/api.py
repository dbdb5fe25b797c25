"""Asks Authorize.Net over HTTP and sorts its answers: done, refused, or not known.

The JSON is XML underneath: a request's members come in the order of its schema, AnetApiSchema.xsd, and an answer begins
with a byte order mark.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from portico.payments.gateway import Account, GatewayRefusedError, GatewayUnreachableError

ADDRESSES: Final = {
    "live": ("https://api.authorize.net", "https://js.authorize.net"),
    "test": ("https://apitest.authorize.net", "https://jstest.authorize.net"),
}
"""Of the API and of the script, by mode."""

MISSING: Final = "E00040"
"""The record cannot be found."""
DUPLICATE: Final = "E00039"
"""A record with the same values exists."""
_UNKNOWN_OUTCOME: Final = frozenset({"E00001", "E00053", "E00104", "E00105"})
"""An error in processing, too busy, in maintenance."""
_CREDENTIALS: Final = frozenset({"E00005", "E00006", "E00007", "E00008"})


class AnswerError(GatewayRefusedError):
    """Authorize.Net refused the request and did nothing; with its number of the error and its whole answer."""

    def __init__(self, number: str, text: str, answer: dict[str, Any]) -> None:
        super().__init__(f"{text} ({number})")
        self.number = number
        self.answer = answer


def addresses(account: Account) -> tuple[str, str]:
    """Where the account's API and script are.

    The mode is live or test; outside production it may be the address of a stand-in on this machine.

    Raises:
        GatewayRefusedError: it is none of these.
    """
    mode = account.public.get("mode", "")
    if mode in ADDRESSES:
        return ADDRESSES[mode]
    is_here = re.fullmatch(r"http://(127\.0\.0\.1|localhost):[0-9]{1,5}", mode)
    if settings.PRODUCTION or not is_here:
        raise GatewayRefusedError("The mode is “live” or “test”.", field="mode")
    return mode, mode


class Api:
    """One account's way to the API."""

    def __init__(self, account: Account) -> None:
        self.account_id = account.id
        self.currency = account.public.get("currency", "") or "USD"
        self._url = f"{addresses(account)[0]}/xml/v1/request.api"
        self._keys = {
            "name": account.public.get("login_id", ""),
            "transactionKey": account.secrets.get("transaction_key", ""),
        }

    def ask(self, request: str, /, **members: Any) -> dict[str, Any]:
        """Send one request, such as getTransactionDetails, and give its answer.

        Args:
            request: its name without “Request”.
            members: in the order of the schema.

        Raises:
            AnswerError: it was refused.
            GatewayUnreachableError: there is no answer, or none that tells what happened.
        """
        body = {f"{request}Request": {"merchantAuthentication": self._keys, **members}}
        try:
            answer = _client().post(self._url, json=body, timeout=settings.GATEWAY_TIMEOUT_SECONDS)
        except httpx.HTTPError as error:
            raise GatewayUnreachableError(f"Authorize.Net did not answer: {type(error).__name__}.") from error
        if not answer.is_success:
            raise GatewayUnreachableError(f"Authorize.Net answered {answer.status_code}.")
        return _sorted_out(_read(answer.content))


def _read(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except ValueError:
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("messages"), dict):
        raise GatewayUnreachableError("Authorize.Net's answer cannot be read.")
    return found


def _sorted_out(answer: dict[str, Any]) -> dict[str, Any]:
    said = answer.get("transactionResponse")
    if answer["messages"].get("resultCode") == "Ok" or (isinstance(said, dict) and said.get("responseCode")):
        return answer
    messages = answer["messages"].get("message") or [{}]
    number, text = str(messages[0].get("code", "")), str(messages[0].get("text", ""))
    if number in _UNKNOWN_OUTCOME or not number:
        raise GatewayUnreachableError(f"Authorize.Net cannot say what happened ({number}).")
    if number in _CREDENTIALS:
        text = "Authorize.Net does not know this API Login ID with this Transaction Key."
    raise AnswerError(number, text or "Authorize.Net refused.", answer)


@cache
def _client() -> httpx.Client:
    """One for the process: connections stay open between the several requests of a payment."""
    return httpx.Client(follow_redirects=False)


def host_of(account: Account) -> str:
    """The API's host, for staff to see whether it is the live one."""
    return urlsplit(addresses(account)[0]).netloc
