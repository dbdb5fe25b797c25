"""Coming in: accepting an invitation, signing up by oneself."""

from __future__ import annotations

from typing import cast

from allauth.account.utils import perform_login
from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from portico.access.middleware import CHOSEN_CUSTOMER, open_to_all
from portico.access.models import User
from portico.customers.actions import accept_invitation, join_invitation
from portico.customers.actions.join import Invitation, read_invitation
from portico.customers.actions.sign_up import (
    SignUpShown,
    ask_to_sign_up,
    finish_sign_up,
    join_by_sign_up,
    read_sign_up,
)
from portico.customers.forms import AddressForm, NewPasswordForm
from portico.customers.offering import sign_up_is_open_here
from portico.kit.errors import InvalidError, NotFoundError
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


@open_to_all
@never_cache
def sign_up(request: HttpRequest) -> HttpResponseBase:
    """Ask for an address; the answer is the same whether or not it belongs to somebody (S1.6)."""
    if not sign_up_is_open_here():
        raise NotFoundError
    if request.user.is_authenticated:
        return redirect("/")
    form = AddressForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "customers/sign_up.html", {"form": form}, status=status)
    address = form.cleaned_data["email"]
    if not ratelimit.consume(request, action="signup", key=address.lower()):
        return render(request, "429.html", status=429)
    ask_to_sign_up(address)
    return render(request, "customers/sign_up_sent.html", {"email": address})


@open_to_all
@never_cache
@sensitive_post_parameters("password")
def finish(request: HttpRequest, token: str) -> HttpResponseBase:
    """What follows the link: a password makes the login, or the login one has is let in. Looking changes nothing."""
    shown = read_sign_up(token)
    user = request.user if request.user.is_authenticated else None
    if request.method != "POST":
        return _sign_up_page(request, shown, user, NewPasswordForm())
    if user is not None:
        join_by_sign_up(token, user)
        return redirect("/")
    if shown.has_login:
        return redirect(f"/account/login/?next=/account/signup/{token}/")
    form = NewPasswordForm(request.POST)
    if form.is_valid():
        try:
            made = finish_sign_up(token, form.cleaned_data["password"])
        except InvalidError as error:
            form.add_error(error.field, error.message)
        else:
            return cast("HttpResponse", perform_login(request, made, redirect_url="/"))
    return _sign_up_page(request, shown, user, form, status=422)


def _sign_up_page(
    request: HttpRequest, shown: SignUpShown, user: User | None, form: NewPasswordForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "shown": shown,
        "form": form,
        "signed_in_as": user.email if user else "",
        "is_theirs": user is not None and user.email.lower() == shown.email.lower(),
    }
    return render(request, "customers/finish_sign_up.html", context, status=status)
