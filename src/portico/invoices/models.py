"""Invoice, its lines, the gateways it offers, and the tallies that triggers keep (invoices/sql/tallies.sql)."""

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


class InvoiceStatus(models.TextChoices):
    """Where an invoice stands. Overdue is not a status: it is an open one whose due date has passed."""

    DRAFT = "draft", "Draft"
    SENT = "sent", "Due"
    VIEWED = "viewed", "Viewed"
    PARTIALLY_PAID = "partially_paid", "Part paid"
    PAID = "paid", "Paid"
    VOID = "void", "Void"


_S = InvoiceStatus
MOVES = Moves(
    "invoice",
    {
        _S.DRAFT: frozenset({_S.SENT}),
        _S.SENT: frozenset({_S.VIEWED, _S.PARTIALLY_PAID, _S.PAID, _S.VOID}),
        _S.VIEWED: frozenset({_S.PARTIALLY_PAID, _S.PAID, _S.VOID}),
        # A returned payment, a reversed write-off or a released credit opens it again.
        _S.PARTIALLY_PAID: frozenset({_S.SENT, _S.VIEWED, _S.PAID}),
        _S.PAID: frozenset({_S.SENT, _S.VIEWED, _S.PARTIALLY_PAID}),
    },
)
OPEN = (_S.SENT, _S.VIEWED, _S.PARTIALLY_PAID)


class Invoice(Document):
    """A claim on a customer. `balance` is what is unpaid; the database checks that the parts add up."""

    # A receipt, a credit note and a retainer invoice name the invoices that they were put on.
    by_link = ByLink(
        document=("id",),
        through=(
            "payments.Allocation.invoice",
            "credit_notes.CreditApplication.invoice",
            "retainers.Drawing.invoice",
        ),
    )

    due_date = models.DateField()
    payment_terms = models.CharField(max_length=60, blank=True)
    status = models.CharField(
        max_length=16, choices=InvoiceStatus, default=InvoiceStatus.DRAFT, editable=False
    )
    allow_partial_payments = models.BooleanField(default=True)
    all_gateways = models.BooleanField("Offer every active gateway", default=True)
    paid = MoneyField(editable=False, help_text="By payments' allocations.")
    credited = MoneyField(editable=False, help_text="By credit notes and excess payments applied.")
    drawn = MoneyField(editable=False, help_text="From retainers.")
    written_off = MoneyField(editable=False)
    balance = MoneyField(editable=False)
    # For paging by amount: row-level security lets an index use only comparisons that leak nothing, which
    # PostgreSQL says of bigint and not of numeric.
    total_thousandths = thousandths_of("total")
    balance_thousandths = thousandths_of("balance")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "number"], name="invoice_number_once", condition=~Q(number="")
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | ~Q(number=""), name="invoice_issued_has_number"
            ),
            models.CheckConstraint(
                condition=Q(total__gte=0, paid__gte=0, credited__gte=0, drawn__gte=0, written_off__gte=0),
                name="invoice_parts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["draft", "void"], balance=0, paid=0, credited=0, drawn=0, written_off=0
                )
                | Q(
                    balance=F("total") - F("paid") - F("credited") - F("drawn") - F("written_off"),
                    balance__gte=0,
                    status__in=["sent", "viewed", "partially_paid", "paid"],
                ),
                name="invoice_balance_adds_up",
            ),
            models.CheckConstraint(
                condition=(Q(status="paid") & Q(balance=0))
                | (Q(status="partially_paid") & Q(balance__gt=0) & Q(balance__lt=F("total")))
                | (Q(status__in=["sent", "viewed"]) & Q(balance=F("total")) & Q(balance__gt=0))
                | Q(status__in=["draft", "void"]),
                name="invoice_status_says_balance",
            ),
        ]
        indexes = [
            models.Index(
                fields=["customer", "-date", "-id"], name="invoice_by_date", condition=~Q(status="draft")
            ),
            models.Index(
                fields=["customer", "due_date", "id"], name="invoice_open_by_due", condition=Q(balance__gt=0)
            ),
            models.Index(
                fields=["customer", "due_date", "id"], name="invoice_by_due", condition=~Q(status="draft")
            ),
            models.Index(
                fields=["customer", "number", "id"], name="invoice_by_number", condition=~Q(status="draft")
            ),
            models.Index(
                fields=["customer", "total_thousandths", "id"],
                name="invoice_by_total",
                condition=~Q(status="draft"),
            ),
            models.Index(
                fields=["customer", "balance_thousandths", "id"],
                name="invoice_by_balance",
                condition=~Q(status="draft"),
            ),
            models.Index(fields=["organisation", "-date", "-id"], name="invoice_office_by_date"),
        ]

    @classmethod
    def portal_rows(cls, actor: ContactActor) -> Q:
        return super().portal_rows(actor) & ~Q(status=InvoiceStatus.DRAFT)


class InvoiceLine(DocumentLine):
    """A line of an invoice."""

    document = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines", db_constraint=False)

    class Meta(DocumentLine.Meta):
        constraints = [
            models.UniqueConstraint(fields=["document", "position"], name="invoice_line_position_once")
        ]


class InvoiceGateway(CustomerOwned):
    """A gateway ticked on an invoice that does not offer all of them (S6.2)."""

    asks = Permission.VIEW_BILLING
    by_link = ByLink(document=("invoice_id",))

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="gateways")
    gateway_account = models.ForeignKey("payments.GatewayAccount", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invoice", "gateway_account"], name="invoice_gateway_once")
        ]


class WriteOff(CustomerOwned):
    """A balance given up as lost; reversing it opens the invoice again."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="write_offs")
    currency = models.CharField(max_length=3)
    amount = MoneyField()
    date = models.DateField()
    reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    reversed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="write_off_above_zero")]


class DueTally(CustomerOwned):
    """What is open by due date: its number and sum. Written by a trigger only."""

    currency = models.CharField(max_length=3)
    due_date = models.DateField()
    count = models.IntegerField()
    balance = MoneyField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "currency", "due_date"], name="due_tally_once")
        ]


class StatusTally(CustomerOwned):
    """How many invoices a customer has in each status. Written by a trigger only."""

    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=16)
    count = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "currency", "status"], name="status_tally_once")
        ]
