"""The pages of a person's own views: to keep one, to change it, to delete it (S4.3). They need no JavaScript."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portico.access.middleware import PortalRequest
from portico.kit.errors import PorticoError
from portico.transactions.actions import delete_view, edit_view, save_view
from portico.transactions.lists import Listing, in_words, read
from portico.transactions.models import CustomView
from portico.transactions.pages import Portal, contact_of, page, portal_of, spoken
from portico.transactions.queries import own_views, views_of
from portico.transactions.views.files import shown_listing


@require_safe
def views(request: PortalRequest, kind: str) -> HttpResponse:
    """All views of one list: the person's own, to open, change and delete; and those the organisation offers."""
    portal = portal_of(request)
    listing = shown_listing(portal, kind)
    with spoken(portal):
        found = views_of(contact_of(request), listing)
        lines = [(line, _told(portal, listing, line.query)) for line in found.lines]
        context = {"listing": listing, "views": found, "lines": lines}
        return page(request, "transactions/views.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_view(request: PortalRequest, kind: str) -> HttpResponse:
    """Give what the address says of a list a name, and keep it."""
    actor, portal = contact_of(request), portal_of(request)
    listing = shown_listing(portal, kind)
    query = request.POST.get("query", "") if request.method == "POST" else request.GET.urlencode()
    with spoken(portal):
        if request.method != "POST":
            return _form(request, listing, None, query)
        try:
            view = save_view(
                actor=actor,
                listing=listing,
                name=request.POST.get("name", ""),
                query=query,
                is_default="is_default" in request.POST,
            )
        except PorticoError as error:
            return _form(request, listing, None, query, error)
        messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
        return _to(listing, view)


@require_http_methods(["GET", "HEAD", "POST"])
def view(request: PortalRequest, view_id: UUID) -> HttpResponse:
    """Rename a view, make it the default, put what the address says in place of what it kept."""
    actor, portal = contact_of(request), portal_of(request)
    found = own_views(actor).one_for(actor, pk=view_id)
    listing = shown_listing(portal, found.kind)
    posted = request.method == "POST"
    query = request.POST.get("query", found.query) if posted else _given(request, found)
    with spoken(portal):
        if not posted:
            return _form(request, listing, found, query)
        try:
            edited = edit_view(
                actor=actor,
                view=found,
                name=request.POST.get("name", ""),
                is_default="is_default" in request.POST,
                query=query,
            )
        except PorticoError as error:
            return _form(request, listing, found, query, error)
        messages.success(request, _("The view “%(name)s” is saved.") % {"name": edited.name})
        return _to(listing, edited)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: PortalRequest, view_id: UUID) -> HttpResponse:
    """Ask, and then delete a view."""
    actor, portal = contact_of(request), portal_of(request)
    found = own_views(actor).one_for(actor, pk=view_id)
    listing = shown_listing(portal, found.kind)
    with spoken(portal):
        if request.method != "POST":
            context = {"listing": listing, "view": found, "told": _told(portal, listing, found.query)}
            return page(request, "transactions/view_delete.html", context)
        delete_view(actor=actor, view=found)
        messages.success(request, _("The view “%(name)s” is deleted.") % {"name": found.name})
        return HttpResponseRedirect(reverse("list_views", args=[listing.name]))


def _form(
    request: PortalRequest,
    listing: Listing,
    found: CustomView | None,
    query: str,
    error: PorticoError | None = None,
) -> HttpResponse:
    typed = request.POST if request.method == "POST" else None
    default = found.is_default if found else False
    context: dict[str, Any] = {
        "listing": listing,
        "view": found,
        "query": query,
        "told": _told(portal_of(request), listing, query),
        "is_replaced": found is not None and query != found.query,
        "name": typed.get("name", "") if typed is not None else found.name if found else "",
        "is_default": "is_default" in typed if typed is not None else default,
        "errors": {(error.field or "form"): error.message} if error else {},
    }
    return page(request, "transactions/view_form.html", context, error.status if error else 200)


def _given(request: PortalRequest, found: CustomView) -> str:
    """What the address puts in place of the view's query; the view's own where it says nothing."""
    return request.GET.urlencode() if "?" in request.get_full_path() else found.query


def _told(portal: Portal, listing: Listing, query: str) -> tuple[str, ...]:
    """A query in words: the tab, the filters, the order, the columns."""
    asked = read(
        listing.spec_for(portal.actor),
        QueryDict(query),
        today=portal.today,
        language=portal.language,
        reader=portal.actor,
        preferences=portal.preferences,
    )
    return in_words(asked)


def _to(listing: Listing, saved: CustomView) -> HttpResponse:
    query = f"{saved.query}&" if saved.query else ""
    return HttpResponseRedirect(f"{listing.address}?{query}view={saved.pk}")
