"""Addresses of the office's action pages; the lists' own come from the site."""

from __future__ import annotations

from django.urls import URLPattern, path

from portico.office.site import OfficeSite
from portico.office.verbs import PAGES, office_read_notification


def action_urls(site: OfficeSite) -> list[URLPattern]:
    """One address for each page; those about an object carry its id."""
    made = [
        path(
            "notifications/<uuid:object_id>/open/",
            site.admin_view(office_read_notification),
            name="open_notification",
        )
    ]
    for name, action in PAGES.items():
        where = f"do/{name}/<uuid:object_id>/" if action.load else f"do/{name}/"
        made.append(path(where, action.view(site), name=name))
    return made
