"""Sales orders among the kinds of documents."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from portico.access.actors import Actor, Permission
from portico.customers.models import Customer
from portico.printing.papers import Paper
from portico.sales_orders.models import SalesOrder
from portico.sales_orders.paper import order_paper
from portico.sales_orders.queries import order_document
from portico.transactions.kinds import Kind, register
from portico.transactions.models import DocumentKind


def _one(actor: Actor, order_id: UUID) -> SalesOrder:
    return SalesOrder.objects.one_for(actor, pk=order_id)


def _paper(actor: Actor, order: SalesOrder) -> Paper:
    document = order_document(actor, order.pk)
    customer = Customer.objects.select_related("organisation").one_for(actor, pk=order.customer_id)
    return order_paper(document, customer, customer.organisation, logo=True)


register(
    Kind(
        kind=DocumentKind.SALES_ORDER,
        name=_("Sales order"),
        plural=_("Sales orders"),
        model=SalesOrder,
        asks=Permission.VIEW_ORDERS,
        url_name="sales_order",
        list_url_name="sales_orders",
        office_name="sales_orders_salesorder",
        one=_one,
        paper=_paper,
        preference="show_sales_orders",
    )
)
