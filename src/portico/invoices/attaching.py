"""Invoices as files of e-mails."""

from __future__ import annotations

from uuid import UUID

from portico.access.actors import JobActor
from portico.access.scope import scope
from portico.customers.models import Customer
from portico.invoices.freezing import keep_fingerprint
from portico.invoices.paper import invoice_paper
from portico.invoices.queries import invoice_document
from portico.notifications.attachments import Attachment, register
from portico.printing.compile import render_pdf
from portico.transactions.models import DocumentKind
from portico.transactions.pdf import file_name


def invoice_file(organisation_id: UUID, invoice_id: UUID) -> Attachment:
    """The PDF of an invoice as it is now."""
    actor = JobActor(organisation_id)
    with scope(actor):
        document = invoice_document(actor, invoice_id)
        customer = Customer.objects.select_related("organisation").get(pk=document.invoice.customer_id)
        keep_fingerprint(actor=actor, document=document, customer=customer)
        paper = invoice_paper(document, customer, customer.organisation, logo=True)
    return Attachment(file_name(paper), render_pdf(paper))


register(DocumentKind.INVOICE, invoice_file)
