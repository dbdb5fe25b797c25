"""Payment, its allocations to invoices, and refunds."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from portico.access.actors import Permission
from portico.access.tenancy import ByLink, CustomerOwned, PortalWrites
from portico.kit import clock
from portico.kit.fields import MoneyField


class PaymentMode(models.TextChoices):
    """How the money came or went."""

    CARD = "card", "Card"
    BANK_DEBIT = "bank_debit", "Bank account (ACH)"
    WALLET = "wallet", "Wallet"
    BANK_TRANSFER = "bank_transfer", "Bank transfer"
    CHEQUE = "cheque", "Cheque"
    CASH = "cash", "Cash"
    OTHER = "other", "Other"


class Payment(CustomerOwned):
    """Money received from a customer: allocated to invoices, or paid on one retainer invoice, the rest unused.

    amount = allocated + retained + (what became credit), and of that credit `unused` is left. What is paid back or
    taken back comes off its invoices and becomes credit first.
    """

    asks = Permission.VIEW_BILLING
    by_link = ByLink(
        document=("id", "retainer_id"),
        through=("payments.Allocation.payment", "credit_notes.CreditApplication.payment"),
        of=("attempt",),
    )
    portal_writes = PortalWrites(changes=("credit_applied", "unused"))

    number = models.CharField(max_length=40)
    date = models.DateField()
    currency = models.CharField(max_length=3)
    amount = MoneyField()
    mode = models.CharField(max_length=14, choices=PaymentMode)
    method_label = models.CharField(max_length=60, blank=True, help_text="Such as “Visa ending 4242”.")
    reference = models.CharField(max_length=100, blank=True)
    note = models.TextField(blank=True, help_text="Shown on the receipt.")
    retainer = models.ForeignKey(
        "retainers.RetainerInvoice", on_delete=models.PROTECT, null=True, blank=True, related_name="payments"
    )
    attempt = models.OneToOneField(
        "payments.PaymentAttempt", on_delete=models.PROTECT, null=True, blank=True, related_name="payment"
    )
    payer_name = models.CharField(max_length=200, blank=True)
    allocated = MoneyField(editable=False, help_text="Put on invoices when it came.")
    retained = MoneyField(editable=False, help_text="Put on the retainer invoice.")
    credit_applied = MoneyField(editable=False, help_text="Of the excess, put on invoices later.")
    refunded = MoneyField(editable=False, help_text="Of the excess, paid back.")
    taken_back = MoneyField(editable=False, help_text="Taken back by the customer's bank.")
    unused = MoneyField(editable=False, help_text="Of the excess, still the customer's credit.")
    voided_at = models.DateTimeField(null=True, editable=False)
    returned_at = models.DateTimeField(
        null=True, editable=False, help_text="When the customer's bank took all of it back."
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="payment_number_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_above_zero"),
            models.CheckConstraint(
                condition=Q(
                    allocated__gte=0,
                    retained__gte=0,
                    credit_applied__gte=0,
                    refunded__gte=0,
                    taken_back__gte=0,
                    unused__gte=0,
                ),
                name="payment_parts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(
                    voided_at__isnull=True,
                    unused=F("amount")
                    - F("allocated")
                    - F("retained")
                    - F("credit_applied")
                    - F("refunded")
                    - F("taken_back"),
                )
                | Q(
                    voided_at__isnull=False,
                    unused=0,
                    allocated=0,
                    retained=0,
                    credit_applied=0,
                    refunded=0,
                    taken_back=0,
                ),
                name="payment_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(retainer__isnull=False) | Q(retained=0), name="payment_retained_has_retainer"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-date", "-id"], name="payment_by_date"),
            models.Index(fields=["customer", "amount", "id"], name="payment_by_amount"),
            models.Index(fields=["customer", "date", "id"], name="payment_unused", condition=Q(unused__gt=0)),
        ]

    def __str__(self) -> str:
        return self.number


class Allocation(CustomerOwned):
    """Part of a payment put on one invoice (“allocation” in SPEC's words)."""

    asks = Permission.VIEW_BILLING
    by_link = ByLink(document=("invoice_id", "payment_id"))
    portal_writes = PortalWrites()

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="allocations")
    invoice = models.ForeignKey("invoices.Invoice", on_delete=models.PROTECT, related_name="allocations")
    currency = models.CharField(max_length=3)
    amount = MoneyField(help_text="When it came.")
    taken = MoneyField(editable=False, help_text="Taken off the invoice since.")
    created_at = models.DateTimeField(default=clock.now)
    reversed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="allocation_above_zero"),
            models.CheckConstraint(
                condition=Q(taken__gte=0, taken__lte=F("amount")), name="allocation_taken"
            ),
            models.UniqueConstraint(fields=["payment", "invoice"], name="allocation_once"),
        ]


class Refund(CustomerOwned):
    """Money paid back: of a credit note, of a payment's excess, or of a retainer."""

    asks = Permission.VIEW_BILLING
    by_link = ByLink(document=("credit_note_id", "payment_id", "retainer_id"))
    portal_writes = PortalWrites()

    number = models.CharField(max_length=40)
    credit_note = models.ForeignKey(
        "credit_notes.CreditNote", on_delete=models.PROTECT, null=True, blank=True, related_name="refunds"
    )
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="refunds"
    )
    retainer = models.ForeignKey(
        "retainers.RetainerInvoice", on_delete=models.PROTECT, null=True, blank=True, related_name="refunds"
    )
    currency = models.CharField(max_length=3)
    amount = MoneyField()
    date = models.DateField()
    mode = models.CharField(max_length=14, choices=PaymentMode)
    reference = models.CharField(max_length=100, blank=True)
    note = models.TextField(blank=True)
    gateway_refund = models.ForeignKey(
        "payments.GatewayRefund", on_delete=models.PROTECT, null=True, blank=True, related_name="refunds"
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)
    reversed_at = models.DateTimeField(null=True, editable=False, help_text="When it was undone.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="refund_number_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_above_zero"),
            models.CheckConstraint(
                condition=Q(credit_note__isnull=False, payment__isnull=True, retainer__isnull=True)
                | Q(credit_note__isnull=True, payment__isnull=False, retainer__isnull=True)
                | Q(credit_note__isnull=True, payment__isnull=True, retainer__isnull=False),
                name="refund_one_source",
            ),
        ]

    def __str__(self) -> str:
        return self.number
