"""SAML's pages. What reads its signed XML takes 20 MB and half a second to load: only where somebody uses it (`access.urls`)."""

from __future__ import annotations

import structlog
from allauth.socialaccount.providers.saml.views import acs, finish_acs, login, metadata
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from lxml.etree import LxmlError
from onelogin.saml2.errors import OneLogin_Saml2_ValidationError

from portico.access.single_sign_on import sorry

__all__ = ["acs", "finish", "login", "metadata", "sign_out"]

log = structlog.get_logger(__name__)


def finish(request: HttpRequest, organization_slug: str) -> HttpResponseBase:
    """What a SAML provider's answer comes to; what cannot be read is refused like what is not signed."""
    try:
        response: HttpResponseBase = finish_acs(request, organization_slug=organization_slug)
    except (
        LxmlError,
        OneLogin_Saml2_ValidationError,
        KeyError,
        TypeError,
        ValueError,
        PermissionDenied,
    ) as error:
        log.warning("provider_answer_refused", provider=organization_slug, why=repr(error))
        return sorry(
            request, _("The answer of your company's sign-in cannot be read. Please try again."), 401
        )
    return response


def sign_out(_request: HttpRequest, organization_slug: str) -> HttpResponseBase:
    """Signing out at the provider does not sign out here; our metadata needs the address all the same."""
    raise Http404
