"""Confirming a sales order: from a draft to what both sides have agreed on."""

from __future__ import annotations

from portico.access import audit
from portico.access.actors import Actor, Duty, require_office
from portico.access.scope import scope
from portico.customers.locking import lock_books, reread
from portico.sales_orders.actions.mails import mail_confirmed
from portico.sales_orders.models import SalesOrder
from portico.sales_orders.states import ORDER_MOVES, OrderStatus
from portico.transactions.compare_and_set import compare_and_set
from portico.transactions.freezing import check_draft, frozen
from portico.transactions.history import note
from portico.transactions.models import DocumentKind


def confirm_order(*, actor: Actor, order: SalesOrder, tell: bool = True) -> SalesOrder:
    """Give a draft its number, freeze it, show it to the customer and write to those there who may see orders.

    Args:
        actor: staff who may write documents.
        order: a draft.
        tell: whether e-mails go out; an import of old orders tells nobody.

    Raises:
        ConflictError: it is no longer a draft.
        ForbiddenError: the actor may not write documents.
    """
    with scope(actor):
        require_office(actor, Duty.WRITE_DOCUMENTS)
        customer = lock_books(order.customer_id)
        order = reread(actor, order)
        check_draft(order)
        ORDER_MOVES.check(OrderStatus(order.status), OrderStatus.CONFIRMED)
        changes = frozen(order, customer, "sales_order")
        compare_and_set(order, {**changes, "status": OrderStatus.CONFIRMED})
        note(actor, order, DocumentKind.SALES_ORDER, "confirmed", {"total": str(order.total)})
        audit.record(actor, "confirm_order", order, f"{order.number}, {order.total}")
        if tell:
            mail_confirmed(actor, order)
        return order
