"""The second factor: passkeys, authenticator apps and recovery codes by allauth, and who has to have one (S1.3)."""

from __future__ import annotations

import base64
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address
from typing import Any, Final
from uuid import UUID

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_used
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from portico.access.errors import problem, wants_json
from portico.access.hosts import passkey_domain
from portico.access.memberships import Membership, all_memberships, memberships, memberships_of
from portico.access.middleware import SAFE, View, _choose, _is_open
from portico.access.models import User
from portico.kit.errors import ForbiddenError

PROVED: Final = "portico_second_factor"
"""In a session: the id of the human who has proved a second factor in it, which another who signs in there has not."""
WANTED: Final = "portico_wanted"
"""In a session: where somebody was going when a second factor was asked for."""
_FACTORS: Final = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""Recovery codes are no factor of their own: they stand in for one that is lost."""


class SecondFactorError(ForbiddenError):
    """An organisation asks for a second factor, and this session has proved none."""

    code = "second_factor_required"


def has_factor(user_id: UUID) -> bool:
    """Whether this human has a passkey or an authenticator app."""
    return bool(Authenticator.objects.filter(user_id=user_id, type__in=_FACTORS).exists())


def proved(request: HttpRequest) -> bool:
    """Whether who is signed in has proved a second factor in this session."""
    return bool(request.session.get(PROVED) == str(request.user.pk))


def asked_by(request: HttpRequest) -> list[str]:
    """The names of the organisations that ask this human for a second factor, for a page that says why."""
    assert request.user.pk is not None
    found = all_memberships(request.user.pk)
    return sorted({each.organisation_name for each in found if each.asks_second_factor})


def passkeys_work(request: HttpRequest) -> bool:
    """Whether a browser offers passkeys at this address: not for a bare IP address, nor without TLS."""
    host = request.get_host().partition(":")[0]
    with suppress(ValueError):
        ip_address(host.strip("[]"))
        return False
    return request.is_secure() or host == "localhost" or host.endswith(".localhost")


class SecondFactorMiddleware:
    """Stands before ActorMiddleware: no page of an organisation that asks for a second factor opens without one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: tuple[object, ...], kwargs: dict[str, object]
    ) -> HttpResponseBase | None:
        """Lead to the second factor who needs one here; the account pages themselves stay open."""
        if _is_open(view) or getattr(view, "signed_in", False) or not request.user.is_authenticated:
            return None
        if proved(request) or not _concerned(request, memberships_of(request)):
            return None
        return _to_second_factor(request)


def _concerned(request: HttpRequest, found: list[Membership]) -> bool:
    asking = {each.actor.organisation_id for each in found if each.asks_second_factor}
    if not asking:
        return False
    try:
        return _choose(request, found).organisation_id in asking
    except ForbiddenError:
        # Whatever lets this request in all the same, such as a preview, does not pass by the second factor.
        return True


def _to_second_factor(request: HttpRequest) -> HttpResponseBase:
    if wants_json(request):
        return problem(SecondFactorError(_("Prove your second factor first.")))
    where = reverse("second_factor_needed")
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": where})
    if request.method in SAFE:
        request.session[WANTED] = request.get_full_path()
    return redirect(where)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Seals what authenticator apps share with us, names things in our words, and keeps a factor that is required."""

    def encrypt(self, text: str) -> str:
        """A stolen copy of the database opens no second factor."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open what `encrypt` gave."""
        return _box().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        """What an authenticator app shows: the organisations, else this address."""
        user_id = context.request.user.pk
        names = sorted({each.organisation_name for each in memberships(user_id)}) if user_id else []
        return ", ".join(names) or str(super().get_totp_issuer())

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys belong to the host; to the base domain where portals are its subdomains."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | {"id": passkey_domain(context.request)}

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 (allauth's name)
        """Passkey, Passkey 2, …"""
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _("Passkey %(number)d") % {"number": count + 1} if count else _("Passkey")

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not the last factor of somebody whose organisation asks for one."""
        return not is_last_required(context.request, authenticator)


def is_last_required(request: HttpRequest, authenticator: Authenticator) -> bool:
    """Whether without this authenticator nothing would be left of what an organisation asks for."""
    others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=_FACTORS)
    return bool(asked_by(request)) and not others.exclude(pk=authenticator.pk).exists()


@receiver(authenticator_added, dispatch_uid="portico_factor_added")
def _added(request: HttpRequest, user: User, authenticator: Authenticator, **_more: Any) -> None:
    """Adding one proves it; the recovery codes that come along with it do not."""
    if authenticator.type in _FACTORS:
        request.session[PROVED] = str(user.pk)


@receiver(authenticator_used, dispatch_uid="portico_factor_used")
def _used(request: HttpRequest, user: User, **_more: Any) -> None:
    request.session[PROVED] = str(user.pk)


@receiver(authenticator_removed, dispatch_uid="portico_factor_removed")
def _removed(request: HttpRequest, user: User, **_more: Any) -> None:
    if not has_factor(user.pk):
        request.session.pop(PROVED, None)


def _box() -> Fernet:
    derive = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"portico second factors")
    return Fernet(base64.urlsafe_b64encode(derive.derive(settings.SECRET_KEY.encode())))
