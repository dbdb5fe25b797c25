"""Retainer invoices as files of e-mails."""

from __future__ import annotations

from uuid import UUID

from portico.access.actors import JobActor
from portico.access.scope import scope
from portico.customers.models import Customer
from portico.notifications.attachments import Attachment, register
from portico.printing.compile import render_pdf
from portico.retainers.paper import retainer_fingerprint, retainer_paper
from portico.retainers.queries import retainer_document
from portico.transactions.looking import keep_fingerprint
from portico.transactions.models import DocumentKind
from portico.transactions.pdf import file_name


def retainer_file(organisation_id: UUID, retainer_id: UUID) -> Attachment:
    """The PDF of a retainer invoice as it is now."""
    actor = JobActor(organisation_id)
    with scope(actor):
        document = retainer_document(actor, retainer_id)
        customer = Customer.objects.select_related("organisation").get(pk=document.retainer.customer_id)
        said = retainer_fingerprint(document, customer)
        keep_fingerprint(actor=actor, document=document.retainer, said=said)
        paper = retainer_paper(document, customer, customer.organisation, logo=True)
    return Attachment(file_name(paper), render_pdf(paper))


register(DocumentKind.RETAINER_INVOICE, retainer_file)
