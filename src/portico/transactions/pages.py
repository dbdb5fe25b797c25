"""What pages of documents have in common: the reader's language, and htmx's part of a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from portico.access.actors import ContactActor
from portico.access.middleware import PortalRequest
from portico.home.shell import Portal, page, portal_of
from portico.kit.errors import ForbiddenError

__all__ = ["Portal", "contact_of", "page", "page_or_part", "portal_of", "spoken"]


def contact_of(request: PortalRequest) -> ContactActor:
    """The contact person who asks.

    Raises:
        ForbiddenError: it is somebody else.
    """
    if not isinstance(request.actor, ContactActor):
        raise ForbiddenError(_("This page belongs to a customer's portal."))
    return request.actor


@contextmanager
def spoken(portal: Portal) -> Iterator[None]:
    """Texts, numbers and times in this context are in the reader's language and the organisation's time zone."""
    with timezone.override(ZoneInfo(portal.organisation.time_zone)), translation.override(portal.language):
        yield


def page_or_part(
    request: HttpRequest, whole: str, part: str, context: Mapping[str, Any], *, target: str, status: int = 200
) -> HttpResponse:
    """The whole page; or only its part, where htmx asks for what stands in the element `target`.

    When htmx restores a page from the history it has lost, it wants the whole one.
    """
    only_part = (
        request.headers.get("HX-Target") == target and "HX-History-Restore-Request" not in request.headers
    )
    response = page(request, part if only_part else whole, context, status)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response
