"""The conversation beside one document, where comments are posted, and the list of all of them (S5.3)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods, require_safe

from portico.access.actors import ContactActor
from portico.access.middleware import PortalRequest, own_scope
from portico.access.scope import scope
from portico.comments.actions import post_comment, read_as_contact
from portico.comments.beside import talk
from portico.comments.queries import conversations, kinds_seen, thread
from portico.home.shell import portal_of
from portico.kit.errors import ConflictError, InvalidError, NotFoundError
from portico.transactions.kinds import Kind, kind_of
from portico.transactions.pages import contact_of, page_or_part, spoken
from portico.transactions.viewing import is_view


@require_safe
def all_of_them(request: PortalRequest) -> HttpResponse:
    """The documents that are talked about, those with the newest words first; ?before= for older ones."""
    portal = portal_of(request)
    kinds = {each.kind.value: each for each in kinds_seen(portal.actor, portal.preferences)}
    with spoken(portal):
        context = {
            "found": conversations(portal.actor, kinds, _moment(request.GET.get("before", ""))),
            "kinds": kinds,
            "is_first": "before" not in request.GET,
        }
        return page_or_part(
            request, "comments/conversations.html", "comments/_conversations.html", context, target="list"
        )


@require_http_methods(["GET", "HEAD", "POST"])
@own_scope
def conversation(request: PortalRequest, kind: str, document_id: UUID) -> HttpResponse:
    """GET: what was written beside a document, by itself. POST: write something."""
    actor = contact_of(request)
    known = kind_of(kind)
    if request.method == "POST":
        return _post(request, actor, known, document_id)
    response = _show(request, actor, known, document_id)
    if is_view(request, actor):
        read_as_contact(actor, document_id)
    return response


def _post(request: PortalRequest, actor: ContactActor, kind: Kind, document_id: UUID) -> HttpResponse:
    typed = request.POST.get("text", "")
    key = _key(request.POST.get("submission_key", ""))
    with scope(actor, read_only=True):
        portal = portal_of(request)
    try:
        with spoken(portal):
            post_comment(actor=actor, kind=kind, document_id=document_id, text=typed, submission_key=key)
    except (InvalidError, ConflictError) as error:
        return _show(
            request, actor, kind, document_id, typed=typed, error=error.message, key=key, status=error.status
        )
    read_as_contact(actor, document_id)
    if request.headers.get("HX-Request"):
        return _show(request, actor, kind, document_id, sent=True)
    own = request.POST.get("on_own_page") == "1"
    return HttpResponseRedirect(f"{request.path if own else kind.page(document_id)}#comments")


def _show(
    request: PortalRequest,
    actor: ContactActor,
    kind: Kind,
    document_id: UUID,
    *,
    typed: str = "",
    error: str = "",
    key: UUID | None = None,
    sent: bool = False,
    status: int = 200,
) -> HttpResponse:
    with scope(actor, read_only=True):
        portal = portal_of(request)
        if not kind.is_shown(portal.preferences):
            raise NotFoundError
        document = kind.one(actor, document_id)
        is_part = request.headers.get("HX-Target") == "comments"
        own = not is_part or request.POST.get("on_own_page") == "1"
        shown = talk(thread(actor, document_id), kind, document_id, on_own_page=own)
        shown = replace(
            shown, typed=typed, error=error, sent=sent, submission_key=key or shown.submission_key
        )
        with spoken(portal):
            context = {"talk": shown, "kind": kind, "document": document}
            return page_or_part(
                request,
                "comments/conversation.html",
                "comments/_conversation.html",
                context,
                target="comments",
                # htmx swaps 422; a limit that was reached is told in the same place
                status=422 if error and is_part else status,
            )


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidError("The form is incomplete. Load the page again.") from None


def _moment(text: str) -> dt.datetime | None:
    if not text:
        return None
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise InvalidError("The address cannot be read.")
    return found
