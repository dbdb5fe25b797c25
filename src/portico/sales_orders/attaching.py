"""Sales orders as files of e-mails."""

from __future__ import annotations

from uuid import UUID

from portico.access.actors import JobActor
from portico.access.scope import scope
from portico.customers.models import Customer
from portico.notifications.attachments import Attachment, register
from portico.printing.compile import render_pdf
from portico.sales_orders.paper import order_fingerprint, order_paper
from portico.sales_orders.queries import order_document
from portico.transactions.looking import keep_fingerprint
from portico.transactions.models import DocumentKind
from portico.transactions.pdf import file_name


def order_file(organisation_id: UUID, order_id: UUID) -> Attachment:
    """The PDF of an order as it is now."""
    actor = JobActor(organisation_id)
    with scope(actor):
        document = order_document(actor, order_id)
        customer = Customer.objects.select_related("organisation").get(pk=document.order.customer_id)
        keep_fingerprint(actor=actor, document=document.order, said=order_fingerprint(document, customer))
        paper = order_paper(document, customer, customer.organisation, logo=True)
    return Attachment(file_name(paper), render_pdf(paper))


register(DocumentKind.SALES_ORDER, order_file)
