"""One sales order with all that its page tells: lines, shipments, invoices and payments."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import OuterRef, TextField
from django.db.models.functions import Cast, JSONObject

from portico.access.actors import Actor
from portico.kit.money import Money
from portico.sales_orders.models import SalesOrder, SalesOrderLine, Shipment, ShipmentLine
from portico.sales_orders.shown import sees_billing


@dataclass(frozen=True, slots=True)
class SentLine:
    """What a shipment holds of one line of the order."""

    name: str
    unit: str
    quantity: Decimal
    returned: Decimal


@dataclass(frozen=True, slots=True)
class Sent:
    """A shipment with what it holds."""

    shipment: Shipment
    lines: tuple[SentLine, ...]


@dataclass(frozen=True, slots=True)
class LinkedInvoice:
    """An issued invoice that asks money for goods of the order; `issued_at` is when, in UTC."""

    id: UUID
    number: str
    date: dt.date
    status: str
    total: Money
    balance: Money
    issued_at: dt.datetime


@dataclass(frozen=True, slots=True)
class LinkedPayment:
    """A payment on one of the order's invoices, with what of it is on them."""

    id: UUID
    number: str
    date: dt.date
    amount: Money


@dataclass(frozen=True, slots=True)
class OrderDocument:
    """An order as its page, its PDF and its print view need it.

    Attributes:
        billing: whether the reader may know what was invoiced and paid (S1.5); without, `invoices` and `payments`
            are empty.
    """

    order: SalesOrder
    lines: tuple[SalesOrderLine, ...]
    shipments: tuple[Sent, ...] = ()
    invoices: tuple[LinkedInvoice, ...] = ()
    payments: tuple[LinkedPayment, ...] = ()
    billing: bool = False

    @property
    def standing(self) -> str:
        """The roll-up, a key of states.STANDINGS."""
        return self.order.standing(billing=self.billing)

    @property
    def cancelled(self) -> tuple[SalesOrderLine, ...]:
        """Lines of which something will not be supplied."""
        return tuple(line for line in self.lines if line.cancelled)


def order_document(actor: Actor, order_id: UUID) -> OrderDocument:
    """One order with its lines, shipments and, for who may see billing, invoices; four statements at most.

    Raises:
        NotFoundError: there is none with this id for the actor (a draft is none for a customer).
        ForbiddenError: the person may not see orders.
    """
    order = SalesOrder.objects.one_for(actor, pk=order_id)
    lines = tuple(SalesOrderLine.objects.visible_to(actor).filter(document=order).order_by("position"))
    billing = sees_billing(actor)
    invoices, payments = _linked(order) if billing else ((), ())
    return OrderDocument(order, lines, _shipments(actor, order), invoices, payments, billing)


def _shipments(actor: Actor, order: SalesOrder) -> tuple[Sent, ...]:
    """The order's shipments with what they hold, the latest first; one statement."""
    held = (
        ShipmentLine.objects.visible_to(actor)
        .filter(shipment=OuterRef("pk"))
        .order_by("order_line__position")
        .values_list(
            JSONObject(
                name="order_line__name",
                unit="order_line__unit",
                # As text, so that the numbers come back exact.
                quantity=Cast("quantity", TextField()),
                returned=Cast("returned", TextField()),
            )
        )
    )
    shipments = Shipment.objects.visible_to(actor).filter(order=order).annotate(held=ArraySubquery(held))
    return tuple(
        Sent(each, tuple(_line(**line) for line in each.held))
        for each in shipments.order_by("-packed_on", "-number")
    )


def _line(name: str, unit: str, quantity: str, returned: str) -> SentLine:
    return SentLine(name, unit, Decimal(quantity), Decimal(returned))


def _linked(order: SalesOrder) -> tuple[tuple[LinkedInvoice, ...], tuple[LinkedPayment, ...]]:
    """The order's issued invoices and the payments on them, by date; one statement.

    In SQL, as the invoice's own page reads what belongs to it. The customer is compared beside the policies.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LINKED, {"order": order.pk, "customer": order.customer_id})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    invoices, payments = [], []
    for how, source, number, day, status, total, balance, issued_at in rows:
        amount = Money(total, order.currency)
        if how == "invoice":
            rest = Money(balance, order.currency)
            invoices.append(LinkedInvoice(source, number, day, status, amount, rest, issued_at))
        else:
            payments.append(LinkedPayment(source, number, day, amount))
    return tuple(invoices), tuple(payments)


_LINKED: Final = """
WITH mine AS (
  SELECT DISTINCT invoice_id FROM sales_orders_invoicedline
   WHERE order_id = %(order)s AND customer_id = %(customer)s AND quantity > 0
)
SELECT 'invoice' AS how, i.id AS source, i.number AS number, i.date AS day, i.status AS status, i.total AS total,
       i.balance AS balance, i.issued_at AS issued_at
  FROM invoices_invoice i JOIN mine m ON m.invoice_id = i.id
 WHERE i.customer_id = %(customer)s AND i.status NOT IN ('draft', 'void')
UNION ALL
SELECT 'payment', p.id, p.number, p.date, '', sum(a.amount - a.taken), 0, NULL
  FROM payments_allocation a JOIN mine m ON m.invoice_id = a.invoice_id JOIN payments_payment p ON p.id = a.payment_id
 WHERE a.customer_id = %(customer)s AND a.reversed_at IS NULL AND a.amount > a.taken
 GROUP BY p.id, p.number, p.date
 ORDER BY day, source
"""
