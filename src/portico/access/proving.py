"""Proving once more who one is, by a code to one's address: for who has neither a password nor a second factor.

allauth asks such a person for nothing; here they are asked for the one thing by which they sign in.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable
from functools import wraps
from typing import Final, cast

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.internal.flows.reauthentication import (
    did_recently_reauthenticate,
    get_reauthentication_flows,
    resume_request,
    suspend_request,
)
from allauth.core import ratelimit
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from portico.access.middleware import View, signed_in
from portico.access.models import User
from portico.access.sign_in import MailNotSentError

LASTS: Final = 600
"""Seconds for which a code works."""
TRIES: Final = 3
_KEY: Final = "portico_proof"
_METHOD: Final = "code_by_mail"
_METHODS: Final = frozenset({_METHOD, "code"})
"""“code” is allauth's name for signing in by one, which proves the same."""


def proves_by_mail(user: User | AnonymousUser) -> bool:
    """Whether a code to the address is all by which this human can prove who they are."""
    return user.is_authenticated and not get_reauthentication_flows(user)


def recently_proved(request: HttpRequest) -> bool:
    """Whether who is signed in has proved within the last minutes who they are."""
    if not proves_by_mail(request.user):
        return bool(did_recently_reauthenticate(request))
    since = time.time() - app_settings.REAUTHENTICATION_TIMEOUT
    records = get_authentication_records(request, cast("User", request.user))
    return any(each.get("method") in _METHODS and each["at"] > since for each in records)


def after_proof(view: Callable[..., HttpResponseBase]) -> View:
    """Ask for a code first who has nothing else to prove it with; allauth asks everybody else by itself."""

    @wraps(view)
    def asked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if proves_by_mail(request.user) and not recently_proved(request):
            return cast("HttpResponse", suspend_request(request, reverse("account_reauthenticate_by_mail")))
        return view(request, *args, **kwargs)

    return asked


@signed_in
@never_cache
@sensitive_post_parameters("code")
def by_mail(request: HttpRequest) -> HttpResponseBase:
    """Send a code, take the code, and go on to what was asked for; looking sends nothing."""
    user = cast("User", request.user)
    wanted = request.POST.get("next", request.GET.get("next", ""))
    inside = wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else ""
    if not proves_by_mail(user):
        more = f"?{urlencode({'next': inside})}" if inside else ""
        return redirect(reverse("account_reauthenticate") + more)
    if request.method != "POST":
        return _page(request, inside)
    if "code" not in request.POST:
        return _send(request, user, inside)
    if not ratelimit.consume(request, action="reauthenticate", user=user):
        return render(request, "429.html", status=429)
    if not _fits(request, user, "".join(request.POST["code"].split())[:20]):
        message = _("That is not the code, or it is too old. Look again, or ask for a new one.")
        return _page(request, inside, error=message, status=422)
    record_authentication(request, user, method=_METHOD, reauthenticated=True)
    return cast("HttpResponse | None", resume_request(request)) or redirect(inside or "/")


def _send(request: HttpRequest, user: User, wanted: str) -> HttpResponseBase:
    if not ratelimit.consume(request, action="request_login_code", key=user.email.lower()):
        return render(request, "429.html", status=429)
    code = f"{secrets.randbelow(1_000_000):06d}"
    try:
        get_adapter(request).send_mail("account/email/proof_code", user.email, {"code": code})
    except MailNotSentError as error:
        return _page(request, wanted, error=error.message, status=error.status)
    request.session[_KEY] = {"hash": _hash(user, code), "until": time.time() + LASTS, "tries": 0}
    return redirect(f"{request.path}?{urlencode({'next': wanted})}" if wanted else request.path)


def _fits(request: HttpRequest, user: User, code: str) -> bool:
    """Count a try of the code that was sent, and compare it; a code works once."""
    sent = request.session.pop(_KEY, None)
    if sent is None or sent["until"] < time.time():
        return False
    if hmac.compare_digest(sent["hash"], _hash(user, code)):
        return True
    if sent["tries"] + 1 < TRIES:
        request.session[_KEY] = sent | {"tries": sent["tries"] + 1}
    return False


def _hash(user: User, code: str) -> str:
    """Keyed, because six digits by themselves are found by trying."""
    return salted_hmac("portico.access.proving", f"{user.pk}/{code}", algorithm="sha256").hexdigest()


def _page(request: HttpRequest, wanted: str, *, error: str = "", status: int = 200) -> HttpResponse:
    context = {"is_sent": _KEY in request.session, "wanted": wanted, "error": error}
    return render(request, "account/reauthenticate_by_mail.html", context, status=status)
