"""What a look at a document leaves behind, where nobody is told of it: a line in the log, its fingerprint, the first view."""

from __future__ import annotations

import structlog

from portico.access.actors import Actor, ContactActor
from portico.access.scope import scope
from portico.kit import clock
from portico.transactions.history import note
from portico.transactions.models import Document, DocumentKind
from portico.transactions.viewing import log_view

log = structlog.get_logger(__name__)


def look_at(*, actor: ContactActor, document: Document, kind: DocumentKind, said: str, how: str) -> None:
    """Log a contact person's view of an issued document; the first one is told in the document's history (S5.5).

    Staff are told of first views of sales orders and invoices only, which have a way of their own.

    Args:
        actor: who looked.
        document: as it was read for the page.
        kind: what it is.
        said: the fingerprint of what it says now.
        how: page, pdf or print.
    """
    with scope(actor):
        log_view(actor=actor, kind=kind, document_id=document.pk, how=how)
        keep_fingerprint(actor=actor, document=document, said=said)
        if document.first_viewed_at is None:
            rows = type(document).objects.visible_to(actor).filter(pk=document.pk, first_viewed_at=None)
            # Of two who open it at once, one changes the row.
            if rows.update(first_viewed_at=clock.now()):
                note(actor, document, kind, "viewed")


def keep_fingerprint(*, actor: Actor, document: Document, said: str) -> bool:
    """Store what an issued document says, the first time; later see whether it still says the same.

    Args:
        actor: who is shown the document.
        document: as it was read.
        said: the fingerprint of what it says now.

    Returns:
        False when it is not what it was: somebody changed an issued document behind the actions' back. That is
        logged, not refused, because the reader must still see it.
    """
    if document.issued_at is None or document.fingerprint == said:
        return True
    if document.fingerprint:
        log.warning("issued_document_changed", document=str(document.pk), kept=document.fingerprint, now=said)
        return False
    with scope(actor):
        type(document).objects.visible_to(actor).filter(pk=document.pk, fingerprint="").update(
            fingerprint=said
        )
    return True
