"""What looking at an order leaves behind: a line in the view log, and the first time staff are told (S5.5)."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from portico.access.actors import ContactActor
from portico.access.scope import scope
from portico.customers.models import Customer
from portico.notifications.actions import tell_staff
from portico.sales_orders.actions import mark_order_viewed
from portico.sales_orders.paper import order_fingerprint
from portico.sales_orders.queries import OrderDocument, order_document
from portico.transactions.looking import keep_fingerprint
from portico.transactions.models import DocumentKind
from portico.transactions.viewing import log_view


def look_at_order(*, actor: ContactActor, document: OrderDocument, customer: Customer, how: str) -> None:
    """Log a contact person's view; the first one is told in the history and to staff, once.

    Args:
        actor: who looked.
        document: the order as it was read for the page.
        customer: the actor's.
        how: page, pdf or print.
    """
    order = document.order
    with scope(actor):
        log_view(actor=actor, kind=DocumentKind.SALES_ORDER, document_id=order.pk, how=how)
        keep_fingerprint(actor=actor, document=order, said=order_fingerprint(document, customer))
        if order.first_viewed_at is None and mark_order_viewed(actor=actor, order=order):
            tell_staff(
                actor,
                "order_viewed",
                _("%(person)s of %(customer)s opened sales order %(number)s")
                % {"person": actor.name, "customer": customer.display_name, "number": order.number},
                customer=customer,
                document_kind=DocumentKind.SALES_ORDER,
                document_id=order.pk,
            )


def first_look(actor: ContactActor, order_id: UUID) -> None:
    """What is done when somebody downloads an order among many that nobody has seen before."""
    with scope(actor):
        document = order_document(actor, order_id)
        customer = Customer.objects.select_related("organisation").one_for(actor, pk=actor.customer_id)
        look_at_order(actor=actor, document=document, customer=customer, how="pdf")
