"""Pages that write, issue and take back documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.db import models

from portico.access.actors import Actor, Duty
from portico.credit_notes.actions.draft import (
    CreditNoteDraft,
    delete_credit_note_draft,
    draft_credit_note,
    edit_credit_note,
)
from portico.credit_notes.actions.issue import issue_credit_note
from portico.credit_notes.actions.send import send_credit_note
from portico.credit_notes.actions.void import void_credit_note
from portico.credit_notes.models import CreditNote
from portico.customers.models import Customer
from portico.invoices.actions.draft import InvoiceDraft, delete_draft, draft_invoice, edit_invoice
from portico.invoices.actions.issue import issue_invoice
from portico.invoices.actions.send import send_invoice
from portico.invoices.actions.void import void_invoice
from portico.invoices.models import Invoice
from portico.kit.errors import InvalidError
from portico.kit.money import format_money
from portico.office.forms.documents import DocumentForm, InvoiceForm, RetainerForm
from portico.office.forms.simple import NothingForm, ReasonForm
from portico.office.pages import ActionPage
from portico.office.verbs.loading import one, today
from portico.retainers.actions.draft import (
    RetainerDraft,
    delete_retainer_draft,
    draft_retainer,
    edit_retainer,
)
from portico.retainers.actions.issue import issue_retainer
from portico.retainers.actions.send import send_retainer
from portico.retainers.actions.void import void_retainer
from portico.retainers.models import RetainerInvoice


def _invoice_form(actor: Actor, it: Any, data: Any) -> InvoiceForm:
    if isinstance(it, Invoice):
        return InvoiceForm(actor, it.customer, it, data, today=today(actor))
    return InvoiceForm(actor, it, None, data, today=today(actor))


def _retainer_form(actor: Actor, it: Any, data: Any) -> RetainerForm:
    if isinstance(it, RetainerInvoice):
        return RetainerForm(actor, it.customer, it, data, today=today(actor))
    return RetainerForm(actor, it, None, data, today=today(actor))


def _credit_form(actor: Actor, it: Any, data: Any) -> DocumentForm:
    if isinstance(it, CreditNote):
        return DocumentForm(actor, it.customer, it, data, today=today(actor))
    return DocumentForm(actor, it, None, data, today=today(actor))


def _issue_and_send(actor: Actor, it: Invoice, _data: dict[str, Any]) -> models.Model:
    issued = issue_invoice(actor=actor, invoice=it)
    send_invoice(actor=actor, invoice=issued)
    return issued


_NOBODY_LEFT: Final = (
    "Everybody who may see billing, has an address and wants to hear of new documents has had it already."
)


def _issue_and_send_credit_note(actor: Actor, it: CreditNote, _data: dict[str, Any]) -> models.Model:
    issued = issue_credit_note(actor=actor, credit_note=it)
    send_credit_note(actor=actor, credit_note=issued)
    return issued


def _issue_and_send_retainer(actor: Actor, it: RetainerInvoice, _data: dict[str, Any]) -> models.Model:
    issued = issue_retainer(actor=actor, retainer=it)
    send_retainer(actor=actor, retainer=issued)
    return issued


def _send_retainer_again(actor: Actor, it: RetainerInvoice, _data: dict[str, Any]) -> models.Model:
    if not send_retainer(actor=actor, retainer=it):
        raise InvalidError(_NOBODY_LEFT)
    return it


def _send_credit_note_again(actor: Actor, it: CreditNote, _data: dict[str, Any]) -> models.Model:
    if not send_credit_note(actor=actor, credit_note=it):
        raise InvalidError(_NOBODY_LEFT)
    return it


def _send_again(actor: Actor, it: Invoice, _data: dict[str, Any]) -> models.Model:
    if not send_invoice(actor=actor, invoice=it):
        raise InvalidError("Everybody who may see billing and has an address has had it already.")
    return it


def _then_customer(
    delete: Callable[[Actor, Any], None],
) -> Callable[[Actor, Any, dict[str, Any]], models.Model]:
    """Delete a draft, then show its customer."""

    def run(actor: Actor, it: Any, _data: dict[str, Any]) -> models.Model:
        customer: Customer = it.customer
        delete(actor, it)
        return customer

    return run


def _who_gets_it(_it: Any) -> str:
    return (
        "An e-mail with the PDF goes to those who may see billing and have not had it yet; who has no portal access"
        " gets a public link with it."
    )


def _summary(it: Any) -> str:
    return f"{it.customer}, {format_money(it.total)}. An issued document is frozen: it can be voided, not changed."


DOCUMENT_PAGES: Final[dict[str, ActionPage]] = {
    "new-invoice": ActionPage(
        "New invoice for %(it)s", "Save draft", Duty.WRITE_DOCUMENTS, _invoice_form,
        lambda actor, it, data: draft_invoice(actor=actor, customer=it, draft=InvoiceDraft(**data)),
        load=one(Customer),
    ),
    "edit-invoice": ActionPage(
        "Change draft invoice", "Save draft", Duty.WRITE_DOCUMENTS, _invoice_form,
        lambda actor, it, data: edit_invoice(actor=actor, invoice=it, draft=InvoiceDraft(**data)), load=one(Invoice),
    ),
    "issue-invoice": ActionPage(
        "Issue and send invoice", "Issue and send", Duty.WRITE_DOCUMENTS,
        lambda actor, it, data: NothingForm(data),
        _issue_and_send, load=one(Invoice), intro=_summary,
    ),
    "send-invoice": ActionPage(
        "Send %(it)s", "Send invoice", Duty.WRITE_DOCUMENTS,
        lambda actor, it, data: NothingForm(data), _send_again, load=one(Invoice),
        intro=lambda it: "An e-mail with the PDF goes to those who may see billing and have not had it yet.",
    ),
    "void-invoice": ActionPage(
        "Void %(it)s", "Void invoice", Duty.WRITE_DOCUMENTS,
        lambda actor, it, data: ReasonForm(data),
        lambda actor, it, data: void_invoice(actor=actor, invoice=it, reason=data["reason"]),
        load=one(Invoice), danger=True,
    ),
    "delete-invoice-draft": ActionPage(
        "Delete draft invoice", "Delete draft", Duty.WRITE_DOCUMENTS,
        lambda actor, it, data: NothingForm(data),
        _then_customer(lambda actor, it: delete_draft(actor=actor, invoice=it)), load=one(Invoice), danger=True,
    ),
    "new-credit-note": ActionPage(
        "New credit note for %(it)s", "Save draft", Duty.WRITE_DOCUMENTS, _credit_form,
        lambda actor, it, data: draft_credit_note(actor=actor, customer=it, draft=CreditNoteDraft(**data)),
        load=one(Customer),
    ),
    "edit-credit-note": ActionPage(
        "Change draft credit note", "Save draft", Duty.WRITE_DOCUMENTS, _credit_form,
        lambda actor, it, data: edit_credit_note(actor=actor, credit_note=it, draft=CreditNoteDraft(**data)),
        load=one(CreditNote),
    ),
    "issue-credit-note": ActionPage(
        "Issue and send credit note", "Issue and send", Duty.MOVE_MONEY,
        lambda actor, it, data: NothingForm(data),
        _issue_and_send_credit_note, load=one(CreditNote), intro=_summary,
    ),
    "send-credit-note": ActionPage(
        "Send %(it)s", "Send credit note", Duty.WRITE_DOCUMENTS,
        lambda actor, it, data: NothingForm(data), _send_credit_note_again, load=one(CreditNote), intro=_who_gets_it,
    ),
    "void-credit-note": ActionPage(
        "Void %(it)s", "Void credit note", Duty.MOVE_MONEY,
        lambda actor, it, data: ReasonForm(data),
        lambda actor, it, data: void_credit_note(actor=actor, credit_note=it, reason=data["reason"]),
        load=one(CreditNote), danger=True,
    ),
    "delete-credit-note-draft": ActionPage(
        "Delete draft credit note", "Delete draft", Duty.WRITE_DOCUMENTS,
        lambda actor, it, data: NothingForm(data),
        _then_customer(lambda actor, it: delete_credit_note_draft(actor=actor, credit_note=it)),
        load=one(CreditNote), danger=True,
    ),
    "new-retainer": ActionPage(
        "New retainer invoice for %(it)s", "Save draft", Duty.WRITE_DOCUMENTS, _retainer_form,
        lambda actor, it, data: draft_retainer(actor=actor, customer=it, draft=RetainerDraft(**data)),
        load=one(Customer),
    ),
    "edit-retainer": ActionPage(
        "Change draft retainer invoice", "Save draft", Duty.WRITE_DOCUMENTS, _retainer_form,
        lambda actor, it, data: edit_retainer(actor=actor, retainer=it, draft=RetainerDraft(**data)),
        load=one(RetainerInvoice),
    ),
    "issue-retainer": ActionPage(
        "Issue and send retainer invoice", "Issue and send", Duty.WRITE_DOCUMENTS,
        lambda actor, it, data: NothingForm(data),
        _issue_and_send_retainer, load=one(RetainerInvoice), intro=_summary,
    ),
    "send-retainer": ActionPage(
        "Send %(it)s", "Send retainer invoice", Duty.WRITE_DOCUMENTS,
        lambda actor, it, data: NothingForm(data), _send_retainer_again, load=one(RetainerInvoice), intro=_who_gets_it,
    ),
    "void-retainer": ActionPage(
        "Void %(it)s", "Void retainer invoice", Duty.WRITE_DOCUMENTS,
        lambda actor, it, data: ReasonForm(data),
        lambda actor, it, data: void_retainer(actor=actor, retainer=it, reason=data["reason"]),
        load=one(RetainerInvoice), danger=True,
    ),
    "delete-retainer-draft": ActionPage(
        "Delete draft retainer invoice", "Delete draft", Duty.WRITE_DOCUMENTS,
        lambda actor, it, data: NothingForm(data),
        _then_customer(lambda actor, it: delete_retainer_draft(actor=actor, retainer=it)),
        load=one(RetainerInvoice), danger=True,
    ),
}  # fmt: skip
