"""A list as a file, and chosen documents as PDFs in one ZIP (S4.4)."""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterator
from typing import IO, Final
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portico.access.middleware import PortalRequest, own_scope
from portico.kit.errors import InvalidError, NotFoundError
from portico.transactions.lists import Listing, listing_of, read
from portico.transactions.lists.exporting import TYPES, Export, write_export
from portico.transactions.lists.zipping import chosen, zip_of
from portico.transactions.pages import Portal, contact_of, portal_of, spoken
from portico.transactions.viewing import is_view

_PIECE: Final = 64 * 1024


@require_safe
@own_scope
def export(request: PortalRequest, kind: str, ending: str) -> HttpResponseBase:
    """All that the address's filters leave, or only what is ticked (`pick`); with `all=1` all columns."""
    actor = contact_of(request)
    portal = portal_of(request)
    listing = shown_listing(portal, kind)
    if ending not in TYPES:
        raise NotFoundError
    with spoken(portal):
        name = f"{listing.of.plural} {portal.today.isoformat()}.{ending}"
        headers = _headers(TYPES[ending], name)
        asked = read(
            listing.spec_for(actor),
            request.GET,
            today=portal.today,
            language=portal.language,
            reader=actor,
            preferences=portal.preferences,
        )
        if asked.problems:
            raise InvalidError(next(iter(asked.problems.values())))
        if request.method == "HEAD":
            return HttpResponse(headers=headers)
        picked = picked_ids(request)
        wanted = Export(listing, asked, request.GET.get("all") == "1", picked or None)
        file = write_export(actor, wanted, ending)
        headers["Content-Length"] = str(file.seek(0, os.SEEK_END))
        return StreamingHttpResponse(_read(file), headers=headers)


@require_safe
@own_scope
def pdfs(request: PortalRequest, kind: str) -> HttpResponseBase:
    """The PDFs of what is ticked, in one ZIP; each counts as looked at (S5.5)."""
    actor = contact_of(request)
    portal = portal_of(request)
    listing = shown_listing(portal, kind)
    with spoken(portal):
        if listing.things is not None:
            raise NotFoundError
        ids = chosen(actor, listing, picked_ids(request))
        headers = _headers("application/zip", f"{listing.kind.plural} {portal.today.isoformat()}.zip")
        if request.method == "HEAD":
            return HttpResponse(headers=headers)
        pieces = zip_of(actor, listing, ids, viewed=is_view(request, actor))
        return StreamingHttpResponse(pieces, headers=headers)


def shown_listing(portal: Portal, kind: str) -> Listing:
    """The list of a kind of documents, as this reader may have it.

    Raises:
        NotFoundError: there is none, or the organisation does not show it.
        ForbiddenError: the person may not see these documents.
    """
    listing = listing_of(kind)
    listing.check(portal.actor)
    if not listing.of.is_shown(portal.preferences):
        raise NotFoundError
    return listing


def picked_ids(request: PortalRequest) -> tuple[UUID, ...]:
    """What is ticked, each once.

    Raises:
        InvalidError: something in the address is no document's id.
    """
    try:
        return tuple(dict.fromkeys(UUID(each) for each in request.GET.getlist("pick")))
    except ValueError:
        raise InvalidError(_("This address cannot be read. Go back to the list and choose again.")) from None


def _read(file: IO[bytes]) -> Iterator[bytes]:
    """The file piece by piece; closed at the end, and also when nobody reads on."""

    def pieces() -> Iterator[bytes]:
        with file:
            file.seek(0)
            while piece := file.read(_PIECE):
                yield piece

    begun = pieces()
    weakref.finalize(begun, file.close)
    return begun


def _headers(content_type: str, name: str) -> dict[str, str]:
    return {
        "Content-Type": content_type,
        "Content-Disposition": content_disposition_header(True, name) or "attachment",
        "Cache-Control": "private, no-store",
    }
