"""Accepting an invitation."""

from __future__ import annotations

from typing import cast

from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from portico.access.middleware import CHOSEN_CUSTOMER, open_to_all
from portico.access.models import User
from portico.customers.actions import accept_invitation, join_invitation
from portico.customers.actions.join import Invitation, read_invitation
from portico.customers.forms import NewPasswordForm
from portico.kit.errors import InvalidError
from portico.ui.shell import Brand


@open_to_all
@never_cache
@sensitive_post_parameters("password")
def invitation(request: HttpRequest, token: str) -> HttpResponseBase:
    """Who invites whom; a password makes the login, or the login one has accepts. Looking changes nothing."""
    shown = read_invitation(token)
    user = request.user if request.user.is_authenticated else None
    if request.method != "POST":
        return _page(request, shown, user, NewPasswordForm())
    if user is not None or shown.has_login:
        return _join(request, token, user)
    form = NewPasswordForm(request.POST)
    if form.is_valid():
        try:
            made = accept_invitation(token, form.cleaned_data["password"])
        except InvalidError as error:
            form.add_error(error.field, error.message)
        else:
            return cast("HttpResponse", perform_login(request, made, redirect_url="/"))
    return _page(request, shown, user, form, status=422)


def _join(request: HttpRequest, token: str, user: User | None) -> HttpResponse:
    """Accept with the login that is signed in; who is not, signs in and comes back."""
    if user is None:
        return redirect(f"/account/login/?next=/account/invitation/{token}/")
    actor = join_invitation(token, user)
    request.session[CHOSEN_CUSTOMER] = str(actor.customer_id)
    return redirect("/")


def _page(
    request: HttpRequest, shown: Invitation, user: User | None, form: NewPasswordForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "invitation": shown,
        "form": form,
        "signed_in_as": user.email if user else "",
        "is_theirs": user is not None and user.email.lower() == shown.email.lower(),
        "brand": Brand(organisation_name=shown.organisation_name),
    }
    return render(request, "customers/invitation.html", context, status=status)
