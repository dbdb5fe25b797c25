"""Which portal an address belongs to: the common host, a subdomain, or an organisation's own domain (S1.1)."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.request import split_domain_port, validate_host
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

PORTAL_COOKIE: Final = "portico_portal"
"""The name of the portal through whose address somebody came last; it decides how the sign-in page looks, no more."""
_FRESH: Final = 5.0
"""Seconds for which a process remembers a host."""
_MOST: Final = 1_000
"""Hosts remembered at once, so that made-up ones fill no memory."""


@dataclass(frozen=True, slots=True)
class Portal:
    """An organisation's portal as everybody may know it."""

    organisation_id: UUID
    name: str
    portal_name: str
    own_domain: str
    """Empty unless it was checked."""
    accent_colour: str
    email: str
    language: str
    has_logo: bool
    is_former: bool
    """Whether it was asked for by a name that it had before."""


_here: ContextVar[Portal | None] = ContextVar("portico_portal_here", default=None)
_known: OrderedDict[tuple[str, str], tuple[float, Portal | None]] = OrderedDict()


def portal_here() -> Portal | None:
    """The one portal that this request's host belongs to; None on the common host and outside of requests."""
    return _here.get()


def portal_named(name: str) -> Portal | None:
    """The portal that has this name or had it before, in whatever case."""
    return _find("", name) if name else None


def portal_of_domain(domain: str) -> Portal | None:
    """The portal with this own domain, once it was checked."""
    return _find(domain, "") if domain else None


def only_portal() -> Portal | None:
    """The portal of an installation that has one only."""
    return _find("", "")


def forget() -> None:
    """Ask anew at the next request, because a name, a domain or a brand was changed here."""
    _known.clear()


def base_url(portal_name: str, own_domain: str = "") -> str:
    """Where a portal's pages are, without a slash at the end.

    Args:
        portal_name: the organisation's.
        own_domain: only one that was checked.
    """
    parts = urlsplit(settings.PUBLIC_URL)
    port = f":{parts.port}" if parts.port else ""
    if own_domain:
        return f"{parts.scheme}://{own_domain}{port}"
    if settings.BASE_DOMAIN:
        return f"{parts.scheme}://{portal_name.lower()}.{settings.BASE_DOMAIN}{port}"
    return str(settings.PUBLIC_URL)


def front_door(portal_name: str, own_domain: str = "") -> str:
    """The portal's URL as an organisation gives it to its customers (S1.1)."""
    base = base_url(portal_name, own_domain)
    return f"{base}/" if own_domain or settings.BASE_DOMAIN else f"{base}/at/{portal_name}/"


def passkey_domain(request: HttpRequest) -> str:
    """The domain that passkeys made at this address belong to (WebAuthn's relying party)."""
    host = split_domain_port(request.get_host())[0]
    base = str(settings.BASE_DOMAIN)
    return base if base and (host == base or host.endswith(f".{base}")) else host


class HostMiddleware:
    """The first of all: lets in the hosts that are ours, and says whose they are.

    ALLOWED_HOSTS is open because own domains come and go while the program runs; this is what stands at the door.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer 404 for a host that is nobody's, redirect from a former name, else go on."""
        try:
            host = split_domain_port(request.get_host())[0]
        except DisallowedHost:
            return HttpResponse(_("The address cannot be read."), status=400, content_type="text/plain")
        token = _here.set(None)
        try:
            if _is_common(host):
                return self.get_response(request)
            portal = _at(host)
            if portal is None:
                return _nobodys(request)
            if portal.is_former and host != portal.own_domain:
                return HttpResponseRedirect(
                    base_url(portal.portal_name, portal.own_domain) + request.get_full_path()
                )
            _here.set(portal)
            return self.get_response(request)
        finally:
            _here.reset(token)


def _is_common(host: str) -> bool:
    return validate_host(host, [*settings.COMMON_HOSTS, urlsplit(settings.PUBLIC_URL).hostname or ""])


def _at(host: str) -> Portal | None:
    base = str(settings.BASE_DOMAIN)
    label, _dot, rest = host.partition(".")
    if base and rest == base:
        return portal_named(label)
    return portal_of_domain(host)


def _nobodys(request: HttpRequest) -> HttpResponseBase:
    context = {
        "code": 404,
        "title": _("There is no portal at this address"),
        "message": _("Look whether the address is written as in your invitation, or ask who sent it to you."),
        "brand_here": None,
    }
    return render(request, "ui/error.html", context, status=404)


def _find(domain: str, name: str) -> Portal | None:
    key = (domain.lower(), name.lower())
    now = time.monotonic()
    kept = _known.get(key)
    if kept is not None and kept[0] > now:
        return kept[1]
    found = _ask(*key)
    _known[key] = (now + _FRESH, found)
    _known.move_to_end(key)
    while len(_known) > _MOST:
        _known.popitem(last=False)
    return found


def _ask(domain: str, name: str) -> Portal | None:
    if "\x00" in domain + name:
        return None
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT organisation_id, name, portal_name, own_domain, accent_colour, email, language, has_logo,"
            " is_former FROM door_portal(%s, %s)",
            [domain, name],
        )
        row = cursor.fetchone()
    return Portal(*row) if row else None
