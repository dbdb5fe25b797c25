"""Invoicing a sales order, whole or in part."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, Duty, require_office
from portico.access.scope import scope
from portico.customers.locking import lock_books, reread
from portico.invoices.actions import InvoiceDraft, draft_invoice, issue_invoice
from portico.invoices.models import Invoice
from portico.kit.money import Money
from portico.organisations.models import PaymentTerms
from portico.sales_orders.actions.quantities import Quantities, check_open, chosen, lines_of
from portico.sales_orders.models import InvoicedLine, SalesOrder, SalesOrderLine
from portico.transactions.days import today_at
from portico.transactions.drafts import LineDraft
from portico.transactions.history import note
from portico.transactions.models import DiscountKind, DocumentKind
from portico.transactions.totals import Tax


def invoice_order(
    *,
    actor: Actor,
    order: SalesOrder,
    quantities: Quantities | None = None,
    date: dt.date | None = None,
    due_date: dt.date | None = None,
    payment_terms: PaymentTerms | None = None,
    issue: bool = False,
) -> Invoice:
    """Write an invoice over what is not invoiced yet, or over the quantities chosen, linked to the order.

    Prices, taxes, discounts and texts are the order's. A discount in money, the shipping charge and the adjustment
    are shared over the invoices of an order by the amounts of their lines, so that together they carry exactly what
    the order does; an invoice over all of an order comes to the order's total. Taxes are worked out and rounded on
    each invoice by itself. Voiding the invoice, or deleting its draft, gives the quantities back to the order.

    Args:
        actor: staff who may write documents.
        order: a confirmed one.
        quantities: how many of each line; None for all that no invoice holds.
        date: of the invoice, in the organisation's time zone; today when not given.
        due_date: by the payment terms when not given.
        payment_terms: the customer's when not given.
        issue: whether to issue it at once; else it stays a draft, which the customer does not see.

    Raises:
        ConflictError: the order is not confirmed.
        ForbiddenError: the actor may not write documents.
        InvalidError: more than is left of a line, or nothing to invoice; `field` names the input.
    """
    with scope(actor):
        require_office(actor, Duty.WRITE_DOCUMENTS)
        customer = lock_books(order.customer_id)
        order = reread(actor, order)
        check_open(order)
        lines = lines_of(order)
        nothing = (
            _("All of this order is on invoices already.")
            if quantities is None
            else _("Choose what to invoice.")
        )
        picked = chosen(lines, quantities, lambda line: line.to_invoice, nothing)
        day = date or today_at(order.organisation_id)
        draft = _draft(order, lines, picked, date=day, due_date=due_date, terms=payment_terms)
        invoice = draft_invoice(actor=actor, customer=customer, draft=draft)
        InvoicedLine.objects.bulk_create(
            InvoicedLine(
                organisation_id=order.organisation_id,
                customer_id=order.customer_id,
                order=order,
                order_line=line,
                invoice=invoice,
                quantity=quantity,
            )
            for line, quantity in picked
        )
        # Only staff: customers read of it from the linked invoice, once there is one for them to see.
        details = {"invoice": "", "invoice_id": str(invoice.pk), "total": str(invoice.total)}
        note(actor, order, DocumentKind.SALES_ORDER, "converted", details, in_portal=False)
        audit.record(actor, "invoice_order", order, f"{order.number}, {invoice.total}")
        return issue_invoice(actor=actor, invoice=invoice) if issue else invoice


def _draft(
    order: SalesOrder,
    lines: Sequence[SalesOrderLine],
    picked: Sequence[tuple[SalesOrderLine, Decimal]],
    *,
    date: dt.date,
    due_date: dt.date | None,
    terms: PaymentTerms | None,
) -> InvoiceDraft:
    share = _share(order, lines, picked)
    in_money = order.discount_kind == DiscountKind.AMOUNT
    return InvoiceDraft(
        date=date,
        due_date=due_date,
        payment_terms=terms,
        reference=order.reference,
        currency=order.currency,
        lines=[_line(line, quantity, order.currency) for line, quantity in picked],
        prices_include_tax=order.prices_include_tax,
        discount_kind=order.discount_kind,
        discount_value=(
            share(Money.rounded(order.discount_value, order.currency)).amount
            if in_money
            else order.discount_value
        ),
        discount_when=order.discount_when,
        shipping_charge=share(order.shipping_charge),
        adjustment=share(order.adjustment),
        adjustment_label=order.adjustment_label,
        rounding=order.rounding,
        billing_address=tuple(order.billing_address) or None,
        shipping_address=tuple(order.shipping_address) or None,
        notes=order.notes,
        terms=order.terms,
        custom_fields=order.custom_fields,
    )


def _line(line: SalesOrderLine, quantity: Decimal, currency: str) -> LineDraft:
    discount = line.discount_value
    if line.discount_kind == DiscountKind.AMOUNT:
        before = line.drafted + line.invoiced
        whole = Money.rounded(discount, currency)
        discount = _between(
            whole,
            Fraction(before) / Fraction(line.quantity),
            Fraction(before + quantity) / Fraction(line.quantity),
        ).amount
    return LineDraft(
        name=line.name,
        quantity=quantity,
        rate=line.rate,
        item_id=line.item_id,
        sku=line.sku,
        description=line.description,
        unit=line.unit,
        discount_kind=line.discount_kind,
        discount_value=discount,
        taxes=tuple(Tax(name, Decimal(rate)) for name, rate in line.taxes),
    )


def _share(
    order: SalesOrder, lines: Sequence[SalesOrderLine], picked: Sequence[tuple[SalesOrderLine, Decimal]]
) -> Callable[[Money], Money]:
    """How much of an amount of the whole order falls on the chosen quantities, after those invoiced before.

    By the lines' amounts; by their quantities where the order comes to nothing.
    """

    def weight(line: SalesOrderLine, quantity: Decimal) -> Fraction:
        part = Fraction(quantity) / Fraction(line.quantity)
        return part * Fraction(line.amount.amount) if order.subtotal else part

    whole = sum((weight(line, line.quantity) for line in lines), Fraction(0))
    before = sum((weight(line, line.drafted + line.invoiced) for line in lines), Fraction(0))
    now = sum((weight(line, quantity) for line, quantity in picked), Fraction(0))
    return lambda amount: _between(amount, before / whole, (before + now) / whole)


def _between(amount: Money, start: Fraction, end: Fraction) -> Money:
    """The part of an amount from one share of it to a later one: the parts of a row add up to the cent."""

    def up_to(share: Fraction) -> Money:
        exact = Fraction(amount.amount) * share
        return Money.rounded(Decimal(exact.numerator) / Decimal(exact.denominator), amount.currency)

    return up_to(end) - up_to(start)
