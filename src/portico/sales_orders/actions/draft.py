"""Writing a sales order while it is a draft."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, Duty, require_office
from portico.access.scope import scope
from portico.customers.locking import reread
from portico.customers.models import Customer
from portico.kit.errors import ConflictError, InvalidError
from portico.sales_orders.models import SalesOrder, SalesOrderLine
from portico.sales_orders.states import OrderStatus
from portico.transactions.days import check_day
from portico.transactions.drafts import DocumentDraft, fill, insert, rewrite
from portico.transactions.models import HistoryEvent
from portico.transactions.texts import check_texts
from portico.transactions.totals import Totals

_COLUMNS = ("expected_on", "delivery_method")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDraft(DocumentDraft):
    """A sales order as written; `expected_on` is when it is to be shipped, in the organisation's time zone."""

    expected_on: dt.date | None = None
    delivery_method: str = ""


def draft_order(*, actor: Actor, customer: Customer, draft: OrderDraft) -> SalesOrder:
    """Write a new draft for the customer, who does not see it yet.

    Raises:
        ForbiddenError: the actor may not write documents.
        InvalidError: an input cannot be accepted; `field` names it.
    """
    with scope(actor):
        require_office(actor, Duty.WRITE_DOCUMENTS)
        customer = Customer.objects.one_for(actor, pk=customer.pk)
        order = SalesOrder()
        totals = _fill(order, draft, customer)
        insert(order, SalesOrderLine, draft, totals)
        audit.record(actor, "draft_order", order, f"{customer.display_name}, {order.total}")
        return order


def edit_order(*, actor: Actor, order: SalesOrder, draft: OrderDraft) -> SalesOrder:
    """Write a draft anew.

    Raises:
        ConflictError: it has been confirmed; quantities of a confirmed order can be cancelled, nothing else changes.
        ForbiddenError, InvalidError: as for `draft_order`.
    """
    with scope(actor):
        require_office(actor, Duty.WRITE_DOCUMENTS)
        order = _reread_draft(actor, order)
        before = str(order.total)
        totals = _fill(order, draft, Customer.objects.one_for(actor, pk=order.customer_id))
        rewrite(order, SalesOrderLine, draft, totals, more=_COLUMNS)
        audit.record(actor, "edit_order", order, changes={"total": [before, str(order.total)]})
        return order


def delete_order_draft(*, actor: Actor, order: SalesOrder) -> None:
    """Throw a draft away, with its lines.

    Raises:
        ConflictError: it has been confirmed; cancel it instead.
        ForbiddenError: the actor may not write documents.
    """
    with scope(actor):
        require_office(actor, Duty.WRITE_DOCUMENTS)
        order = _reread_draft(actor, order)
        audit.record(actor, "delete_order_draft", order, f"{order.total}")
        HistoryEvent.objects.filter(document_id=order.pk).delete()
        order.delete()


def _reread_draft(actor: Actor, order: SalesOrder) -> SalesOrder:
    order = reread(actor, order)
    if order.status != OrderStatus.DRAFT:
        raise ConflictError(
            _(
                "Sales order %(number)s has been confirmed and can no longer be changed. Cancel what is not wanted."
            )
            % {"number": order.number}
        )
    return order


def _fill(order: SalesOrder, draft: OrderDraft, customer: Customer) -> Totals:
    for index, line in enumerate(draft.lines):
        if line.quantity.is_finite() and line.quantity <= 0:
            raise InvalidError(_("Order more than nothing."), field=f"lines-{index}-quantity")
    order.expected_on = draft.expected_on
    order.delivery_method = draft.delivery_method
    totals = fill(order, draft, customer)
    if order.expected_on is not None:
        check_day(order.expected_on, "expected_on")
        if order.expected_on < draft.date:
            raise InvalidError(_("It cannot be shipped before it is ordered."), field="expected_on")
    check_texts(order)
    return totals
