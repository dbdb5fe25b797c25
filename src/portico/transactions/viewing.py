"""Which requests are views of a document, and the log of them (S5.5)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from functools import cache
from typing import Final, TypeAlias
from uuid import UUID

from django.http import HttpRequest
from django.utils.module_loading import autodiscover_modules

from portico.access.actors import Actor, ContactActor
from portico.access.scope import is_open, scope
from portico.transactions.models import DocumentKind, DocumentView


def is_view(request: HttpRequest, actor: Actor) -> bool:
    """Whether a human looked: a contact person's GET, not a HEAD and not a browser reading ahead."""
    return isinstance(actor, ContactActor) and is_looked_at(request)


def is_looked_at(request: HttpRequest) -> bool:
    """Whether somebody sees the answer now: a GET, not a HEAD and not a browser reading ahead.

    Browsers mark speculation by Sec-Purpose, older ones by Purpose or X-Moz: prefetch, prerender.
    """
    marks = (request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz"))
    return request.method == "GET" and not any("prefetch" in mark or "prerender" in mark for mark in marks)


Opened: TypeAlias = Callable[[ContactActor, DocumentKind, UUID], None]
"""What an app does when a contact person has opened a document's page; within a scope that writes."""

_OPENED: Final[list[Opened]] = []


def when_opened(act: Opened) -> None:
    """Do this too when a document's page was opened; called by an app's module `reading`, found by its name."""
    _OPENED.append(act)


@cache
def _find() -> None:
    autodiscover_modules("reading")


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
        if how == "page":
            _find()
            for act in _OPENED:
                act(actor, kind, document_id)
