"""Issuing an invoice: from a draft to a claim on the customer."""

from __future__ import annotations

from portico.access import audit
from portico.access.actors import Actor, Duty, require_office
from portico.access.scope import scope
from portico.customers.locking import lock_books, reread
from portico.customers.models import Customer
from portico.invoices.models import MOVES, Invoice, InvoiceStatus
from portico.invoices.standing import status_of
from portico.ledger.models import Account, EntryKind
from portico.ledger.post import Leg, post
from portico.transactions.compare_and_set import compare_and_set
from portico.transactions.freezing import check_draft, frozen
from portico.transactions.history import note
from portico.transactions.models import DocumentKind


def issue_invoice(*, actor: Actor, invoice: Invoice) -> Invoice:
    """Give a draft its number, freeze it, and post what the customer now owes.

    An invoice over nothing is paid at once and moves no account.

    Raises:
        ForbiddenError: the actor may not write documents.
        ConflictError: it is no longer a draft.
    """
    with scope(actor):
        require_office(actor, Duty.WRITE_DOCUMENTS)
        customer = lock_books(invoice.customer_id)
        invoice = reread(actor, invoice)
        issue(actor, invoice, customer, kind=EntryKind.INVOICE, against=Account.SALES)
        return invoice


def issue(actor: Actor, invoice: Invoice, customer: Customer, *, kind: EntryKind, against: Account) -> None:
    """Issue a draft that was read under the customer's lock: debit receivable, credit `against`."""
    check_draft(invoice)
    MOVES.check(InvoiceStatus(invoice.status), InvoiceStatus.SENT)
    status = status_of(invoice, invoice.total)
    MOVES.check(InvoiceStatus.SENT, status)
    changes = frozen(invoice, customer, "invoice")
    compare_and_set(invoice, {**changes, "status": status, "balance": invoice.total})
    if invoice.total:
        post(
            invoice,
            kind=kind,
            source_id=invoice.pk,
            day=invoice.date,
            legs=[Leg(debit=Account.RECEIVABLE, credit=against, amount=invoice.total)],
        )
    note(actor, invoice, DocumentKind.INVOICE, "issued", {"total": str(invoice.total)})
    audit.record(actor, "issue_invoice", invoice, f"{invoice.number}, {invoice.total}")
