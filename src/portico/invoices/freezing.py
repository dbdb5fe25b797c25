"""The fingerprint of an issued invoice: kept when it is first shown, compared ever after."""

from __future__ import annotations

import structlog

from portico.access.actors import Actor
from portico.access.scope import scope
from portico.customers.models import Customer
from portico.invoices.models import Invoice, InvoiceStatus
from portico.invoices.paper import invoice_fingerprint
from portico.invoices.queries import InvoiceDocument

log = structlog.get_logger(__name__)


def keep_fingerprint(*, actor: Actor, document: InvoiceDocument, customer: Customer) -> bool:
    """Store what an issued invoice says, the first time; later see whether it still says the same.

    Args:
        actor: who is shown the invoice.
        document: as it was read.
        customer: whom it is for.

    Returns:
        False when the invoice is not what it was: somebody changed an issued document behind the actions' back.
        That is logged, not refused, because the reader must still see the invoice.
    """
    invoice = document.invoice
    if invoice.status == InvoiceStatus.DRAFT:
        return True
    said = invoice_fingerprint(document, customer)
    if invoice.fingerprint == said:
        return True
    if invoice.fingerprint:
        log.warning("issued_document_changed", invoice=str(invoice.pk), kept=invoice.fingerprint, now=said)
        return False
    with scope(actor):
        Invoice.objects.visible_to(actor).filter(pk=invoice.pk, fingerprint="").update(fingerprint=said)
    return True
