"""One invoice with all that its page tells: lines, money put on it, what is on its way, history."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    CharField,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast

from portico.access.actors import Actor
from portico.credit_notes.models import CreditApplication, CreditNote, CreditNoteStatus
from portico.invoices.models import Invoice, InvoiceGateway, InvoiceLine
from portico.kit.money import Money, smaller, total
from portico.payments.models import PENDING, Allocation, AttemptAllocation, GatewayAccount
from portico.retainers.models import Drawing
from portico.transactions.models import DocumentKind, HistoryEvent


@dataclass(frozen=True, slots=True)
class Linked:
    """Another document that has to do with the invoice.

    Attributes:
        how: payment, credit_note, excess or retainer, for money put on the invoice and not taken off again;
            pending, for a payment on its way; written, for a credit note written for the invoice.
        id: of the payment, credit note, retainer invoice or payment attempt.
        number: the document's number; for a pending payment what it is made with, such as “Visa ending 4242”.
        date: in the organisation's time zone; for a pending payment the day it was begun, in UTC.
        amount: what of it concerns the invoice; of a credit note that was written for it, its total.
        mode: of a payment.
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
    gateways: tuple[str, ...]
    """The kinds of gateways it offers, as far as the organisation has them active (S6.2)."""

    @property
    def settled_by(self) -> tuple[Linked, ...]:
        """What lowered the balance, by date."""
        return tuple(each for each in self.linked if each.how not in {"pending", "written"})

    @property
    def written(self) -> tuple[Linked, ...]:
        """Credit notes written for the invoice, applied to it or not."""
        return tuple(each for each in self.linked if each.how == "written")

    @property
    def pending(self) -> tuple[Linked, ...]:
        """Payments on their way."""
        return tuple(each for each in self.linked if each.how == "pending")

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
    ticked = InvoiceGateway.objects.filter(invoice=OuterRef(OuterRef("pk")), gateway_account=OuterRef("pk"))
    offered = GatewayAccount.objects.filter(
        Q(Exists(ticked)) | Q(ExpressionWrapper(OuterRef("all_gateways"), BooleanField())),
        organisation=OuterRef("organisation"),
        is_active=True,
    )
    invoice = Invoice.objects.annotate(
        offered=ArraySubquery(offered.order_by("created_at", "id").values("gateway"))
    ).one_for(actor, pk=invoice_id)
    lines = InvoiceLine.objects.visible_to(actor).filter(document=invoice).order_by("position")
    return InvoiceDocument(invoice, tuple(lines), _linked(actor, invoice), tuple(invoice.offered))


def history(actor: Actor, invoice: Invoice) -> tuple[HistoryEvent, ...]:
    """What happened to the invoice as customers see it, the latest first; one statement."""
    events = HistoryEvent.objects.visible_to(actor).filter(
        document_kind=DocumentKind.INVOICE, document_id=invoice.pk, in_portal=True
    )
    return tuple(events.order_by("-at", "-id")[:100])


def _linked(actor: Actor, invoice: Invoice) -> tuple[Linked, ...]:
    """Everything linked to the invoice, by date; one statement."""
    standing = {"invoice": invoice, "reversed_at": None}
    applications = CreditApplication.objects.visible_to(actor).filter(**standing)
    pending = AttemptAllocation.objects.visible_to(actor).filter(invoice=invoice, attempt__state__in=PENDING)
    written = CreditNote.objects.visible_to(actor).filter(invoice=invoice)
    rows = _as_linked(
        Allocation.objects.visible_to(actor).filter(**standing),
        "payment",
        source="payment_id",
        number="payment__number",
        day="payment__date",
        mode=F("payment__mode"),
    ).union(
        _as_linked(applications.exclude(credit_note=None), "credit_note", source="credit_note_id"),
        _as_linked(applications.exclude(payment=None), "excess", source="payment_id"),
        _as_linked(Drawing.objects.visible_to(actor).filter(**standing), "retainer", source="retainer_id"),
        _as_linked(
            pending,
            "pending",
            source="attempt_id",
            number="attempt__method_label",
            day="attempt__created_at",
            mode=F("attempt__mode"),
        ),
        _as_linked(
            written.exclude(status=CreditNoteStatus.VOID),
            "written",
            source="id",
            number="number",
            amount="total",
        ),
        all=True,
    )
    return tuple(
        Linked(how, source, number, day, Money(amount, invoice.currency), mode)
        for how, source, number, day, amount, mode in rows.order_by("day", "source")
    )


def _as_linked(
    rows: QuerySet[Any, Any],
    how: str,
    *,
    source: str,
    number: str = "",
    day: str = "date",
    amount: str = "amount",
    mode: F | None = None,
) -> QuerySet[Any, Any]:
    """The rows with the columns of Linked; by default the number is that of the document `source` points at."""
    number = number or f"{source.removesuffix('_id')}__number"
    found: QuerySet[Any, Any] = (
        rows.order_by()
        .annotate(
            how=Value(how, output_field=CharField()),
            source=F(source),
            other=F(number),
            day=Cast(F(day), DateField()),
            part=F(amount),
            by=mode or Value("", output_field=CharField()),
        )
        .values_list("how", "source", "other", "day", "part", "by")
    )
    return found
