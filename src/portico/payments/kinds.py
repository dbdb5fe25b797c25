"""Payments among the kinds of documents: their paper is the receipt."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from portico.access.actors import Actor, Permission
from portico.customers.models import Customer
from portico.payments.models import Payment
from portico.payments.paper import receipt_paper
from portico.payments.queries import payer_address, receipt
from portico.printing.papers import Paper
from portico.transactions.kinds import Kind, register
from portico.transactions.models import DocumentKind


def _one(actor: Actor, payment_id: UUID) -> Payment:
    return Payment.objects.one_for(actor, pk=payment_id)


def _paper(actor: Actor, payment: Payment) -> Paper:
    found = receipt(actor, payment.pk)
    customer = Customer.objects.select_related("organisation").one_for(actor, pk=payment.customer_id)
    address = payer_address(actor, payment.customer_id)
    return receipt_paper(found, customer, address, customer.organisation, logo=True)


register(
    Kind(
        kind=DocumentKind.PAYMENT,
        name=_("Payment"),
        plural=_("Payments made"),
        model=Payment,
        asks=Permission.VIEW_BILLING,
        url_name="payment",
        list_url_name="payments",
        office_name="payments_payment",
        one=_one,
        paper=_paper,
    )
)
