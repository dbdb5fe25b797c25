"""Issuing a credit note: from a draft to money we owe."""

from __future__ import annotations

from portico.access import audit
from portico.access.actors import Actor, Duty, require_office
from portico.access.scope import scope
from portico.credit_notes.models import MOVES, CreditNote, CreditNoteStatus
from portico.customers.locking import lock_books, reread
from portico.customers.models import Customer
from portico.invoices.models import Invoice
from portico.ledger.models import Account, EntryKind
from portico.ledger.post import Leg, post
from portico.transactions.compare_and_set import compare_and_set
from portico.transactions.freezing import check_draft, frozen
from portico.transactions.history import note
from portico.transactions.models import DocumentKind


def issue_credit_note(*, actor: Actor, credit_note: CreditNote) -> CreditNote:
    """Give a draft its number, freeze it, and post what we now owe the customer.

    Raises:
        ForbiddenError: the actor may not move money.
        ConflictError: it is no longer a draft.
    """
    with scope(actor):
        require_office(actor, Duty.MOVE_MONEY)
        customer = lock_books(credit_note.customer_id)
        credit_note = reread(actor, credit_note)
        issue(actor, credit_note, customer, kind=EntryKind.CREDIT_NOTE, against=Account.SALES)
        return credit_note


def issue(
    actor: Actor, credit_note: CreditNote, customer: Customer, *, kind: EntryKind, against: Account
) -> None:
    """Issue a draft that was read under the customer's lock: debit `against`, credit the customer's credit."""
    check_draft(credit_note)
    MOVES.check(CreditNoteStatus(credit_note.status), CreditNoteStatus.OPEN)
    changes = frozen(credit_note, customer, "credit_note")
    compare_and_set(credit_note, {**changes, "status": CreditNoteStatus.OPEN, "balance": credit_note.total})
    post(
        credit_note,
        kind=kind,
        source_id=credit_note.pk,
        day=credit_note.date,
        legs=[Leg(debit=against, credit=Account.CREDIT, amount=credit_note.total)],
    )
    details = {"total": str(credit_note.total)}
    note(actor, credit_note, DocumentKind.CREDIT_NOTE, "issued", details)
    if credit_note.invoice_id is not None:
        of_invoice = Invoice.objects.get(pk=credit_note.invoice_id)
        link = {"credit_note_id": str(credit_note.pk), "credit_note": credit_note.number, **details}
        note(actor, of_invoice, DocumentKind.INVOICE, "credit_note_issued", link)
    audit.record(actor, "issue_credit_note", credit_note, f"{credit_note.number}, {credit_note.total}")
