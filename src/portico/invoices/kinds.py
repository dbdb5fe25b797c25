"""Invoices among the kinds of documents."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from portico.access.actors import Actor, Permission
from portico.customers.models import Customer
from portico.invoices.models import Invoice
from portico.invoices.paper import invoice_paper
from portico.invoices.queries import invoice_document
from portico.printing.papers import Paper
from portico.transactions.kinds import Kind, register
from portico.transactions.models import DocumentKind


def _one(actor: Actor, invoice_id: UUID) -> Invoice:
    return Invoice.objects.one_for(actor, pk=invoice_id)


def _paper(actor: Actor, invoice: Invoice) -> Paper:
    document = invoice_document(actor, invoice.pk)
    customer = Customer.objects.select_related("organisation").one_for(actor, pk=invoice.customer_id)
    return invoice_paper(document, customer, customer.organisation, logo=True)


register(
    Kind(
        kind=DocumentKind.INVOICE,
        name=_("Invoice"),
        plural=_("Invoices"),
        model=Invoice,
        asks=Permission.VIEW_BILLING,
        url_name="invoice",
        list_url_name="invoices",
        office_name="invoices_invoice",
        one=_one,
        paper=_paper,
    )
)
