"""Reading what callers send: each wrong input gets its own clear answer."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from werkzeug import Request
from werkzeug.exceptions import RequestEntityTooLarge

from portico.sandbox_bank.problems import Problem

LARGEST_BODY: Final = 64 * 1024
LARGEST_AMOUNT: Final = 99_999_999_999
LARGEST_PAGE: Final = 100
USUAL_PAGE: Final = 25
LONGEST_TEXT: Final = 500
LONGEST_URL: Final = 2000


def body_of(request: Request) -> dict[str, object]:
    """The JSON object in the body; an empty body is an empty object.

    Raises:
        Problem: 400 when it is not a JSON object, 413 when it is over 64 KB, 415 when it is another type.
    """
    try:
        raw = request.get_data()
    except RequestEntityTooLarge:
        raise Problem(413, "body_too_large", "The body is larger than 64 KB.") from None
    if not raw:
        return {}
    if request.mimetype != "application/json":
        raise Problem(415, "not_json", "Send the body as application/json.")
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError):
        raise Problem(400, "malformed_json", "The body is not readable JSON.") from None
    if not isinstance(content, dict):
        raise Problem(400, "malformed_json", "The body must be a JSON object.")
    return content


def day(request: Request, name: str) -> int:
    """The beginning of a day named in the query, in milliseconds since 1970; 0 where none is.

    Raises:
        Problem: 422 when it is no day.
    """
    given = request.args.get(name)
    if not given:
        return 0
    try:
        found = datetime.strptime(given, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise Problem(
            422, "parameter_invalid", f"{name} must be a day such as 2026-11-23.", param=name
        ) from None
    return int(found.timestamp() * 1000)


def only(body: Mapping[str, object], *known: str) -> None:
    """Refuse parameters nobody asked for: a misspelt one must not be silently ignored."""
    for name in body:
        if name not in known:
            raise Problem(422, "unknown_parameter", f"There is no parameter {name!r} here.", param=name)


def text(body: Mapping[str, object], name: str, *, longest: int = LONGEST_TEXT) -> str:
    """A text that must be there and not be blank."""
    value = optional_text(body, name, longest=longest)
    if not value.strip():
        raise Problem(422, "parameter_missing", f"{name} is missing.", param=name)
    return value


def optional_text(body: Mapping[str, object], name: str, *, longest: int = LONGEST_TEXT) -> str:
    """A text, or an empty one where it is absent or null."""
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Problem(422, "parameter_invalid", f"{name} must be text.", param=name)
    if len(value) > longest:
        raise Problem(422, "parameter_invalid", f"{name} is longer than {longest} characters.", param=name)
    # JSON can carry half of a surrogate pair, which no encoding can write.
    if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise Problem(422, "parameter_invalid", f"{name} has characters that cannot be kept.", param=name)
    return value


def amount(body: Mapping[str, object]) -> int:
    """An amount of money in minor units, from 1 to 99,999,999,999."""
    value = body.get("amount")
    if value is None:
        raise Problem(422, "parameter_missing", "amount is missing.", param="amount")
    if not isinstance(value, int) or isinstance(value, bool):
        detail = "amount must be a whole number of minor units, such as 1050 for 10.50."
        raise Problem(422, "amount_invalid", detail, param="amount")
    if value <= 0:
        raise Problem(422, "amount_too_small", "amount must be at least 1.", param="amount")
    if value > LARGEST_AMOUNT:
        raise Problem(422, "amount_too_large", f"amount must be at most {LARGEST_AMOUNT}.", param="amount")
    return value


def currency(body: Mapping[str, object]) -> str:
    """An ISO 4217 code such as ``USD``."""
    value = text(body, "currency")
    if not re.fullmatch(r"[A-Z]{3}", value):
        detail = "currency must be an ISO 4217 code of three capital letters, such as USD."
        raise Problem(422, "currency_invalid", detail, param="currency")
    return value


def flag(body: Mapping[str, object], name: str) -> bool:
    """A true or false, false where it is absent."""
    value = body.get(name, False)
    if not isinstance(value, bool):
        raise Problem(422, "parameter_invalid", f"{name} must be true or false.", param=name)
    return value


def count(body: Mapping[str, object], name: str, *, largest: int) -> int:
    """A whole number from 0 to ``largest``."""
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= largest:
        detail = f"{name} must be a whole number from 0 to {largest}."
        raise Problem(422, "parameter_invalid", detail, param=name)
    return value


def url(value: str, name: str) -> str:
    """An absolute http or https address without spaces or control characters."""
    problem = Problem(422, "url_invalid", f"{name} must be an absolute http or https address.", param=name)
    try:
        parts = urlsplit(value)
        port_is_valid = parts.port is None or parts.port > 0
    except ValueError:
        raise problem from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or not port_is_valid:
        raise problem
    if not re.fullmatch(r"[!-~]+", value):
        raise problem
    return value


def origin(value: object, name: str) -> str:
    """An origin such as ``https://portal.example`` in its one canonical spelling."""
    if not isinstance(value, str):
        raise Problem(
            422, "url_invalid", f"{name} must be origins such as https://portal.example.", param=name
        )
    parts = urlsplit(url(value, name))
    host = parts.hostname or ""
    # The value becomes part of a Content-Security-Policy header: nothing but host characters may pass.
    if not re.fullmatch(r"[a-z0-9.-]+", host) or parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise Problem(
            422, "url_invalid", f"{name} must be origins such as https://portal.example.", param=name
        )
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port not in {None, usual} else "")


def page_size(request: Request) -> int:
    """The ``limit`` of the query, from 1 to 100; 25 where there is none."""
    given = request.args.get("limit")
    if given is None:
        return USUAL_PAGE
    if not re.fullmatch(r"[0-9]{1,3}", given, re.ASCII) or not 1 <= int(given) <= LARGEST_PAGE:
        raise Problem(422, "parameter_invalid", "limit must be from 1 to 100.", param="limit")
    return int(given)


def idempotency_key(request: Request) -> str:
    """The key in the request's header.

    Raises:
        Problem: 400 when it is missing, or not 1 to 255 visible ASCII characters.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        raise Problem(400, "idempotency_key_missing", "Send an Idempotency-Key header.")
    if not re.fullmatch(r"[!-~]{1,255}", key):
        detail = "Idempotency-Key must be 1 to 255 visible ASCII characters."
        raise Problem(400, "idempotency_key_invalid", detail)
    return key


def fingerprint(request: Request, body: Mapping[str, object]) -> str:
    """What tells one request from another under the same key."""
    content = json.dumps([request.method, request.path, body], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()
