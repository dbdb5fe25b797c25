"""A portal's front door: its own address leads to its sign-in page, and after that to its customers (S1.1)."""

from __future__ import annotations

import hashlib
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from portico.access import hosts
from portico.access.actors import ContactActor
from portico.access.hosts import PORTAL_COOKIE, Portal, portal_here, portal_named
from portico.access.memberships import memberships
from portico.access.middleware import CHOSEN_CUSTOMER, CHOSEN_OFFICE, open_to_all
from portico.kit.errors import ForbiddenError, NotFoundError

_MONTH = 2_592_000


@open_to_all
@require_safe
def front_door(request: HttpRequest, portal_name: str) -> HttpResponseBase:
    """To the portal's sign-in page in its brand; to its customer or office for who is signed in.

    A former name leads to the present one, and so does the common host where the portal has one of its own.

    Raises:
        NotFoundError: no portal has or had this name, or the host is another's.
        ForbiddenError: who is signed in has no access there.
    """
    portal = _portal(portal_name)
    wanted = hosts.front_door(portal.portal_name, portal.own_domain)
    if portal_here() is None and wanted != f"{settings.PUBLIC_URL}/at/{portal.portal_name}/":
        return redirect(wanted)
    if portal.is_former:
        return redirect("portal", portal.portal_name)
    return _inside(request, portal) if request.user.is_authenticated else _to_sign_in(request, portal)


@open_to_all
@require_safe
def logo(request: HttpRequest, portal_name: str) -> HttpResponse:
    """The logo on the sign-in page; a browser asks again each time and mostly hears that it has not changed."""
    portal = _portal(portal_name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT logo, logo_type FROM door_logo(%s)", [portal.organisation_id])
        row = cursor.fetchone()
    if row is None:
        raise NotFoundError
    content, kind = bytes(row[0]), str(row[1])
    tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    if request.headers.get("If-None-Match") == tag:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        answer = HttpResponse(content, content_type=kind)
        # An SVG opened by itself is a document: it may draw, and nothing else.
        answer["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    answer["ETag"] = tag
    answer["Cache-Control"] = "public, no-cache"
    return answer


def _portal(name: str) -> Portal:
    portal, here = portal_named(name), portal_here()
    if portal is None or (here is not None and here.organisation_id != portal.organisation_id):
        raise NotFoundError
    return portal


def _to_sign_in(request: HttpRequest, portal: Portal) -> HttpResponseBase:
    here = reverse("portal", args=[portal.portal_name])
    answer = redirect(f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': here})}")
    answer.set_cookie(
        PORTAL_COOKIE,
        portal.portal_name,
        max_age=_MONTH,
        httponly=True,
        samesite="Lax",
        secure=bool(settings.SESSION_COOKIE_SECURE),
    )
    return answer


def _inside(request: HttpRequest, portal: Portal) -> HttpResponseBase:
    assert request.user.pk is not None
    mine = [
        each.actor
        for each in memberships(request.user.pk)
        if each.actor.organisation_id == portal.organisation_id
    ]
    customers = [actor for actor in mine if isinstance(actor, ContactActor)]
    if customers:
        chosen = request.session.get(CHOSEN_CUSTOMER)
        if not any(chosen == str(actor.customer_id) for actor in customers):
            request.session[CHOSEN_CUSTOMER] = str(customers[0].customer_id)
        return redirect("home")
    if mine:
        request.session[CHOSEN_OFFICE] = str(portal.organisation_id)
        return redirect("admin:index")
    raise ForbiddenError("You have no access to this portal.")
