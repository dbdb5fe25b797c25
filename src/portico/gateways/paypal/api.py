"""PayPal's REST API over HTTP: tokens, idempotency keys, and what an error says about the outcome."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Mapping
from functools import cache
from http.cookiejar import Cookie, CookieJar
from typing import Any, Final
from urllib.parse import quote

import httpx
from django.conf import settings as django_settings

from portico.gateways.paypal.places import place_of
from portico.kit.trust import trusted
from portico.payments.gateway import Account, GatewayRefusedError, GatewayUnreachableError

RENEWED_BEFORE: Final = 120
"""Seconds before a token's end at which a new one is asked for."""
UNDECIDED: Final = frozenset({408, 409, 425, 429})
"""Refusals that say the same request may be under way, or may be tried later."""

_tokens: dict[tuple[str, ...], tuple[str, int]] = {}
_tokens_lock = threading.Lock()


class PayPalRefusedError(GatewayRefusedError):
    """PayPal did nothing; `issues` are its codes for why, `http_status` its answer's."""

    def __init__(self, message: str, http_status: int, issues: frozenset[str] = frozenset()) -> None:
        super().__init__(message)
        self.http_status = http_status
        self.issues = issues


def get(account: Account, path: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Read something; raises as every call: refused when PayPal did nothing, unreachable when nobody knows."""
    return _call(account, "GET", path, params=dict(query or {}))


def post(account: Account, path: str, body: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Do something at most once: the same key is the same request (PayPal-Request-Id)."""
    headers = {"PayPal-Request-Id": key, "Prefer": "return=representation"}
    return _call(account, "POST", path, json=body, headers=headers)


def verification(account: Account, asked: Mapping[str, str], event: bytes) -> dict[str, Any]:
    """Whether PayPal has sent an event: it is put into the question as it came, for PayPal reckons with its bytes."""
    begin = json.dumps(dict(asked)).removesuffix("}").encode()
    content = begin + b', "webhook_event": ' + event + b"}"
    headers = {"Content-Type": "application/json"}
    path = "/v1/notifications/verify-webhook-signature"
    return _call(account, "POST", path, content=content, headers=headers)


def patch(account: Account, path: str, changes: list[dict[str, str]]) -> None:
    """Change something."""
    _call(account, "PATCH", path, json=changes)


def delete(account: Account, path: str) -> None:
    """Remove something."""
    _call(account, "DELETE", path)


def part(text: str) -> str:
    """A reference as one part of a path, whatever it contains."""
    return quote(text, safe="")


def access_token(account: Account, *, afresh: bool = False) -> str:
    """The token of the account's credentials, kept in this process until shortly before it ends; never logged."""
    api, client, secret = (
        place_of(account).api,
        account.public["client_id"],
        account.secrets["client_secret"],
    )
    kept_as = (str(account.id), api, client, hashlib.sha256(secret.encode()).hexdigest())
    with _tokens_lock:
        token, ends = _tokens.get(kept_as, ("", 0))
    if token and not afresh and time.monotonic() < ends:
        return token
    answer = _send(
        "POST", f"{api}/v1/oauth2/token", auth=(client, secret), data={"grant_type": "client_credentials"}
    )
    if answer.status_code in (400, 401, 403):
        raise GatewayRefusedError("PayPal does not accept the client ID with this secret in this mode.")
    content = _content(answer)
    try:
        token, lasts = str(content["access_token"]), int(content["expires_in"])
    except (KeyError, TypeError, ValueError):
        raise GatewayUnreachableError("PayPal gave no token.") from None
    with _tokens_lock:
        _tokens[kept_as] = (token, int(time.monotonic()) + lasts - RENEWED_BEFORE)
    return token


def _call(account: Account, method: str, path: str, **more: Any) -> dict[str, Any]:
    url = place_of(account).api + path
    given = more.pop("headers", {})
    for afresh in (False, True):
        headers = {**given, "Authorization": f"Bearer {access_token(account, afresh=afresh)}"}
        answer = _send(method, url, headers=headers, **more)
        if (
            answer.status_code != httpx.codes.UNAUTHORIZED
        ):  # else the token was taken back: once more with a new one
            break
    return _content(answer)


def _send(method: str, url: str, **more: Any) -> httpx.Response:
    timeout = django_settings.GATEWAY_TIMEOUT_SECONDS
    try:
        return connections().request(method, url, timeout=timeout, **more)
    except httpx.HTTPError as error:
        raise GatewayUnreachableError(f"PayPal did not answer: {type(error).__name__}.") from None


@cache
def connections() -> httpx.Client:
    """One client for the process and all its threads: connections stay open between the several calls of a payment.

    It keeps no cookies: nothing of one account goes along with another's calls.
    """
    return httpx.Client(follow_redirects=False, verify=trusted(), cookies=_NoCookies())


class _NoCookies(CookieJar):
    def set_cookie(self, cookie: Cookie) -> None:
        """Forget it."""


def _content(answer: httpx.Response) -> dict[str, Any]:
    if answer.status_code == httpx.codes.NO_CONTENT:
        return {}
    try:
        content = answer.json()
    except ValueError:
        content = None
    if not isinstance(content, dict) or answer.status_code in UNDECIDED or answer.status_code >= 500:  # noqa: PLR2004
        raise GatewayUnreachableError(f"PayPal answered {answer.status_code}.")
    if answer.is_success:
        return content
    if not answer.is_client_error:
        raise GatewayUnreachableError(f"PayPal answered {answer.status_code}.")
    details = [each for each in content.get("details") or [] if isinstance(each, dict)]
    issues = frozenset(str(each.get("issue", "")) for each in details) | {str(content.get("name", ""))}
    if any(issue.endswith("IN_PROGRESS") for issue in issues):
        raise GatewayUnreachableError("PayPal is still at it.")
    words = next((str(each["description"]) for each in details if each.get("description")), "")
    said = words or str(content.get("message") or answer.status_code)
    raise PayPalRefusedError(f"PayPal refused: {said[:200]}", answer.status_code, issues)
