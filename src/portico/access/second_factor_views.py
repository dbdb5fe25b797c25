"""Pages about signing in: the sign-in page with all its ways, sign-in and security, what an organisation asks for."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.views import LoginView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from portico.access import single_sign_on
from portico.access.middleware import open_to_all, signed_in
from portico.access.models import User
from portico.access.second_factor import WANTED, asked_by, has_factor, is_last_required, passkeys_work, proved


class SignInView(LoginView):
    """Password, code, passkey, and whoever signs people in for this portal."""

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """Adds which ways there are here."""
        context: dict[str, Any] = super().get_context_data(**more)
        return context | {
            "passkeys_work": passkeys_work(self.request),
            "providers": single_sign_on.offered(self.request),
            "by_company": single_sign_on.some_are_found_by_address(),
        }


login = open_to_all(SignInView.as_view())


@signed_in
def security(request: HttpRequest) -> HttpResponseBase:
    """One's password, passkeys, authenticator app, recovery codes and sessions, each with what can be done."""
    user = cast("User", request.user)
    held = list(Authenticator.objects.filter(user_id=user.pk).order_by("created_at"))
    codes = next((each for each in held if each.type == Authenticator.Type.RECOVERY_CODES), None)
    context = {
        "passkeys": [each for each in held if each.type == Authenticator.Type.WEBAUTHN],
        "app": next((each for each in held if each.type == Authenticator.Type.TOTP), None),
        "codes_left": len(codes.wrap().get_unused_codes()) if codes is not None else 0,
        "has_codes": codes is not None,
        "has_password": user.has_usable_password(),
        "passkeys_work": passkeys_work(request),
        "sessions": UserSession.objects.purge_and_list(user),
        "asked_by": asked_by(request),
    }
    return render(request, "mfa/index.html", context)


@signed_in
def to_security(_request: HttpRequest) -> HttpResponseBase:
    """Passkeys are listed on the page about security."""
    return redirect("mfa_index")


@signed_in
def needed(request: HttpRequest) -> HttpResponseBase:
    """An organisation asks for a second factor: to confirm the one there is, or set one up; then on where one was."""
    assert request.user.pk is not None
    names = asked_by(request)
    if proved(request) or not names:
        return redirect(request.session.pop(WANTED, "/"))
    context = {
        "asked_by": names,
        "has_factor": has_factor(request.user.pk),
        "passkeys_work": passkeys_work(request),
        "ways": _ways(request),
    }
    return render(request, "mfa/needed.html", context)


def _ways(request: HttpRequest) -> list[tuple[str, str]]:
    """How to confirm a factor one has: words and address."""
    types = set(
        Authenticator.objects.filter(user_id=request.user.pk).values_list("type", flat=True).distinct()
    )
    ways = []
    if Authenticator.Type.WEBAUTHN in types:
        ways.append((_("Use a passkey"), "mfa_reauthenticate_webauthn"))
    if types & {Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES}:
        ways.append((_("Type a code"), "mfa_reauthenticate"))
    return ways


@method_decorator(never_cache, name="dispatch")
class RecoveryCodesView(ViewRecoveryCodesView):
    """The codes, once; afterwards how many are left."""

    template_name = "mfa/recovery_codes/index.html"

    def head(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Looking whether the page is there uses up nothing."""
        kept = Authenticator.objects.filter(user_id=request.user.pk, type=Authenticator.Type.RECOVERY_CODES)
        return HttpResponse(status=200 if kept.exists() else 404)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """Adds where one was going when a second factor was asked for."""
        context: dict[str, Any] = super().get_context_data(**more)
        return context | {"is_led_on": WANTED in self.request.session}


recovery_codes = signed_in(RecoveryCodesView.as_view())


class RemovePasskeyView(RemoveWebAuthnView):
    """Removes a passkey, unless it is the last factor of somebody who must have one."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep what an organisation asks for."""
        if is_last_required(self.request, self.object):
            messages.error(
                self.request, _("Add another passkey or an authenticator app first: you need one.")
            )
            return redirect("mfa_index")
        response: HttpResponse = super().form_valid(form)
        return response


remove_passkey = open_to_all(RemovePasskeyView.as_view())


@open_to_all
def company(request: HttpRequest) -> HttpResponseBase:
    """Find the provider that signs in an address's domain; says the same whether or not the address is known."""
    email = request.GET.get("email", "").strip()
    wanted = request.GET.get("next", "")
    inside = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    context = {
        "email": email,
        "provider": single_sign_on.provider_for(email) if "@" in email else None,
        "wanted": wanted if inside else "",
    }
    return render(request, "socialaccount/company.html", context)


@open_to_all
def stopped(request: HttpRequest) -> HttpResponseBase:
    """Somebody turned round at their provider."""
    why = _("You turned round before you were signed in. Nothing happened.")
    return render(request, "socialaccount/authentication_error.html", {"why": why})
