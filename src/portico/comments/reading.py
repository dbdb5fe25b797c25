"""Opening a document's page reads what is written beside it; found by its name (transactions.viewing)."""

from __future__ import annotations

from uuid import UUID

from portico.access.actors import ContactActor
from portico.comments.actions import read_as_contact
from portico.transactions.models import DocumentKind
from portico.transactions.viewing import when_opened


def _read(actor: ContactActor, _kind: DocumentKind, document_id: UUID) -> None:
    read_as_contact(actor, document_id)


when_opened(_read)
