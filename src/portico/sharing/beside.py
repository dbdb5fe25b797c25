"""What stands beside every document on its page: who else it is shared with, what was said, what happened to it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse

from portico.comments.beside import rating, talk
from portico.comments.queries import around
from portico.home.shell import Portal
from portico.transactions.kinds import Numbered, kind_of
from portico.transactions.models import DocumentKind
from portico.transactions.telling import tell


def beside(portal: Portal, kind: DocumentKind, document: Numbered) -> dict[str, Any]:
    """What the templates sharing/_actions.html (in the page's head) and sharing/_beside.html (at its side) need, and
    the document's `history` as the kit's timeline takes it, the latest first; one statement.

    Args:
        portal: the reader's; a scope is open.
        kind: of the document.
        document: as the caller has read it for this actor.
    """
    known = kind_of(kind)
    told = around(portal.actor, kind, document.pk)
    return {
        "beside": {
            "kind": kind,
            "id": document.pk,
            "talk": talk(told.said, known, document.pk),
            "rating": rating(portal, known, document, told.review),
            "forward_href": _forward(portal, kind, document.pk),
            "link_href": _link(portal, kind, document.pk),
        },
        "history": tell(told.events, portal.preferences),
    }


def _forward(portal: Portal, kind: DocumentKind, document_id: UUID) -> str:
    """The page of forwarding; empty where customers may not (preference 9)."""
    if not portal.preferences.customers_may_forward:
        return ""
    return reverse("forward", args=[kind, document_id])


def _link(portal: Portal, kind: DocumentKind, document_id: UUID) -> str:
    """The page of sharing by link; empty where customers may not forward, for a link passes a document on as well."""
    if not portal.preferences.customers_may_forward:
        return ""
    return reverse("share_link", args=[kind, document_id])
