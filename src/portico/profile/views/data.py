"""One's own data: downloaded, and asked to be erased."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portico.access.middleware import PortalRequest, own_scope
from portico.access.models import User
from portico.access.proving import recently_proved
from portico.access.second_factor import proved
from portico.home.shell import page, portal_of
from portico.kit.errors import PorticoError
from portico.profile.actions.erasure import ask_for_erasure, withdraw_erasure
from portico.profile.export import data_of
from portico.profile.queries import erasure_of


@require_safe
def data(request: PortalRequest) -> HttpResponse:
    """What can be done with one's own data, and how a request for erasure stands."""
    return page(request, "profile/data.html", {"erasure": erasure_of(portal_of(request).actor)})


@require_safe
@own_scope
def download(request: PortalRequest) -> HttpResponseBase:
    """All data about the human who is signed in, as a ZIP that streams: at all customers that open in this session."""
    portal_of(request)  # a contact person
    # Data of an organisation that asks for a second factor is behind it, also from another one's page.
    opened = [each for each in request.memberships if proved(request) or not each.asks_second_factor]
    content = data_of(cast("User", request.user), opened)
    response = StreamingHttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="my-data.zip"'
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def erase(request: PortalRequest) -> HttpResponse:
    """Ask to be erased, having just proved who one is; or take that back."""
    actor = portal_of(request).actor
    try:
        if "withdraw" in request.POST:
            withdraw_erasure(actor=actor)
            messages.success(request, _("Your request is taken back."))
        elif not recently_proved(request):
            return redirect("/account/reauthenticate/?next=/profile/data/")
        elif "sure" not in request.POST:
            messages.error(request, _("Tick that you are sure."))
        else:
            ask_for_erasure(actor=actor)
            messages.success(request, _("Your request is on its way. You will hear of the answer by e-mail."))
    except PorticoError as error:
        messages.error(request, error.message)
    return redirect("profile_data")
