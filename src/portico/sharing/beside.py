"""What stands beside every document on its page: who else it is shared with, and the conversation about it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse

from portico.comments.beside import rating, talk
from portico.home.shell import Portal
from portico.transactions.kinds import kind_of
from portico.transactions.models import DocumentKind


def beside(portal: Portal, kind: DocumentKind, document_id: UUID) -> dict[str, Any]:
    """What the templates sharing/_actions.html (in the page's head) and sharing/_beside.html (at its side) need.

    Args:
        portal: the reader's; a scope is open.
        kind: of the document.
        document_id: which one; the caller has read it for this actor.
    """
    known = kind_of(kind)
    return {
        "beside": {
            "kind": kind,
            "id": document_id,
            "talk": talk(portal.actor, known, document_id),
            "rating": rating(portal, known, document_id),
            "forward_href": _forward(portal, kind, document_id),
            "link_href": _link(portal, kind, document_id),
        }
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
