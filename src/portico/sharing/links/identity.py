"""In which browsers an address was confirmed: remembered in the session, for one link and for hours only."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest

from portico.kit import clock

LASTS: Final = timedelta(hours=2)
"""How long a confirmed address counts in a browser."""
MOST: Final = 20
"""Links remembered at once in one session."""
_KEY: Final = "portico_links"


def browser_of(request: HttpRequest, link_id: UUID) -> str:
    """The secret by which codes of this link are bound to this browser; empty where none was asked for."""
    return str(_entry(request, link_id).get("browser", ""))


def expect_code(request: HttpRequest, link_id: UUID) -> str:
    """Bind the codes of this link to this browser; returns the secret. Only a POST does this."""
    browser = browser_of(request, link_id) or secrets.token_urlsafe(16)
    _write(request, link_id, {"browser": browser})
    return browser


def remember_confirmed(request: HttpRequest, link_id: UUID) -> None:
    """The address was confirmed in this browser just now; the session gets a new key.

    Who is signed in got one then, and keeps it: by it their sessions are listed and ended.
    """
    _write(request, link_id, {"until": (clock.now() + LASTS).isoformat()})
    if not request.user.is_authenticated:
        request.session.cycle_key()


def is_confirmed(request: HttpRequest, link_id: UUID) -> bool:
    """Whether the address was confirmed in this browser, not too long ago."""
    until = _entry(request, link_id).get("until")
    return until is not None and datetime.fromisoformat(until) > clock.now()


def _entry(request: HttpRequest, link_id: UUID) -> dict[str, Any]:
    found: dict[str, Any] = request.session.get(_KEY, {}).get(str(link_id), {})
    return found


def _write(request: HttpRequest, link_id: UUID, entry: dict[str, Any]) -> None:
    known = {key: value for key, value in request.session.get(_KEY, {}).items() if key != str(link_id)}
    request.session[_KEY] = dict([*known.items(), (str(link_id), entry)][-MOST:])
