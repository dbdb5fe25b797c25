"""What every page of a link does first: who holds the token, is the address confirmed, and what may leave with the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation

from portico.access.actors import LinkActor
from portico.access.errors import show_named
from portico.access.hosts import portal_here
from portico.access.middleware import open_to_all
from portico.access.scope import is_open, scope
from portico.customers.models import Customer
from portico.home.shell import TRANSLATED
from portico.kit.errors import NotFoundError, PorticoError
from portico.organisations.models import Organisation, Preferences
from portico.sharing.links.identity import is_confirmed
from portico.sharing.links.opening import LinkGoneError, link_for
from portico.transactions.kinds import Kind, kind_of
from portico.ui.brand import stylesheet_href
from portico.ui.shell import Brand

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Opened:
    """A link that works: who holds it, and whose document it shows; read once a request."""

    token: str
    actor: LinkActor
    kind: Kind
    customer: Customer
    organisation: Organisation
    preferences: Preferences
    language: str
    brand: Brand

    @property
    def page(self) -> str:
        """The address of the document under this link."""
        return self.address("link")

    def address(self, name: str, *more: object) -> str:
        """The address of one of the link's pages, without the host."""
        return reverse(name, args=[self.token, *more])

    @contextmanager
    def spoken(self) -> Iterator[None]:
        """Texts, numbers and times are in the customer's language and the organisation's time zone."""
        zone = ZoneInfo(self.organisation.time_zone)
        with timezone.override(zone), translation.override(self.language):
            yield

    def render(
        self, request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, status: int = 200
    ) -> HttpResponse:
        """A template in the frame of links; works in a scope and outside of one."""
        given = {"opened": self, "portal": self, "shell": self.brand, **(context or {})}
        with self.spoken():
            return render(request, template, given, status=status)


Page = Callable[Concatenate[HttpRequest, Opened, P], HttpResponse]


def by_link(
    *, confirmed: bool = True, has_form: bool = False
) -> Callable[[Page[P]], Callable[Concatenate[HttpRequest, str, P], HttpResponse]]:
    """Make a page of a link: nobody is signed in, the token in the address says which document it is about.

    Args:
        confirmed: whether the page is only for who confirmed the address, where preference 14 asks for it.
        has_form: whether the page sends a form. With “no-referrer” a browser would send it with the origin “null”,
            which the check against forged forms refuses; “same-origin” keeps the token from other sites as well.
    """

    def made(view: Page[P]) -> Callable[Concatenate[HttpRequest, str, P], HttpResponse]:
        @wraps(view)
        def opened(request: HttpRequest, token: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            try:
                link = _open(token)
                if confirmed and not is_known(request, link):
                    response: HttpResponse = redirect(link.page)
                else:
                    response = view(request, link, *args, **kwargs)
            except (PorticoError, Http404) as error:
                response = _refused(request, error)
            return _kept_private(response, "same-origin" if has_form else "no-referrer")

        open_to_all(opened)
        return cast("Callable[Concatenate[HttpRequest, str, P], HttpResponse]", opened)

    return made


def is_known(request: HttpRequest, link: Opened) -> bool:
    """Whether the document is shown: the address was confirmed in this browser, or nobody asks for that."""
    return not link.preferences.links_verify_identity or is_confirmed(request, link.actor.link_id)


def _open(token: str) -> Opened:
    actor = link_for(token)
    here = portal_here()
    if here is not None and here.organisation_id != actor.organisation_id:
        raise LinkGoneError
    kind = kind_of(actor.document_kind)
    with nullcontext() if is_open() else scope(actor, read_only=True):
        customer = (
            Customer.objects.visible_to(actor)
            .select_related("organisation__preferences")
            .defer("organisation__logo")
            .get()
        )
        organisation = customer.organisation
        if not kind.is_shown(organisation.preferences):
            raise LinkGoneError
        kind.one(actor, actor.document_id)
    language = _spoken(customer.portal_language, organisation.language)
    brand = Brand(
        organisation_name=organisation.name,
        logo_url=reverse("portal-logo", args=[organisation.portal_name]) if organisation.logo_type else None,
        stylesheet_href=stylesheet_href(organisation.accent_colour),
        home_href=reverse("link", args=[token]),
        email=organisation.email,
        language=language,
    )
    return Opened(token, actor, kind, customer, organisation, organisation.preferences, language, brand)


def _spoken(*wanted: str) -> str:
    plain = (tag.split("-")[0].lower() for tag in wanted)
    return next((tag for tag in plain if tag in TRANSLATED), "en")


def _refused(request: HttpRequest, error: Exception) -> HttpResponse:
    """Every link that does not work, and every other document than the link's own, looks the same."""
    if isinstance(error, LinkGoneError | NotFoundError | Http404):
        gone = error if isinstance(error, LinkGoneError) else LinkGoneError()
        response = render(request, "links/gone.html", {"message": gone.message}, status=gone.status)
        response["Referrer-Policy"] = "no-referrer"
        return response
    shown = show_named(request, error)
    assert shown is not None
    return shown


def _kept_private(response: HttpResponse, referrer_policy: str) -> HttpResponse:
    """What is secret in the address stays here, and no index and no shared cache keeps the answer."""
    response.setdefault("Referrer-Policy", referrer_policy)
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.setdefault("Cache-Control", "private, no-cache")
    return response
