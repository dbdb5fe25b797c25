"""What stands beside every document on its page: who else it is shared with, and the conversation about it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from portico.home.shell import Portal
from portico.transactions.models import DocumentKind


def beside(portal: Portal, kind: DocumentKind, document_id: UUID) -> dict[str, Any]:
    """What the templates sharing/_actions.html (in the page's head) and sharing/_beside.html (at its side) need.

    Args:
        portal: the reader's; a scope is open.
        kind: of the document.
        document_id: which one; the caller has read it for this actor.
    """
    return {"beside": {"kind": kind, "id": document_id}}
