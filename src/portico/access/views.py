"""The human's own choices: which account to see, light or dark."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from allauth.usersessions.models import UserSession
from allauth.usersessions.views import ListUserSessionsView
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from portico.access.actors import ContactActor
from portico.access.middleware import CHOSEN_CUSTOMER, CHOSEN_OFFICE, PortalRequest, open_to_all, signed_in
from portico.access.models import User
from portico.access.previewing import stop_preview
from portico.kit.errors import InvalidError, NotFoundError

THEMES = ("", "light", "dark")
THEME_COOKIE = "portico_theme"
_YEAR = 31_536_000
LONGEST_ID = 18
"""Digits of a number that the database takes as an id."""


@signed_in
@require_POST
def switch(request: HttpRequest) -> HttpResponseBase:
    """Go on at another customer, or in another organisation's office, without signing out (S1.4).

    Takes `account`: the id of a customer where one is a contact person, or of an organisation where one is staff.
    """
    asked = cast("PortalRequest", request)
    try:
        wanted = UUID(request.POST.get("account", ""))
    except ValueError:
        raise NotFoundError from None
    actors = [each.actor for each in asked.memberships]
    for actor in actors:
        if isinstance(actor, ContactActor) and actor.customer_id == wanted:
            request.session[CHOSEN_CUSTOMER] = str(wanted)
            user = cast("User", request.user)
            user.last_customer = wanted
            user.save(update_fields=["last_customer"])
            return redirect("/")
        if not isinstance(actor, ContactActor) and actor.organisation_id == wanted:
            request.session[CHOSEN_OFFICE] = str(wanted)
            return redirect("/office/")
    raise NotFoundError


@signed_in
@require_POST
def theme(request: HttpRequest) -> HttpResponseBase:
    """Keep whether this human reads light or dark (`theme`: “light”, “dark”, or empty for the device's)."""
    wanted = request.POST.get("theme", "")
    if wanted not in THEMES:
        raise InvalidError("Choose light or dark.", field="theme")
    user = cast("User", request.user)
    user.theme = wanted
    user.save(update_fields=["theme"])
    back = request.POST.get("next", "")
    inside = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    response = (
        HttpResponse(status=204) if request.headers.get("HX-Request") else redirect(back if inside else "/")
    )
    # The sign-in page has nobody to ask, so the choice is in a cookie too; app.js sets the same one.
    secure = bool(settings.SESSION_COOKIE_SECURE)
    response.set_cookie(THEME_COOKIE, wanted, max_age=_YEAR if wanted else 0, samesite="Lax", secure=secure)
    return response


class SessionList(ListUserSessionsView):
    """Where one is signed in. A POST ends one session, by `session`, or all but this one."""

    def post(self, request: HttpRequest, *args: str, **kwargs: Any) -> HttpResponse:
        """End what was chosen; the session of somebody else is no choice."""
        chosen = request.POST.get("session")
        if chosen is None:
            return super().post(request, *args, **kwargs)
        found = (
            UserSession.objects.filter(user_id=request.user.pk, pk=int(chosen))
            if chosen.isdecimal() and len(chosen) <= LONGEST_ID
            else None
        )
        session = found.first() if found is not None else None
        if session is None:
            raise NotFoundError
        if session.is_current():
            logout(request)
            return redirect(settings.LOGIN_URL)
        session.end()
        return redirect("usersessions_list")


sessions = signed_in(SessionList.as_view())


@signed_in
@require_POST
def leave_preview(request: HttpRequest) -> HttpResponseBase:
    """End the preview of a customer's portal, and go back to that customer in the office (S1.8)."""
    customer_id = stop_preview(request)
    if customer_id is None:
        return redirect("/office/")
    return redirect("admin:customers_customer_change", customer_id)


@open_to_all
def closed(_request: HttpRequest) -> HttpResponseBase:
    """Where allauth would let anybody sign up: there is nothing here."""
    raise NotFoundError
