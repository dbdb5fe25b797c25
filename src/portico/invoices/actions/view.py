"""A contact person looks at an invoice for the first time (S5.5)."""

from __future__ import annotations

from portico.access.actors import ContactActor
from portico.access.scope import scope
from portico.invoices.models import MOVES, Invoice, InvoiceStatus
from portico.kit import clock
from portico.transactions.history import note
from portico.transactions.models import DocumentKind


def mark_viewed(*, actor: ContactActor, invoice: Invoice) -> bool:
    """Remember that a contact person has seen the invoice; an unpaid one becomes “viewed”.

    The books are not locked: a page must not wait for a payment. Instead the row is changed only if nobody has
    seen it yet, so of two who open it at once, one is the first.

    Returns:
        True for the first view only: then staff are told.

    Raises:
        ForbiddenError: the person may not see billing.
        NotFoundError: the invoice is not this customer's.
    """
    with scope(actor):
        invoice = Invoice.objects.select_for_update(no_key=True).one_for(actor, pk=invoice.pk)
        if invoice.first_viewed_at is not None:
            return False
        invoice.first_viewed_at = clock.now()
        if invoice.status == InvoiceStatus.SENT:
            MOVES.check(InvoiceStatus.SENT, InvoiceStatus.VIEWED)
            invoice.status = InvoiceStatus.VIEWED
        invoice.save(update_fields=["first_viewed_at", "status"])
        note(actor, invoice, DocumentKind.INVOICE, "viewed")
        return True
