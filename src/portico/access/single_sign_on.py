"""Coming in through somebody else's sign-in: OpenID Connect and SAML, for logins that are there already (S1.3).

A provider's word is taken for the domains it is configured for, and for no other: a customer's own identity provider
can sign in that customer's people and nobody else. Nothing is connected and nobody is made: the person is found by
the address anew each time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NoReturn

import jwt
import structlog
from allauth.account.models import EmailAddress
from allauth.account.signals import user_logged_in
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import (
    DefaultSocialAccountAdapter,
    _build_apps_from_settings,
    get_adapter,
)
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from requests import RequestException

from portico.access.hosts import PORTAL_COOKIE, portal_here
from portico.access.memberships import all_memberships
from portico.access.middleware import open_to_all
from portico.access.models import User
from portico.access.people import find_person
from portico.access.providers import SignInProvider
from portico.access.second_factor import PROVED

log = structlog.get_logger(__name__)
_ALGORITHMS: Final = [
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
]
"""With a key pair: a shared secret would let whoever knows it sign."""


def provider_named(name: str) -> SignInProvider | None:
    """The provider with this id."""
    found: tuple[SignInProvider, ...] = settings.SIGN_IN_PROVIDERS
    return next((each for each in found if each.id == name), None)


def provider_for(email: str) -> SignInProvider | None:
    """The provider that speaks for this address's domain."""
    found: tuple[SignInProvider, ...] = settings.SIGN_IN_PROVIDERS
    return next((each for each in found if _domain(email) in each.domains), None)


def offered(request: HttpRequest) -> list[SignInProvider]:
    """The providers whose buttons stand on the sign-in page of this portal; customers' own are not told to all."""
    here = portal_here()
    name = here.portal_name if here is not None else request.COOKIES.get(PORTAL_COOKIE, "")
    found: tuple[SignInProvider, ...] = settings.SIGN_IN_PROVIDERS
    return [each for each in found if name.lower() in each.portals]


def some_are_found_by_address() -> bool:
    """Whether the sign-in page has to offer typing an address to find its provider."""
    return any(not each.portals for each in settings.SIGN_IN_PROVIDERS)


class ProviderAdapter(DefaultSocialAccountAdapter):
    """Lets in whom a trusted provider vouches for, and makes nobody."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """Those of the configuration; a row in the database is no provider."""
        by_kind = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for apps in by_kind.values() for app in apps]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Never: one has to be a contact person or staff first."""
        return False

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Any = None,
        extra_context: Any = None,
    ) -> None:
        """Say in the log what the person is not told."""
        why = (extra_context or {}).get("saml_last_error_reason") or repr(exception)
        log.warning(
            "provider_answer_refused",
            provider=getattr(provider, "sub_id", ""),
            error=str(error),
            why=str(why),
        )

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find the person, or send them away with the reason.

        Raises:
            ImmediateHttpResponse: the page that says why not; the log says more.
        """
        known = provider_named(sociallogin.account.provider)
        if known is None or sociallogin.state.get("process") != AuthProcess.LOGIN:
            _refuse(request, "provider_unknown", _("This way of signing in is not set up."))
        email = _proved_address(known, sociallogin.email_addresses)
        if email is None:
            _refuse(
                request,
                "provider_address_unverified",
                _("%(name)s did not confirm your e-mail address. Sign in another way.")
                % {"name": known.name},
                provider=known.id,
            )
        if _domain(email) not in known.domains:
            _refuse(
                request,
                "provider_foreign_domain",
                _("%(name)s may not sign in addresses like yours here.") % {"name": known.name},
                provider=known.id,
                domain=_domain(email),
            )
        user = find_person(email)
        if user is None or not user.is_active or not all_memberships(user.pk):
            _refuse(
                request,
                "provider_stranger",
                _("Nobody with your address has access. Ask whoever sends you invoices for an invitation."),
                provider=known.id,
            )
        sociallogin.user = user


class CheckedAdapter(OpenIDConnectOAuth2Adapter):
    """OpenID Connect, with the ID token's signature always checked and both answers about the same person."""

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any) -> SocialLogin:
        """As allauth's, but there must be an ID token, and what the provider tells further must be of its subject.

        Raises:
            OAuth2Error: there is none, or they differ.
        """
        signed = kwargs["response"].get("id_token")
        if not signed:
            raise OAuth2Error("There is no ID token.")
        claims = self._decode_id_token(app, signed)
        told = self._fetch_user_info(token.token)
        if told.get("sub") != claims.get("sub"):
            raise OAuth2Error("The ID token and the user information are of different people.")
        provider: Any = self.get_provider()  # type: ignore[no-untyped-call]
        login: SocialLogin = provider.sociallogin_from_response(
            request, {"userinfo": told, "id_token": claims}
        )
        return login

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        with get_adapter().get_requests_session() as session:  # type: ignore[no-untyped-call]
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            published = answer.json()
        try:
            key = _key_for(jwt.get_unverified_header(id_token), jwt.PyJWKSet.from_dict(published).keys)
            claims: dict[str, Any] = jwt.decode(
                id_token,
                key=key,
                algorithms=_ALGORITHMS,
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                leeway=60,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
        except (jwt.PyJWTError, KeyError, TypeError, ValueError) as error:
            raise OAuth2Error("The ID token is not the provider's.") from error
        return claims


def _key_for(header: Mapping[str, Any], keys: list[jwt.PyJWK]) -> jwt.PyJWK:
    """The published key that a token names; the only one, where it names none."""
    named = [key for key in keys if key.key_id == header.get("kid")] if "kid" in header else keys
    signing = [key for key in named if key.public_key_use in (None, "sig")]
    if len(signing) != 1:
        raise jwt.InvalidKeyError("The token's key is not published.")
    return signing[0]


@open_to_all
def oidc_login(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """On to the provider."""
    return _with_provider(OAuth2LoginView, request, provider_id)


@open_to_all
def oidc_callback(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Back from the provider."""
    return _with_provider(OAuth2CallbackView, request, provider_id)


def _with_provider(view: Any, request: HttpRequest, provider_id: str) -> HttpResponseBase:
    known = provider_named(provider_id)
    if known is None or known.protocol != "openid_connect":
        raise Http404
    try:
        response: HttpResponseBase = view.adapter_view(CheckedAdapter(request, provider_id))(request)
    except RequestException as error:
        log.warning("provider_unreachable", provider=provider_id, error=str(error))
        return sorry(
            request, _("We could not reach %(name)s just now. Please try again.") % {"name": known.name}, 503
        )
    return response


@receiver(user_logged_in, dispatch_uid="portico_provider_factor")
def _provider_asked(request: HttpRequest, user: User, **more: Any) -> None:
    """Where the provider asks for a second factor itself, its sign-in proves one."""
    sociallogin = more.get("sociallogin")
    known = provider_named(sociallogin.account.provider) if sociallogin is not None else None
    if known is not None and known.second_factor:
        request.session[PROVED] = str(user.pk)


def _proved_address(known: SignInProvider, addresses: list[EmailAddress]) -> str | None:
    """The address the provider vouches for; None when there is none, or several."""
    if len(addresses) != 1:
        return None
    [address] = addresses
    # Some providers write “true”; “false” is a text too, and must not count as yes.
    said = str(address.verified).lower()
    if said != "true" and not (known.addresses_are_verified and said in {"false", "none"}):
        return None
    return str(address.email).strip().lower()


def _domain(email: str) -> str:
    return email.rpartition("@")[2].strip().lower()


def _refuse(request: HttpRequest, event: str, why: str, **said: str) -> NoReturn:
    log.warning(event, **said)
    raise ImmediateHttpResponse(sorry(request, why, 403))


def sorry(request: HttpRequest, why: str, status: int) -> HttpResponse:
    return render(request, "socialaccount/authentication_error.html", {"why": why}, status=status)
