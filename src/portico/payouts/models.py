"""A payout of a gateway to the organisation's bank, and the lines of which it is the sum."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from portico.access.tenancy import Owned, Tenancy
from portico.kit import clock
from portico.kit.fields import MoneyField


class Payout(Owned):
    """What a gateway has paid out. The database proves, at commit, that its lines add up (payouts/sql/payouts.sql)."""

    tenancy = Tenancy.STAFF

    gateway_account = models.ForeignKey("payments.GatewayAccount", on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=200)
    currency = models.CharField(max_length=3)
    gross = MoneyField(help_text="Before fees.")
    fee = MoneyField()
    amount = MoneyField(
        help_text="What reaches the bank: gross less fees; below zero where it is taken from there."
    )
    arrives = models.DateField()
    state = models.CharField(max_length=40)
    read_at = models.DateTimeField(default=clock.now, editable=False)
    asked_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="When the payments that it takes something back of had been asked about.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gateway_account", "reference"], name="payout_once"),
            models.CheckConstraint(condition=Q(amount=F("gross") - F("fee")), name="payout_adds_up"),
        ]
        indexes = [models.Index(fields=["organisation", "-arrives"], name="payout_by_day")]

    def __str__(self) -> str:
        return f"Payout {self.reference}"


class PayoutLine(Owned):
    """One thing in a payout: a charge, a refund, a fee, a dispute, an adjustment."""

    tenancy = Tenancy.STAFF

    payout = models.ForeignKey(Payout, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    reference = models.CharField(max_length=200, blank=True, help_text="The gateway's, of the payment.")
    payment = models.ForeignKey(
        "payments.Payment", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    currency = models.CharField(max_length=3)
    gross = MoneyField()
    fee = MoneyField()
    net = MoneyField()
    description = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payout", "position"], name="payout_line_position_once"),
            models.CheckConstraint(condition=Q(net=F("gross") - F("fee")), name="payout_line_adds_up"),
        ]
