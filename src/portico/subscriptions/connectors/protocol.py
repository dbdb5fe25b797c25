"""What a connector does, what it may raise, and how it asks over HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar, Final, Protocol
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from portico.access.scope import refuse_open_scope
from portico.kit import clock
from portico.kit.errors import InvalidError, PorticoError
from portico.kit.money import MoneyError
from portico.subscriptions.feed import Billed, Details, Page

TIMEOUT: Final = 30.0
SHORTEST_REST: Final = timedelta(seconds=5)
LONGEST_REST: Final = timedelta(hours=25)
USUAL_REST: Final = timedelta(seconds=60)


class ConnectorError(PorticoError):
    """The billing system cannot be read now; the message says why, for staff."""

    code: ClassVar[str] = "billing_system"
    status: ClassVar[int] = 502


class CredentialsRefusedError(ConnectorError):
    """The billing system does not accept our key: trying again helps nothing, staff must give another."""

    code: ClassVar[str] = "billing_credentials"


class RateLimitedError(ConnectorError):
    """The billing system wants fewer requests; go on after `rest`."""

    code: ClassVar[str] = "billing_rate_limit"

    def __init__(self, rest: timedelta) -> None:
        super().__init__("The billing system asks for a pause.")
        self.rest = rest


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing staff give to connect; a secret one is sealed and never shown again."""

    name: str
    label: str
    secret: bool = False
    help: str = ""
    default: str = ""


class Connector(Protocol):
    """A billing system."""

    settings: ClassVar[tuple[Setting, ...]]

    def read_page(self, cursor: str) -> Page:
        """The page at the cursor, the first one for an empty cursor; the same cursor gives the same page again.

        Raises:
            RateLimitedError, CredentialsRefusedError, ConnectorError: nothing was read.
        """

    def check(self) -> None:
        """Ask for something small; raises as `read_page` does."""


class Api:
    """Reads JSON over HTTPS, outside any transaction."""

    def __init__(self, base: str, hosts: str) -> None:
        """Speak to one address.

        Args:
            base: as staff gave it, without a path.
            hosts: the billing system's hosts, as a regular expression. An owner types the address and is told how
                the answer was, so any other would let them ask around in the network that this server is in.
        """
        if urlsplit(base).scheme != "https" and not _is_stand_in(base):
            raise InvalidError("The address begins with https://.", field="url")
        self.base = base.rstrip("/")
        if not re.fullmatch(f"https://(?:{hosts})", self.base) and not _is_stand_in(base):
            raise InvalidError("This is not an address of this billing system.", field="url")
        self._client = httpx.Client(timeout=TIMEOUT, follow_redirects=False)

    def get(self, path: str, params: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
        """GET a JSON object."""
        return self._ask("GET", f"{self.base}{path}", params=params, headers=headers)

    def post(self, url: str, data: Mapping[str, str]) -> dict[str, Any]:
        """POST a form, get a JSON object."""
        return self._ask("POST", url, data=data)

    def _ask(self, method: str, url: str, **more: Any) -> dict[str, Any]:
        refuse_open_scope()
        try:
            answer = self._client.request(method, url, **more)
        except httpx.HTTPError as error:
            raise ConnectorError(f"The billing system cannot be reached ({type(error).__name__}).") from error
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise RateLimitedError(_rest(answer.headers.get("Retry-After", "")))
        if answer.status_code in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
            raise CredentialsRefusedError("The billing system does not accept the key.")
        if answer.status_code != httpx.codes.OK:
            raise ConnectorError(f"The billing system answered with {answer.status_code}.")
        try:
            said = answer.json()
        except ValueError:
            raise ConnectorError("The billing system's answer cannot be read.") from None
        if not isinstance(said, dict):
            raise ConnectorError("The billing system's answer cannot be read.")
        return said


def _is_stand_in(base: str) -> bool:
    """Whether it is on this machine, where stand-ins are while somebody tries things out; never in production."""
    return not settings.PRODUCTION and urlsplit(base).hostname in {"127.0.0.1", "localhost"}


def _rest(text: str) -> timedelta:
    """How long to wait: Retry-After is a number of seconds or a date (RFC 9110, 10.2.3)."""
    try:
        wished = timedelta(seconds=int(text))
    except ValueError:
        try:
            wished = parsedate_to_datetime(text) - clock.now()
        except (TypeError, ValueError):
            wished = USUAL_REST
    return min(max(wished, SHORTEST_REST), LONGEST_REST)


def read_all(rows: Iterable[Any], read: Callable[[Any], tuple[Billed, Details]], next_cursor: str) -> Page:
    """A page of rows, each read by itself: one that cannot be understood does not keep the others out."""
    understood: list[tuple[Billed, Details]] = []
    unread: list[tuple[str, str]] = []
    for row in rows:
        try:
            understood.append(read(row))
        except (MoneyError, LookupError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
            name = str(next((row[key] for key in ("id", "subscription_id") if key in row), "?"))
            unread.append((name, f"{type(error).__name__}: {error}"))
    return Page(tuple(understood), next_cursor, tuple(unread))
