"""Whose portal it is where nobody is signed in: the sign-in and error pages of an organisation's own address."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from portico.ui.brand import stylesheet_href
from portico.ui.shell import Brand


def brand(request: HttpRequest) -> dict[str, Any]:
    """A context processor; asks nothing unless a page shows `brand_here`."""
    return {"brand_here": SimpleLazyObject(lambda: _find(request))}


def _find(request: HttpRequest) -> Brand | None:
    host = request.get_host().partition(":")[0]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT name, accent_colour, email, language FROM door_brand(%s)", [host])
            row = cursor.fetchone()
    except DatabaseError:
        return None  # an error page is shown all the same
    if row is None:
        return None
    name, accent, email, _language = row
    return Brand(organisation_name=name, stylesheet_href=stylesheet_href(accent), email=email)
