"""Credit note, its lines, and where credit was applied."""

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


class CreditNoteStatus(models.TextChoices):
    """Where a credit note stands."""

    DRAFT = "draft", "Draft"
    OPEN = "open", "Open"
    CLOSED = "closed", "Used"
    VOID = "void", "Void"


_S = CreditNoteStatus
MOVES = Moves(
    "credit note",
    {
        _S.DRAFT: frozenset({_S.OPEN}),
        _S.OPEN: frozenset({_S.CLOSED, _S.VOID}),
        _S.CLOSED: frozenset({_S.OPEN}),
    },
)


class CreditNote(Document):
    """Money given back on paper; `balance` is what has been neither applied nor refunded."""

    by_link = ByLink(document=("id", "invoice_id"), through=("credit_notes.CreditApplication.credit_note",))

    invoice = models.ForeignKey(
        "invoices.Invoice", on_delete=models.PROTECT, null=True, blank=True, related_name="credit_notes"
    )
    status = models.CharField(
        max_length=16, choices=CreditNoteStatus, default=CreditNoteStatus.DRAFT, editable=False
    )
    applied = MoneyField(editable=False)
    refunded = MoneyField(editable=False)
    balance = MoneyField(editable=False)
    # For paging by amount, as on invoices.
    total_thousandths = thousandths_of("total")
    balance_thousandths = thousandths_of("balance")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "number"], name="credit_note_number_once", condition=~Q(number="")
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | ~Q(number=""), name="credit_note_issued_has_number"
            ),
            models.CheckConstraint(
                condition=Q(total__gte=0, applied__gte=0, refunded__gte=0),
                name="credit_note_parts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "void"], balance=0, applied=0, refunded=0)
                | Q(status="open", balance=F("total") - F("applied") - F("refunded"), balance__gt=0)
                | Q(status="closed", balance=0, total=F("applied") + F("refunded")),
                name="credit_note_balance_adds_up",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-date", "-id"], name="credit_note_by_date"),
            models.Index(
                fields=["customer", "date", "id"], name="credit_note_open", condition=Q(balance__gt=0)
            ),
            models.Index(
                fields=["customer", "number", "id"],
                name="credit_note_by_number",
                condition=~Q(status="draft"),
            ),
            models.Index(
                fields=["customer", "total_thousandths", "id"],
                name="credit_note_by_total",
                condition=~Q(status="draft"),
            ),
            models.Index(
                fields=["customer", "balance_thousandths", "id"],
                name="credit_note_by_balance",
                condition=~Q(status="draft"),
            ),
        ]

    @classmethod
    def portal_rows(cls, actor: ContactActor) -> Q:
        return super().portal_rows(actor) & ~Q(status=CreditNoteStatus.DRAFT)


class CreditNoteLine(DocumentLine):
    """A line of a credit note."""

    document = models.ForeignKey(
        CreditNote, on_delete=models.CASCADE, related_name="lines", db_constraint=False
    )

    class Meta(DocumentLine.Meta):
        constraints = [
            models.UniqueConstraint(fields=["document", "position"], name="credit_note_line_position_once")
        ]


class CreditApplication(CustomerOwned):
    """Credit put on an invoice: from a credit note, or from the unused part of a payment."""

    asks = Permission.VIEW_BILLING
    by_link = ByLink(document=("invoice_id", "credit_note_id", "payment_id"))

    credit_note = models.ForeignKey(
        CreditNote, on_delete=models.PROTECT, null=True, blank=True, related_name="applications"
    )
    payment = models.ForeignKey(
        "payments.Payment",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="credit_applications",
    )
    invoice = models.ForeignKey(
        "invoices.Invoice", on_delete=models.PROTECT, related_name="credit_applications"
    )
    currency = models.CharField(max_length=3)
    amount = MoneyField()
    date = models.DateField()
    created_at = models.DateTimeField(default=clock.now)
    reversed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="credit_application_above_zero"),
            models.CheckConstraint(
                condition=Q(credit_note__isnull=True, payment__isnull=False)
                | Q(credit_note__isnull=False, payment__isnull=True),
                name="credit_application_one_source",
            ),
        ]
