"""Whose portal it is where nobody is signed in: the sign-in and error pages of an organisation's own address."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from portico.access.hosts import PORTAL_COOKIE, Portal, only_portal, portal_here, portal_named
from portico.ui.brand import stylesheet_href
from portico.ui.shell import Brand


def brand(request: HttpRequest) -> dict[str, Any]:
    """A context processor; asks nothing unless a page shows `brand_here`."""
    return {"brand_here": SimpleLazyObject(lambda: _find(request))}


def brand_of(portal: Portal) -> Brand:
    """How this portal looks to somebody who is not signed in."""
    return Brand(
        organisation_name=portal.name,
        logo_url=reverse("portal-logo", args=[portal.portal_name]) if portal.has_logo else None,
        stylesheet_href=stylesheet_href(portal.accent_colour),
        email=portal.email,
    )


def _find(request: HttpRequest) -> Brand | None:
    try:
        portal = portal_here() or portal_named(request.COOKIES.get(PORTAL_COOKIE, "")) or only_portal()
    except DatabaseError:
        return None  # an error page is shown all the same
    return brand_of(portal) if portal is not None else None
