"""What every list's page has around its rows: the views, the columns, what can be done with what is ticked."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from portico.transactions.lists import PLAIN, Asked, Listing
from portico.transactions.queries import Views


def to_default(request: HttpRequest, views: Views) -> HttpResponse | None:
    """To the person's default view, where the list is asked for without any parameters (S4.3)."""
    if request.GET or views.default is None:
        return None
    return HttpResponseRedirect(f"{request.path}{views.default.address}")


def list_tools(listing: Listing, asked: Asked, views: Views) -> dict[str, Any]:
    """For the context of a list's page: what transactions/_tools.html and _bulk.html read beside the Showing."""
    name = listing.name
    saved = asked.to_save
    query = f"?{saved}" if saved else ""
    opened = views.one(asked.view)
    files = {ending: reverse("list_export", args=[name, ending]) for ending in ("xlsx", "csv")}
    return {
        "tools": {
            "views": views,
            "opened": opened,
            "is_changed": opened is not None and opened.query != saved,
            "plain": f"?view={PLAIN}" if views.default else "?",
            "new_view": reverse("list_view_new", args=[name]) + query,
            "all_views": reverse("list_views", args=[name]),
            "save_over": f"{reverse('list_view', args=[opened.id])}{query or '?'}"
            if opened and opened.is_own
            else "",
            "files": [(ending, f"{href}{query or '?'}") for ending, href in files.items()],
            "export": files["xlsx"],
            "pdfs": listing.pdfs,
            "columns": asked.spec.columns,
        }
    }
