"""A contact person looks at an order for the first time (S5.5)."""

from __future__ import annotations

from portico.access.actors import ContactActor
from portico.access.scope import scope
from portico.kit import clock
from portico.sales_orders.models import SalesOrder
from portico.transactions.history import note
from portico.transactions.models import DocumentKind


def mark_order_viewed(*, actor: ContactActor, order: SalesOrder) -> bool:
    """Remember that a contact person has seen the order; of two who open it at once, one is the first.

    Returns:
        True for the first view only: then staff are told.

    Raises:
        ForbiddenError: the person may not see orders.
    """
    with scope(actor):
        unseen = SalesOrder.objects.visible_to(actor).filter(pk=order.pk, first_viewed_at=None)
        if not unseen.update(first_viewed_at=clock.now()):
            return False
        note(actor, order, DocumentKind.SALES_ORDER, "viewed")
        return True
