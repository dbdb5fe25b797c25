"""Addresses of the office's own pages; the lists' come from the site."""

from __future__ import annotations

from django.urls import URLPattern, path

from portico.office.site import OfficeSite
from portico.office.verbs import OTHERS, PAGES


def action_urls(site: OfficeSite) -> list[URLPattern]:
    """One address for each page; those about an object carry its id."""
    made = [path(where, opened(site.admin_view(view)), name=name) for name, where, view, opened in OTHERS]
    for name, action in PAGES.items():
        where = f"do/{name}/<uuid:object_id>/" if action.load else f"do/{name}/"
        made.append(path(where, action.view(site), name=name))
    return made
