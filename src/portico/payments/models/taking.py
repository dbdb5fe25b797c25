"""What comes off a payment again: parts taken off invoices, and money that a bank has taken back."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from portico.access.actors import Permission
from portico.access.tenancy import ByLink, CustomerOwned, PortalWrites
from portico.kit import clock
from portico.kit.fields import MoneyField
from portico.kit.money import format_money


class TakenBackKind(models.TextChoices):
    """Why money that had come is gone again."""

    RETURN = "return", "Returned by the bank"
    DISPUTE = "dispute", "Disputed"


class TakenBack(CustomerOwned):
    """Money of a payment that the customer's bank has taken back, until it is given back (a dispute that is won).

    amount = what came out of the payment's credit + `from_retainer` + `charged`. The last is what was not there any
    more, because it had been paid back to the customer already: the customer owes it, on the invoice `charge`.
    """

    asks = Permission.VIEW_BILLING
    by_link = ByLink(document=("payment_id",))
    portal_writes = PortalWrites()

    payment = models.ForeignKey("payments.Payment", on_delete=models.PROTECT, related_name="taken")
    kind = models.CharField(max_length=10, choices=TakenBackKind)
    currency = models.CharField(max_length=3)
    amount = MoneyField()
    from_retainer = MoneyField(help_text="Of what had been put on the retainer invoice.")
    charged = MoneyField(help_text="What the customer had been paid back before.")
    charge = models.ForeignKey(
        "invoices.Invoice", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    date = models.DateField(help_text="The day it counts for, in the organisation's time zone.")
    reason = models.CharField(max_length=300, blank=True, help_text="In the bank's words.")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    restored_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = "taking back"
        verbose_name_plural = "takings back"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="taken_back_above_zero"),
            models.CheckConstraint(
                condition=Q(
                    from_retainer__gte=0, charged__gte=0, amount__gte=F("from_retainer") + F("charged")
                ),
                name="taken_back_parts",
            ),
            models.CheckConstraint(
                condition=Q(charged=0, charge__isnull=True) | Q(charged__gt=0, charge__isnull=False),
                name="taken_back_charge",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {format_money(self.amount)}"


class Unallocation(CustomerOwned):
    """Part of an allocation taken off its invoice, so that it is the customer's credit; it may be put on again."""

    asks = Permission.VIEW_BILLING
    by_link = ByLink(document=("payment_id",))
    portal_writes = PortalWrites()

    payment = models.ForeignKey("payments.Payment", on_delete=models.PROTECT, related_name="unallocations")
    allocation = models.ForeignKey(
        "payments.Allocation", on_delete=models.PROTECT, related_name="unallocations"
    )
    taken = models.ForeignKey(
        TakenBack, on_delete=models.PROTECT, null=True, blank=True, related_name="unallocations"
    )
    gateway_refund = models.ForeignKey(
        "payments.GatewayRefund",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="unallocations",
    )
    currency = models.CharField(max_length=3)
    amount = MoneyField()
    date = models.DateField()
    created_at = models.DateTimeField(default=clock.now, editable=False)
    reversed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="unallocation_above_zero")]
