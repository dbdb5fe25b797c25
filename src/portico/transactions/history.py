"""The history of a document: what its page tells happened to it (S5.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

from portico.access.actors import Actor
from portico.access.audit import actor_id, actor_kind
from portico.transactions.models import DocumentKind, HistoryEvent


class OfCustomer(Protocol):
    """A row of one customer."""

    pk: UUID
    organisation_id: UUID
    customer_id: UUID


def note(
    actor: Actor,
    row: OfCustomer,
    kind: DocumentKind,
    event: str,
    details: Mapping[str, str | int | bool | None] | None = None,
    *,
    in_portal: bool = True,
) -> HistoryEvent:
    """Write one event into a document's history; within a scope, in the transaction of what it tells.

    Args:
        actor: who did it.
        row: the document or payment.
        kind: which kind of document it is.
        event: what happened, one past participle: “issued”, “paid”, “credited”, …
        details: plain values the page makes a sentence of; amounts as text with their currency (str(money)).
        in_portal: whether customers see it.
    """
    return HistoryEvent.objects.create(
        organisation_id=row.organisation_id,
        customer_id=row.customer_id,
        document_kind=kind,
        document_id=row.pk,
        event=event,
        actor_kind=actor_kind(actor),
        actor_id=actor_id(actor),
        actor_name=actor.name,
        details=dict(details or {}),
        in_portal=in_portal,
    )
