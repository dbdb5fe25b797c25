"""Cancelling a sales order, whole or in part: what will not be supplied."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, Duty, require_office
from portico.access.scope import scope
from portico.customers.locking import lock_books, reread
from portico.kit.errors import ConflictError
from portico.sales_orders.actions.quantities import Quantities, check_open, chosen, lines_of
from portico.sales_orders.models import SalesOrder, SalesOrderLine
from portico.sales_orders.states import ORDER_MOVES, OrderStatus
from portico.transactions.compare_and_set import compare_and_set
from portico.transactions.history import note
from portico.transactions.models import DocumentKind
from portico.transactions.reasons import check_reason


def cancel_order(*, actor: Actor, order: SalesOrder, reason: str) -> SalesOrder:
    """Take a confirmed order back of which nothing is shipped, packed or invoiced.

    Raises:
        ConflictError: something was done with it already; the message says what to undo first, or to cancel the rest.
        ForbiddenError: the actor may not write documents.
        InvalidError: no reason given.
    """
    with scope(actor):
        require_office(actor, Duty.WRITE_DOCUMENTS)
        lock_books(order.customer_id)
        order = reread(actor, order)
        check_open(order)
        lines = lines_of(order)
        if any(line.to_cancel < line.wanted for line in lines):
            raise ConflictError(
                _(
                    "Part of %(number)s is in a shipment or on an invoice. Undo that first, or cancel the remaining"
                    " quantities."
                )
                % {"number": order.number}
            )
        _cancel(actor, order, [(line, line.wanted) for line in lines], check_reason(reason))
        return order


def cancel_quantities(
    *, actor: Actor, order: SalesOrder, reason: str, quantities: Quantities | None = None
) -> SalesOrder:
    """Say that some of what was ordered will not be supplied; when nothing is left at all, the order is cancelled.

    Args:
        actor: staff who may write documents.
        order: a confirmed one.
        reason: for the history.
        quantities: how many further ones of each line; None for all that are in no shipment and on no invoice.

    Raises:
        ConflictError: the order is not confirmed.
        ForbiddenError: the actor may not write documents.
        InvalidError: more than is left of a line, or nothing; no reason.
    """
    with scope(actor):
        require_office(actor, Duty.WRITE_DOCUMENTS)
        lock_books(order.customer_id)
        order = reread(actor, order)
        check_open(order)
        nothing = (
            _("Nothing of this order is left to cancel.")
            if quantities is None
            else _("Choose what to cancel.")
        )
        picked = chosen(lines_of(order), quantities, lambda line: line.to_cancel, nothing)
        _cancel(actor, order, picked, check_reason(reason))
        return order


def _cancel(
    actor: Actor, order: SalesOrder, picked: list[tuple[SalesOrderLine, Decimal]], reason: str
) -> None:
    for line, quantity in picked:
        line.cancelled += quantity
    # One statement, so the triggers count once.
    SalesOrderLine.objects.bulk_update([line for line, _quantity in picked], ["cancelled"])
    order.refresh_from_db()
    whole = all(not line.wanted for line in lines_of(order))
    if whole:
        ORDER_MOVES.check_change(OrderStatus(order.status), OrderStatus.VOID)
        compare_and_set(order, {"status": OrderStatus.VOID})
    event = "cancelled" if whole else "part_cancelled"
    said = ", ".join(f"{quantity.normalize():f} × {line.name}" for line, quantity in picked)
    note(actor, order, DocumentKind.SALES_ORDER, event, {"reason": reason, "lines": said})
    audit.record(
        actor, "cancel_order" if whole else "cancel_quantities", order, f"{order.number}: {reason}. {said}"
    )
