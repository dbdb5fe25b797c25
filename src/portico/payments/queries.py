"""What is read of payments made: the list, and one with what it was put on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count as NumberOf
from django.db.models import F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.utils import timezone

from portico.access.actors import Actor, LinkActor
from portico.credit_notes.models import CreditApplication
from portico.customers.models import Address
from portico.kit.money import Money, total
from portico.payments.models import (
    Allocation,
    CreditUsePart,
    GatewayRefund,
    Payment,
    PaymentMode,
    Refund,
    RefundState,
    TakenBack,
)
from portico.payments.standing import status_word
from portico.transactions.lists import Asked, Count, count_rows, read_page

NAMED: Final = 3
"""How many invoices a row names; the receipt names them all."""
_COLUMNS: Final = (
    "id",
    "number",
    "date",
    "currency",
    "amount",
    "unused",
    "mode",
    "method_label",
    "reference",
    "voided_at",
    "returned_at",
    "retainer_id",
)


@dataclass(frozen=True, slots=True)
class PaidOn:
    """An invoice that a payment was put on."""

    invoice_id: UUID
    number: str


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One payment as a list shows it; `more` counts the invoices it was put on beside those named."""

    id: UUID
    number: str
    date: dt.date
    amount: Money
    unused: Money
    method: str
    reference: str
    is_void: bool
    is_returned: bool
    paid_on: tuple[PaidOn, ...]
    more: int
    retainer_id: UUID | None
    retainer_number: str


@dataclass(frozen=True, slots=True)
class PaymentList:
    """One page of the list."""

    rows: tuple[PaymentRow, ...]
    offset: int | None
    previous: str | None
    next: str | None
    count: Count


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """What of a payment went to one invoice, with the invoice's own amount."""

    invoice_id: UUID
    number: str
    date: dt.date
    invoice_total: Money
    amount: Money


@dataclass(frozen=True, slots=True)
class ExcessUse:
    """Where some of a payment's excess went later: to an invoice, or back to the customer as a refund."""

    number: str
    date: dt.date
    amount: Money
    invoice_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class WentBack:
    """Money of a payment that went back: paid back, returned by the bank, or taken back for a dispute."""

    what: str
    """refund, refund_pending, return, dispute, or given_back for a dispute that was won."""
    amount: Money
    date: dt.date
    number: str = ""
    reason: str = ""
    charge_id: UUID | None = None
    charge_number: str = ""


@dataclass(frozen=True, slots=True)
class CreditUsed:
    """How much of one credit was put on invoices beside the charge."""

    number: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Receipt:
    """A payment as its receipt tells it: what it was put on when it came, and what became of the excess since."""

    payment: Payment
    lines: tuple[ReceiptLine, ...]
    excess_used: tuple[ExcessUse, ...] = ()
    went_back: tuple[WentBack, ...] = ()
    retained: Money | None = None
    """What was put on the retainer invoice when it came; None where there is none."""
    credit_used: tuple[CreditUsed, ...] = ()

    @property
    def on_invoices(self) -> Money:
        """The part put on invoices."""
        return total((line.amount for line in self.lines), self.payment.currency)

    @property
    def excess(self) -> Money:
        """The part that was on nothing when it came and so became credit."""
        zero = Money.zero(self.payment.currency)
        if self.payment.voided_at is not None:
            return zero
        return self.payment.amount - self.on_invoices - (self.retained or zero)

    @property
    def status(self) -> str:
        """What the payment is called where one word has to do."""
        return status_word(self.payment.voided_at is not None, self.payment.returned_at is not None)


def payment_list(actor: Actor, asked: Asked) -> PaymentList:
    """One page of what was asked for; two statements.

    Raises:
        ForbiddenError: the person may not see billing.
    """
    rows = Payment.objects.visible_to(actor).filter(asked.rows)
    page = read_page(_with_documents(actor, rows), asked.sections, asked.order, asked.cursor, asked.size)
    listed = tuple(_row(values) for _section, values in page.rows)
    return PaymentList(listed, page.offset, page.previous, page.next, page.whole or count_rows(rows))


def currencies_paid(actor: Actor) -> tuple[str, ...]:
    """The currencies the customer has paid in; one statement."""
    found = Payment.objects.visible_to(actor).order_by().values_list("currency", flat=True).distinct()
    return tuple(sorted(found))


def receipt(actor: Actor, payment_id: UUID) -> Receipt:
    """One payment with what it was put on when it came, taken off again since or not; two statements, or four.

    Raises:
        NotFoundError: there is none with this id for the actor.
        ForbiddenError: the person may not see billing.
    """
    payment = Payment.objects.select_related("retainer").one_for(actor, pk=payment_id)
    standing = Q() if payment.voided_at else Q(reversed_at=None)
    rows = (
        Allocation.objects.visible_to(actor)
        .filter(standing, payment=payment)
        .select_related("invoice")
        .only("amount", "currency", "invoice__number", "invoice__date", "invoice__total", "invoice__currency")
        .order_by("invoice__date", "invoice__number")
    )
    lines = tuple(
        ReceiptLine(row.invoice_id, row.invoice.number, row.invoice.date, row.invoice.total, row.amount)
        for row in rows
    )
    went_back = _went_back(actor, payment)
    retained = payment.retained if payment.retainer_id else None
    if retained is not None and payment.taken_back:
        off = TakenBack.objects.visible_to(actor).filter(payment=payment, restored_at=None)
        retained += total((row.from_retainer for row in off), payment.currency)
    excess_used, credit_used = _excess_used(actor, payment), _credit_used(actor, payment)
    return Receipt(payment, lines, excess_used, went_back, retained, credit_used)


def payer_address(actor: Actor, customer_id: UUID) -> tuple[str, ...]:
    """The lines of a customer's billing address now; empty where there is none. One statement."""
    found = Address.objects.visible_to(actor).filter(customer=customer_id, kind=Address.Kind.BILLING).first()
    return tuple(found.lines) if found else ()


def _credit_used(actor: Actor, payment: Payment) -> tuple[CreditUsed, ...]:
    """The customer's own credit that the same form used beside the charge, as it was used; none through a link."""
    if payment.attempt_id is None or payment.voided_at is not None or isinstance(actor, LinkActor):
        return ()
    parts = CreditUsePart.objects.visible_to(actor).filter(attempt_id=payment.attempt_id, applied__gt=0)
    found: dict[str, Money] = {}
    for part in parts.select_related("credit_note", "payment", "retainer").order_by("position"):
        source = part.credit_note or part.payment or part.retainer
        assert source is not None  # the database: one source
        found[source.number] = found.get(source.number, Money.zero(part.currency)) + part.applied
    return tuple(CreditUsed(number, amount) for number, amount in found.items())


def _excess_used(actor: Actor, payment: Payment) -> tuple[ExcessUse, ...]:
    """Where the excess went, by date; nothing is asked where none of it was used."""
    if not payment.credit_applied and not payment.refunded:
        return ()
    applied = CreditApplication.objects.visible_to(actor).filter(payment=payment, reversed_at=None)
    refunds = Refund.objects.visible_to(actor).filter(payment=payment, reversed_at=None, gateway_refund=None)
    uses = [
        ExcessUse(each.invoice.number, each.date, each.amount, each.invoice_id)
        for each in applied.select_related("invoice").only(
            "date", "amount", "currency", "invoice__number", "invoice_id"
        )
    ]
    uses += [ExcessUse(each.number, each.date, each.amount) for each in refunds]
    return tuple(sorted(uses, key=lambda each: (each.date, each.number)))


def _went_back(actor: Actor, payment: Payment) -> tuple[WentBack, ...]:
    """What went back through the gateway or was taken by the bank, by date; nothing is asked of other payments."""
    if payment.attempt_id is None:
        return ()
    refunds = (
        GatewayRefund.objects.visible_to(actor).filter(payment=payment).exclude(state=RefundState.FAILED)
    )
    found = [
        WentBack(
            "refund" if row.state == RefundState.SUCCEEDED else "refund_pending",
            row.amount,
            timezone.localdate(row.changed_at),
            reason=row.reason,
            charge_id=row.charge_id,
            charge_number=row.charge.number if row.charge else "",
        )
        for row in refunds.select_related("charge")
    ]
    takings = TakenBack.objects.visible_to(actor).filter(payment=payment).select_related("charge")
    for row in takings:
        kind = "given_back" if row.restored_at else row.kind
        number = row.charge.number if row.charge else ""
        found.append(WentBack(kind, row.amount, row.date, "", row.reason, row.charge_id, number))
    return tuple(sorted(found, key=lambda each: (each.date, each.what)))


def _with_documents(actor: Actor, rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    allocations = Allocation.objects.visible_to(actor).filter(payment=OuterRef("pk"), reversed_at=None)
    counted = allocations.order_by().values("payment").annotate(number=NumberOf("id")).values("number")
    named = allocations.order_by("id").values(part=JSONObject(id="invoice_id", number="invoice__number"))
    return rows.values(
        *_COLUMNS,
        retainer_number=F("retainer__number"),
        paid_on=ArraySubquery(named[:NAMED]),
        paid_on_count=Coalesce(Subquery(counted, output_field=IntegerField()), 0),
    )


def _row(values: Mapping[str, Any]) -> PaymentRow:
    currency = values["currency"]
    paid_on = tuple(PaidOn(UUID(each["id"]), each["number"]) for each in values["paid_on"])
    return PaymentRow(
        id=values["id"],
        number=values["number"],
        date=values["date"],
        amount=Money(values["amount"], currency),
        unused=Money(values["unused"], currency),
        method=values["method_label"] or str(PaymentMode(values["mode"]).label),
        reference=values["reference"],
        is_void=values["voided_at"] is not None,
        is_returned=values["returned_at"] is not None,
        paid_on=paid_on,
        more=values["paid_on_count"] - len(paid_on),
        retainer_id=values["retainer_id"],
        retainer_number=values["retainer_number"] or "",
    )
