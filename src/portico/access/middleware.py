"""From a signed-in human to an actor, and from an actor to a scope, for each request."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import TypeAlias
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import InternalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase

from portico.access.actors import Actor, ContactActor, StaffActor
from portico.access.errors import SignInError, problem, show_named, wants_json
from portico.access.memberships import Membership, memberships_of
from portico.access.previewing import PreviewError, is_previewing, previewed_actor
from portico.access.scope import only_reading, scope
from portico.access.tabs import refuse_other_customer
from portico.kit.errors import ForbiddenError, PorticoError

View: TypeAlias = Callable[..., HttpResponseBase]
CHOSEN_CUSTOMER = "portico_customer"
CHOSEN_OFFICE = "portico_office"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class PortalRequest(HttpRequest):
    """A request after the middleware: who asks, and what else they could be."""

    actor: Actor
    memberships: list[Membership]


def open_to_all(view: View) -> View:
    """Mark a view that needs nobody signed in: the one way to open a route."""
    view.open_to_all = True  # type: ignore[attr-defined]
    return view


def own_scope(view: View) -> View:
    """Mark a view that opens its scopes itself, because it calls the outside or streams."""
    view.own_scope = True  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Mark a view that needs a login but nobody to act as: it concerns the human, and no organisation."""
    view.signed_in = True  # type: ignore[attr-defined]
    return view


class ActorMiddleware:
    """Closed by default: a view runs for a known actor, in that actor's scope, or is marked otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with ExitStack() as stack:  # what a preview puts in force lasts to the end of its request
            request.until_answered = stack  # type: ignore[attr-defined]
            response = self.get_response(request)
        if getattr(request, "is_somebodys", False):
            response.setdefault("Cache-Control", "private, no-cache")
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """What PostgreSQL refused to write in a preview."""
        return show_named(request, PreviewError()) if _would_write(request, error) else None

    def process_view(
        self, request: HttpRequest, view: View, args: tuple[object, ...], kwargs: dict[str, object]
    ) -> HttpResponseBase | None:
        """Find the actor, open the scope, run the view in it; what it raises is shown once the scope is closed."""
        # What is made for somebody is kept by no cache between us and them, and shown again by theirs only after asking.
        request.is_somebodys = not _is_open(view) or _is_of_a_login(view)  # type: ignore[attr-defined]
        if _is_open(view):
            return None
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        try:
            return _run(request, view, args, kwargs)
        except (PorticoError, Http404, PermissionDenied) as error:
            # Django asks no process_exception for what is raised here, so the errors are shown from here.
            return show_named(request, error)
        except InternalError as error:
            if _would_write(request, error):
                return show_named(request, PreviewError())
            raise


def _would_write(request: HttpRequest, error: Exception) -> bool:
    """Whether a page of a preview tried to write, and the database refused it (25006, read_only_sql_transaction)."""
    actor = getattr(request, "actor", None)
    previews = isinstance(actor, ContactActor) and actor.previewed_by is not None
    return previews and getattr(error.__cause__, "sqlstate", "") == "25006"


def _run(
    request: HttpRequest, view: View, args: tuple[object, ...], kwargs: dict[str, object]
) -> HttpResponseBase | None:
    found = memberships_of(request)
    if getattr(view, "signed_in", False):
        return None
    if is_previewing(request) and not _in_the_office(request):
        previewed = previewed_actor(request, found)
        if previewed is None:
            return _back_to_the_office(request)
        if request.method not in SAFE:
            raise PreviewError
        request.until_answered.enter_context(only_reading())  # type: ignore[attr-defined]
        actor: Actor = previewed
    elif request.path == "/" and request.method in SAFE and _is_only_staff(found):
        return HttpResponseRedirect("/office/")
    else:
        actor = _choose(request, found)
    request.actor = actor  # type: ignore[attr-defined]
    # A view that takes a stream reads what was sent itself, so it asks for this itself too.
    anew = None if getattr(view, "csrf_exempt", False) else refuse_other_customer(request, actor)
    if anew is not None:
        return anew
    if getattr(view, "own_scope", False):
        return None
    with scope(actor, read_only=request.method in SAFE and isinstance(actor, ContactActor)):
        response = view(request, *args, **kwargs)
        if hasattr(response, "render") and callable(response.render):
            response.render()
    return response


def _is_open(view: View) -> bool:
    return getattr(view, "open_to_all", False) or _is_of_a_login(view)


def _is_of_a_login(view: View) -> bool:
    """Whether it is a page of allauth, which guards its own; they concern a login, which belongs to no organisation."""
    return view.__module__.startswith("allauth.")


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """To the sign-in page and, where that can be done by a link, back here afterwards."""
    if wants_json(request):
        return problem(SignInError("Sign in first."))
    back = request.get_full_path() if request.method in SAFE else "/"
    fragment = request.headers.get("HX-Request")
    if fragment:
        # What is asked for is a part of a page that is open; that page is where to come back to.
        shown = urlsplit(request.headers.get("HX-Current-URL", ""))
        back = shown.path + (f"?{shown.query}" if shown.query else "") or "/"
    response = redirect_to_login(back, settings.LOGIN_URL)
    return HttpResponse(status=204, headers={"HX-Redirect": response.url}) if fragment else response


def _in_the_office(request: HttpRequest) -> bool:
    return request.path.startswith("/office/")


def _is_only_staff(found: list[Membership]) -> bool:
    """Whether somebody has an office and no customer's portal, so that the office is their home."""
    return bool(found) and all(isinstance(each.actor, StaffActor) for each in found)


def _back_to_the_office(request: HttpRequest) -> HttpResponse:
    """Where whoever previewed came from, once the preview is over."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": "/office/"})
    return HttpResponseRedirect("/office/")


def _choose(request: HttpRequest, found: list[Membership]) -> Actor:
    office = _in_the_office(request)
    actors = [each.actor for each in found if isinstance(each.actor, StaffActor if office else ContactActor)]
    if not actors:
        raise ForbiddenError(
            "You have no access to the office." if office else "You have no access to a customer's portal."
        )
    chosen = request.session.get(CHOSEN_OFFICE if office else CHOSEN_CUSTOMER)
    if not chosen and not office and getattr(request.user, "last_customer", None):
        chosen = str(request.user.last_customer)  # type: ignore[union-attr] # where one was when one last signed in
    for actor in actors:
        if chosen and UUID(chosen) in (actor.organisation_id, getattr(actor, "customer_id", None)):
            return actor
    return actors[0]
