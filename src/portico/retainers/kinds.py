"""Retainer invoices among the kinds of documents."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from portico.access.actors import Actor, Permission
from portico.customers.models import Customer
from portico.printing.papers import Paper
from portico.retainers.models import RetainerInvoice
from portico.retainers.paper import retainer_paper
from portico.retainers.queries import retainer_document
from portico.transactions.kinds import Kind, register
from portico.transactions.models import DocumentKind


def _one(actor: Actor, retainer_id: UUID) -> RetainerInvoice:
    return RetainerInvoice.objects.one_for(actor, pk=retainer_id)


def _paper(actor: Actor, retainer: RetainerInvoice) -> Paper:
    document = retainer_document(actor, retainer.pk)
    customer = Customer.objects.select_related("organisation").one_for(actor, pk=retainer.customer_id)
    return retainer_paper(document, customer, customer.organisation, logo=True)


register(
    Kind(
        kind=DocumentKind.RETAINER_INVOICE,
        name=_("Retainer invoice"),
        plural=_("Retainer invoices"),
        model=RetainerInvoice,
        asks=Permission.VIEW_BILLING,
        url_name="retainer",
        list_url_name="retainers",
        office_name="retainers_retainerinvoice",
        one=_one,
        paper=_paper,
    )
)
