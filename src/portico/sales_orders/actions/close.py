"""Closing a sales order, after which nothing more is to come, and opening it again."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, Duty, require_office
from portico.access.scope import scope
from portico.customers.locking import lock_books, reread
from portico.kit.errors import ConflictError
from portico.sales_orders.models import SalesOrder
from portico.sales_orders.states import ORDER_MOVES, OrderStatus
from portico.transactions.compare_and_set import compare_and_set
from portico.transactions.history import note
from portico.transactions.models import DocumentKind


def close_order(*, actor: Actor, order: SalesOrder) -> SalesOrder:
    """Say that the order is finished, whatever has been shipped and invoiced of it.

    Raises:
        ForbiddenError: the actor may not write documents.
        IllegalMoveError: it is not confirmed.
    """
    with scope(actor):
        require_office(actor, Duty.WRITE_DOCUMENTS)
        lock_books(order.customer_id)
        order = reread(actor, order)
        _set(actor, order, OrderStatus.CLOSED, "closed")
        return order


def reopen_order(*, actor: Actor, order: SalesOrder) -> SalesOrder:
    """Open a closed order again.

    Raises:
        ConflictError: it is not closed.
        ForbiddenError: the actor may not write documents.
    """
    with scope(actor):
        require_office(actor, Duty.WRITE_DOCUMENTS)
        lock_books(order.customer_id)
        order = reread(actor, order)
        # The table alone would let a draft through, which is confirmed by confirm_order and gets its number there.
        if order.status != OrderStatus.CLOSED:
            raise ConflictError(_("%(order)s is not closed.") % {"order": order})
        _set(actor, order, OrderStatus.CONFIRMED, "reopened")
        return order


def _set(actor: Actor, order: SalesOrder, status: OrderStatus, event: str) -> None:
    ORDER_MOVES.check_change(OrderStatus(order.status), status)
    compare_and_set(order, {"status": status})
    note(actor, order, DocumentKind.SALES_ORDER, event)
    audit.record(actor, f"{event}_order", order, order.number)
