"""Receipts as files of e-mails."""

from __future__ import annotations

from uuid import UUID

from portico.access.actors import JobActor
from portico.access.scope import scope
from portico.customers.models import Customer
from portico.notifications.attachments import Attachment, register
from portico.payments.paper import receipt_paper
from portico.payments.queries import payer_address, receipt
from portico.printing.compile import render_pdf
from portico.transactions.models import DocumentKind
from portico.transactions.pdf import file_name


def receipt_file(organisation_id: UUID, payment_id: UUID) -> Attachment:
    """The PDF of a payment's receipt."""
    actor = JobActor(organisation_id)
    with scope(actor, read_only=True):
        found = receipt(actor, payment_id)
        customer_id = found.payment.customer_id
        customer = Customer.objects.select_related("organisation").one_for(actor, pk=customer_id)
        address = payer_address(actor, customer_id)
        paper = receipt_paper(found, customer, address, customer.organisation, logo=True)
    return Attachment(file_name(paper), render_pdf(paper))


register(DocumentKind.PAYMENT, receipt_file)
