"""A customer's own credit put on invoices while paying: the wish, reserved while its attempt is pending."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from portico.access.actors import Permission
from portico.access.tenancy import ByLink, CustomerOwned, PortalWrites
from portico.kit import clock
from portico.kit.fields import MoneyField


class CreditUse(CustomerOwned):
    """One submission that uses credit: beside an attempt's charge, or alone where credit covers everything."""

    asks = Permission.VIEW_BILLING
    portal_writes = PortalWrites(adds="contact_person_id = portico_contact()", changes=("applied_at",))

    attempt = models.OneToOneField(
        "payments.PaymentAttempt",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="credit_use",
        help_text="What is charged beside it; nothing where credit covers everything.",
    )
    contact_person = models.ForeignKey("customers.ContactPerson", on_delete=models.PROTECT, related_name="+")
    submission_key = models.UUIDField(help_text="From the form: the same submission is the same use.")
    currency = models.CharField(max_length=3)
    created_at = models.DateTimeField(default=clock.now)
    applied_at = models.DateTimeField(null=True, help_text="When it was put on the invoices, once.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "submission_key"], name="credit_use_submitted_once")
        ]


class CreditUsePart(CustomerOwned):
    """How much of which credit is for which invoice; `applied` is what there still was of both in the end."""

    asks = Permission.VIEW_BILLING
    # Through a link it only counts as on its way, so that nobody pays the same balance beside it.
    by_link = ByLink(document=("invoice_id",))
    portal_writes = PortalWrites(adds="applied = 0", changes=("applied",))

    use = models.ForeignKey(CreditUse, on_delete=models.CASCADE, related_name="parts")
    attempt = models.ForeignKey(
        "payments.PaymentAttempt", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    position = models.PositiveIntegerField()
    invoice = models.ForeignKey("invoices.Invoice", on_delete=models.PROTECT, related_name="+")
    credit_note = models.ForeignKey(
        "credit_notes.CreditNote", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    payment = models.ForeignKey(
        "payments.Payment", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    retainer = models.ForeignKey(
        "retainers.RetainerInvoice", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    currency = models.CharField(max_length=3)
    amount = MoneyField()
    applied = MoneyField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["use", "position"], name="credit_use_part_position_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, applied__gte=0, applied__lte=F("amount")),
                name="credit_use_part_amounts",
            ),
            models.CheckConstraint(
                condition=Q(credit_note__isnull=False, payment__isnull=True, retainer__isnull=True)
                | Q(credit_note__isnull=True, payment__isnull=False, retainer__isnull=True)
                | Q(credit_note__isnull=True, payment__isnull=True, retainer__isnull=False),
                name="credit_use_part_one_source",
            ),
        ]
