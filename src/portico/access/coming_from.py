"""From which address a request comes, behind proxies too: one place, as it is asked for where tries to sign in are counted."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The client's IP address; behind a proxy (PORTICO_PROXIES) what that proxy says. Empty where it is not known."""
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:
        return ""
