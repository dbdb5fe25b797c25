"""One credit note with all that its page tells: its lines, and where it was used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection

from portico.access.actors import Actor
from portico.credit_notes.models import CreditNote, CreditNoteLine
from portico.invoices.queries import Linked
from portico.kit.money import Money


@dataclass(frozen=True, slots=True)
class CreditNoteDocument:
    """A credit note as its page, its PDF and its print view need it.

    Attributes:
        used_for: by date; `how` is invoice for what was applied and not taken back, refund for what was paid back.
    """

    credit_note: CreditNote
    lines: tuple[CreditNoteLine, ...]
    used_for: tuple[Linked, ...]


def credit_note_document(actor: Actor, credit_note_id: UUID) -> CreditNoteDocument:
    """One credit note with its lines and where it was used; three statements whatever their number.

    Raises:
        NotFoundError: there is none with this id for the actor (a draft is none for a customer).
        ForbiddenError: the person may not see billing.
    """
    credit_note = CreditNote.objects.select_related("invoice").one_for(actor, pk=credit_note_id)
    lines = CreditNoteLine.objects.visible_to(actor).filter(document=credit_note).order_by("position")
    return CreditNoteDocument(credit_note, tuple(lines), _used_for(credit_note))


def _used_for(credit_note: CreditNote) -> tuple[Linked, ...]:
    """Where it was used, by date; one statement, in SQL for the reason given at the invoices' one.

    Who may see the credit note may see these; its own customer is compared all the same, beside the policies.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LINKED, {"note": credit_note.pk, "customer": credit_note.customer_id})
        return tuple(
            Linked(how, source, number, day, Money(amount, credit_note.currency), mode)
            for how, source, number, day, amount, mode in cursor.fetchall()
        )


_LINKED: Final = """
SELECT 'invoice' AS how, i.id AS source, i.number AS number, a.date AS day, a.amount AS amount, '' AS mode
  FROM credit_notes_creditapplication a JOIN invoices_invoice i ON i.id = a.invoice_id
 WHERE a.credit_note_id = %(note)s AND a.customer_id = %(customer)s AND a.reversed_at IS NULL
UNION ALL
SELECT 'refund', r.id, r.number, r.date, r.amount, r.mode
  FROM payments_refund r
 WHERE r.credit_note_id = %(note)s AND r.customer_id = %(customer)s AND r.reversed_at IS NULL
 ORDER BY day, source
"""
