"""Retainer invoice, its lines, and what is drawn from it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from portico.access.actors import ContactActor, Permission
from portico.access.tenancy import ByLink, CustomerOwned
from portico.kit import clock
from portico.kit.fields import MoneyField
from portico.kit.states import Moves
from portico.transactions.models import Document, DocumentLine
from portico.transactions.sortable import thousandths_of


class RetainerStatus(models.TextChoices):
    """Where a retainer invoice stands."""

    DRAFT = "draft", "Draft"
    SENT = "sent", "Due"
    PARTIALLY_PAID = "partially_paid", "Part paid"
    PAID = "paid", "Paid"
    PARTIALLY_DRAWN = "partially_drawn", "Part used"
    DRAWN = "drawn", "Used"
    VOID = "void", "Void"


_S = RetainerStatus
MOVES = Moves(
    "retainer invoice",
    {
        _S.DRAFT: frozenset({_S.SENT}),
        _S.SENT: frozenset({_S.PARTIALLY_PAID, _S.PAID, _S.VOID}),
        _S.PARTIALLY_PAID: frozenset({_S.SENT, _S.PAID, _S.PARTIALLY_DRAWN}),
        _S.PAID: frozenset({_S.SENT, _S.PARTIALLY_PAID, _S.PARTIALLY_DRAWN, _S.DRAWN}),
        _S.PARTIALLY_DRAWN: frozenset({_S.SENT, _S.PARTIALLY_PAID, _S.PAID, _S.DRAWN}),
        _S.DRAWN: frozenset({_S.PARTIALLY_DRAWN, _S.PAID, _S.PARTIALLY_PAID, _S.SENT}),
    },
)


class RetainerInvoice(Document):
    """A request for money in advance. `balance` is unpaid; `available` is paid and neither drawn nor refunded."""

    by_link = ByLink(document=("id",), through=("retainers.Drawing.retainer", "payments.Payment.retainer"))

    due_date = models.DateField()
    status = models.CharField(
        max_length=16, choices=RetainerStatus, default=RetainerStatus.DRAFT, editable=False
    )
    paid = MoneyField(editable=False)
    drawn = MoneyField(editable=False)
    refunded = MoneyField(editable=False)
    balance = MoneyField(editable=False)
    available = MoneyField(editable=False)
    # For paging by amount, as on invoices.
    total_thousandths = thousandths_of("total")
    balance_thousandths = thousandths_of("balance")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "number"], name="retainer_number_once", condition=~Q(number="")
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | ~Q(number=""), name="retainer_issued_has_number"
            ),
            models.CheckConstraint(
                condition=Q(total__gte=0, paid__gte=0, drawn__gte=0, refunded__gte=0),
                name="retainer_parts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "void"], balance=0, paid=0, drawn=0, refunded=0)
                | (~Q(status__in=["draft", "void"]) & Q(balance=F("total") - F("paid")) & Q(balance__gte=0)),
                name="retainer_balance_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(available=F("paid") - F("drawn") - F("refunded"), available__gte=0),
                name="retainer_available_adds_up",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-date", "-id"], name="retainer_by_date"),
            models.Index(
                fields=["customer", "due_date", "id"], name="retainer_open", condition=Q(balance__gt=0)
            ),
            models.Index(
                fields=["customer", "date", "id"], name="retainer_available", condition=Q(available__gt=0)
            ),
            models.Index(
                fields=["customer", "due_date", "id"], name="retainer_by_due", condition=~Q(status="draft")
            ),
            models.Index(
                fields=["customer", "number", "id"], name="retainer_by_number", condition=~Q(status="draft")
            ),
            models.Index(
                fields=["customer", "total_thousandths", "id"],
                name="retainer_by_total",
                condition=~Q(status="draft"),
            ),
            models.Index(
                fields=["customer", "balance_thousandths", "id"],
                name="retainer_by_balance",
                condition=~Q(status="draft"),
            ),
        ]

    @classmethod
    def portal_rows(cls, actor: ContactActor) -> Q:
        return super().portal_rows(actor) & ~Q(status=RetainerStatus.DRAFT)


class RetainerLine(DocumentLine):
    """A line of a retainer invoice."""

    document = models.ForeignKey(
        RetainerInvoice, on_delete=models.CASCADE, related_name="lines", db_constraint=False
    )

    class Meta(DocumentLine.Meta):
        constraints = [
            models.UniqueConstraint(fields=["document", "position"], name="retainer_line_position_once")
        ]


class Drawing(CustomerOwned):
    """Part of a paid retainer applied to an invoice."""

    asks = Permission.VIEW_BILLING
    by_link = ByLink(document=("retainer_id", "invoice_id"))

    retainer = models.ForeignKey(RetainerInvoice, on_delete=models.PROTECT, related_name="drawings")
    invoice = models.ForeignKey("invoices.Invoice", on_delete=models.PROTECT, related_name="drawings")
    currency = models.CharField(max_length=3)
    amount = MoneyField()
    date = models.DateField()
    created_at = models.DateTimeField(default=clock.now)
    reversed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="drawing_above_zero")]
