"""Which requests are views of a document, and the log of them (S5.5)."""

from __future__ import annotations

from contextlib import nullcontext
from uuid import UUID

from django.http import HttpRequest

from portico.access.actors import Actor, ContactActor
from portico.access.scope import is_open, scope
from portico.transactions.models import DocumentKind, DocumentView


def is_view(request: HttpRequest, actor: Actor) -> bool:
    """Whether a human of the customer looked: a contact person's GET, not a HEAD, a browser reading ahead or a preview."""
    return isinstance(actor, ContactActor) and actor.previewed_by is None and is_looked_at(request)


def is_looked_at(request: HttpRequest) -> bool:
    """Whether somebody sees the answer now: a GET, not a HEAD and not a browser reading ahead.

    Browsers mark speculation by Sec-Purpose, older ones by Purpose or X-Moz: prefetch, prerender.
    """
    marks = (request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz"))
    return request.method == "GET" and not any("prefetch" in mark or "prerender" in mark for mark in marks)


def log_view(*, actor: ContactActor, kind: DocumentKind, document_id: UUID, how: str) -> None:
    """Write down that a contact person looked at a document.

    Args:
        actor: who looked.
        kind: what kind of document.
        document_id: which one; the caller has read it for this actor.
        how: page, pdf or print.
    """
    with nullcontext() if is_open() else scope(actor):
        DocumentView.objects.bulk_create(
            [
                DocumentView(
                    organisation_id=actor.organisation_id,
                    customer_id=actor.customer_id,
                    document_kind=kind,
                    document_id=document_id,
                    contact_person_id=actor.person_id,
                    how=how,
                )
            ]
        )
