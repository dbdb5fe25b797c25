"""Writing a credit note while it is a draft."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, Duty, require_office
from portico.access.scope import scope
from portico.credit_notes.models import CreditNote, CreditNoteLine, CreditNoteStatus
from portico.customers.locking import reread
from portico.customers.models import Customer
from portico.invoices.models import Invoice
from portico.kit.errors import ConflictError, NotFoundError
from portico.transactions.amounts import check_amount
from portico.transactions.drafts import DocumentDraft, fill, insert, rewrite
from portico.transactions.models import HistoryEvent
from portico.transactions.totals import Totals


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditNoteDraft(DocumentDraft):
    """A credit note as written; `invoice` is the one it corrects, if any."""

    invoice: Invoice | None = None


def draft_credit_note(*, actor: Actor, customer: Customer, draft: CreditNoteDraft) -> CreditNote:
    """Write a new draft for the customer; nothing is owed yet.

    Raises:
        ForbiddenError: the actor may not write documents.
        InvalidError: an input cannot be accepted; `field` names it.
        NotFoundError: the invoice is not this customer's.
    """
    with scope(actor):
        require_office(actor, Duty.WRITE_DOCUMENTS)
        customer = Customer.objects.one_for(actor, pk=customer.pk)
        credit_note = CreditNote()
        totals = _fill(actor, credit_note, draft, customer)
        insert(credit_note, CreditNoteLine, draft, totals)
        audit.record(actor, "draft_credit_note", credit_note, f"{customer.display_name}, {credit_note.total}")
        return credit_note


def edit_credit_note(*, actor: Actor, credit_note: CreditNote, draft: CreditNoteDraft) -> CreditNote:
    """Write a draft anew.

    Raises:
        ConflictError: it has been issued: an issued document is frozen.
        ForbiddenError, InvalidError, NotFoundError: as for `draft_credit_note`.
    """
    with scope(actor):
        require_office(actor, Duty.WRITE_DOCUMENTS)
        credit_note = _reread_draft(actor, credit_note)
        customer = Customer.objects.one_for(actor, pk=credit_note.customer_id)
        totals = _fill(actor, credit_note, draft, customer)
        rewrite(credit_note, CreditNoteLine, draft, totals, more=["invoice"])
        audit.record(actor, "edit_credit_note", credit_note, str(credit_note.total))
        return credit_note


def delete_credit_note_draft(*, actor: Actor, credit_note: CreditNote) -> None:
    """Throw a draft away, with its lines.

    Raises:
        ConflictError: it has been issued; void it instead.
        ForbiddenError: the actor may not write documents.
    """
    with scope(actor):
        require_office(actor, Duty.WRITE_DOCUMENTS)
        credit_note = _reread_draft(actor, credit_note)
        audit.record(actor, "delete_credit_note_draft", credit_note, str(credit_note.total))
        HistoryEvent.objects.filter(document_id=credit_note.pk).delete()
        credit_note.delete()


def _reread_draft(actor: Actor, credit_note: CreditNote) -> CreditNote:
    credit_note = reread(actor, credit_note)
    if credit_note.status != CreditNoteStatus.DRAFT:
        raise ConflictError(
            _(
                "Credit note %(number)s has been issued and can no longer be changed. Void it and write another."
            )
            % {"number": credit_note.number}
        )
    return credit_note


def _fill(actor: Actor, credit_note: CreditNote, draft: CreditNoteDraft, customer: Customer) -> Totals:
    totals = fill(credit_note, draft, customer)
    check_amount(totals.total, field="lines")
    invoice = draft.invoice
    if invoice is not None:
        invoice = Invoice.objects.one_for(actor, pk=invoice.pk)
        if invoice.customer_id != customer.pk or invoice.currency != credit_note.currency:
            raise NotFoundError(_("There is no such invoice of this customer in this currency."))
    credit_note.invoice = invoice
    return totals
