"""One invoice with all that its page tells: lines, money put on it, and what is on its way."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection

from portico.access.actors import Actor
from portico.invoices.models import Invoice, InvoiceLine
from portico.kit.money import Money, smaller, total
from portico.payments.models import PENDING


@dataclass(frozen=True, slots=True)
class Linked:
    """Another document that has to do with the invoice.

    Attributes:
        how: payment, credit_note, excess or retainer, for money put on the invoice and not taken off again;
            pending, for a payment on its way; written, for a credit note written for the invoice; order, for a
            sales order it was made from; autopay, for the newest automatic charge of it.
        id: of the payment, credit note, retainer invoice, payment attempt or sales order.
        number: the document's number; for a pending payment what it is made with, such as “Visa ending 4242”; of an
            automatic charge too.
        date: in the organisation's time zone; for a pending payment the day it was begun, in UTC; the day on which an
            automatic charge is, or was, due.
        amount: what of it concerns the invoice; of an order, or a credit note written for it, its total.
        mode: of a payment; by_hand for one on its way that no gateway has. Of an automatic charge how it stands:
            planned, again (it failed, and is tried again), failed, or over (the customer's maximum).
    """

    how: str
    id: UUID
    number: str
    date: dt.date
    amount: Money
    mode: str


@dataclass(frozen=True, slots=True)
class InvoiceDocument:
    """An invoice as its page, its PDF and its print view need it."""

    invoice: Invoice
    lines: tuple[InvoiceLine, ...]
    linked: tuple[Linked, ...]
    gateways: tuple[tuple[str, str], ...]
    """The active accounts that it offers (S6.2): the gateway, and the settings that are not secret as JSON."""
    by_hand: bool = False
    """Whether the organisation says how to be paid by transfer, cheque or cash (S6.9)."""

    @property
    def settled_by(self) -> tuple[Linked, ...]:
        """What lowered the balance, by date."""
        return tuple(
            each for each in self.linked if each.how not in {"pending", "written", "order", "autopay"}
        )

    @property
    def written(self) -> tuple[Linked, ...]:
        """Credit notes written for the invoice, applied to it or not."""
        return tuple(each for each in self.linked if each.how == "written")

    @property
    def orders(self) -> tuple[Linked, ...]:
        """Sales orders it was made from."""
        return tuple(each for each in self.linked if each.how == "order")

    @property
    def pending(self) -> tuple[Linked, ...]:
        """Payments on their way."""
        return tuple(each for each in self.linked if each.how == "pending")

    @property
    def autopay(self) -> Linked | None:
        """The newest automatic charge, where it still says something: announced, tried again, or not made."""
        return next((each for each in self.linked if each.how == "autopay"), None)

    @property
    def reserved(self) -> Money:
        """What pending payments have reserved, at most what is open."""
        reserved = total((each.amount for each in self.pending), self.invoice.currency)
        return smaller(reserved, self.invoice.balance)

    @property
    def can_be_paid(self) -> bool:
        """Whether something is open that nothing pending has reserved."""
        return self.invoice.balance > self.reserved


def invoice_document(actor: Actor, invoice_id: UUID) -> InvoiceDocument:
    """One invoice with its lines and what is linked to it; three statements whatever their number.

    Raises:
        NotFoundError: there is none with this id for the actor (a draft is none for a customer).
        ForbiddenError: the person may not see billing.
    """
    invoice = Invoice.objects.one_for(actor, pk=invoice_id)
    lines = InvoiceLine.objects.visible_to(actor).filter(document=invoice).order_by("position")
    linked, gateways, by_hand = _linked(invoice)
    return InvoiceDocument(invoice, tuple(lines), linked, gateways, by_hand)


def _linked(invoice: Invoice) -> tuple[tuple[Linked, ...], tuple[tuple[str, str], ...], bool]:
    """Everything linked to the invoice, by date, the gateways it offers, and whether it can be paid by hand; one
    statement.

    Written in SQL because Django takes ten times as long to build this union as PostgreSQL to answer it. Who may
    see the invoice may see these; its own customer is compared all the same, beside the policies.
    """
    given = {"invoice": invoice.pk, "customer": invoice.customer_id, "organisation": invoice.organisation_id}
    with connection.cursor() as cursor:
        cursor.execute(_LINKED, {**given, "pending": list(PENDING), "all_gateways": invoice.all_gateways})
        rows = cursor.fetchall()
    linked = tuple(
        Linked(how, source, number, day, Money(amount, invoice.currency), mode)
        for how, source, number, day, amount, mode in rows
        if how not in ("gateway", "by_hand")
    )
    gateways = tuple((number, public) for how, _, number, *_rest, public in rows if how == "gateway")
    return linked, gateways, any(row[0] == "by_hand" for row in rows)


_LINKED: Final = """
SELECT 'payment' AS how, p.id AS source, p.number AS number, p.date AS day, a.amount - a.taken AS amount, p.mode AS mode
  FROM payments_allocation a JOIN payments_payment p ON p.id = a.payment_id
 WHERE a.invoice_id = %(invoice)s AND a.customer_id = %(customer)s AND a.reversed_at IS NULL AND a.amount > a.taken
UNION ALL
SELECT CASE WHEN a.payment_id IS NULL THEN 'credit_note' ELSE 'excess' END, coalesce(n.id, p.id),
       coalesce(n.number, p.number), a.date, a.amount, ''
  FROM credit_notes_creditapplication a
  LEFT JOIN credit_notes_creditnote n ON n.id = a.credit_note_id
  LEFT JOIN payments_payment p ON p.id = a.payment_id
 WHERE a.invoice_id = %(invoice)s AND a.customer_id = %(customer)s AND a.reversed_at IS NULL
UNION ALL
SELECT 'retainer', r.id, r.number, d.date, d.amount, ''
  FROM retainers_drawing d JOIN retainers_retainerinvoice r ON r.id = d.retainer_id
 WHERE d.invoice_id = %(invoice)s AND d.customer_id = %(customer)s AND d.reversed_at IS NULL
UNION ALL
SELECT 'pending', t.id, t.method_label, t.created_at::date, a.amount, t.mode
  FROM payments_attemptallocation a JOIN payments_paymentattempt t ON t.id = a.attempt_id
 WHERE a.invoice_id = %(invoice)s AND a.customer_id = %(customer)s AND t.state = ANY(%(pending)s)
UNION ALL
SELECT 'pending', t.id, t.reference, t.sent_on, a.amount, 'by_hand'
  FROM transfers_noticepart a JOIN transfers_transfernotice t ON t.id = a.notice_id
 WHERE a.invoice_id = %(invoice)s AND a.customer_id = %(customer)s AND t.state = 'awaiting'
UNION ALL
SELECT 'written', n.id, n.number, n.date, n.total, ''
  FROM credit_notes_creditnote n
 WHERE n.invoice_id = %(invoice)s AND n.customer_id = %(customer)s AND n.status NOT IN ('draft', 'void')
UNION ALL
SELECT 'order', o.id, o.number, o.date, o.total, ''
  FROM sales_orders_salesorder o
 WHERE o.customer_id = %(customer)s
   AND o.id IN (SELECT k.order_id FROM sales_orders_invoicedline k WHERE k.invoice_id = %(invoice)s AND k.quantity > 0)
UNION ALL
SELECT * FROM (
  SELECT 'autopay', c.autopay_id, p.method_label, c.charge_on, c.amount,
         CASE WHEN c.state = 'planned' AND c.failures > 0 THEN 'again'
              WHEN c.state = 'skipped' THEN 'over'
              ELSE c.state END
    FROM autopay_autopaycharge c JOIN autopay_autopay p ON p.id = c.autopay_id
   WHERE c.invoice_id = %(invoice)s AND c.customer_id = %(customer)s
     AND (c.state IN ('planned', 'failed')
          OR c.state = 'skipped' AND p.stopped_at IS NULL AND p.maximum > 0 AND c.amount > p.maximum)
   ORDER BY c.announced_at DESC, c.id DESC
   LIMIT 1
) charges
UNION ALL
SELECT 'by_hand', w.id, '', NULL, 0, w.mode
  FROM transfers_transferway w
 WHERE w.organisation_id = %(organisation)s AND w.is_offered
UNION ALL
SELECT 'gateway', g.id, g.gateway, g.created_at::date, 0, g.public::text
  FROM payments_gatewayaccount g
 WHERE g.organisation_id = %(organisation)s AND g.is_active
   AND (%(all_gateways)s OR EXISTS (SELECT 1 FROM invoices_invoicegateway i
                                     WHERE i.invoice_id = %(invoice)s AND i.gateway_account_id = g.id))
 ORDER BY day, source
"""
