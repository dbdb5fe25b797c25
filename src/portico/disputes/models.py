"""A dispute as the gateway tells of it, and the money it has taken from a payment for now or for good."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from portico.access.actors import Permission
from portico.access.tenancy import CustomerOwned, PortalWrites
from portico.kit import clock
from portico.kit.fields import MoneyField
from portico.kit.money import format_money
from portico.kit.states import Moves


class DisputeState(models.TextChoices):
    """How a dispute stands; the values are those of the gateways' DisputeState."""

    OPEN = "open", "Evidence is asked for"
    UNDER_REVIEW = "under_review", "Under review"
    WON = "won", "Won"
    LOST = "lost", "Lost"


_S = DisputeState
DISPUTE_MOVES = Moves(
    "dispute",
    {
        _S.OPEN: frozenset({_S.UNDER_REVIEW, _S.WON, _S.LOST}),
        _S.UNDER_REVIEW: frozenset({_S.OPEN, _S.WON, _S.LOST}),
        # A bank may change its mind, or the card network decides otherwise in the end.
        _S.LOST: frozenset({_S.WON}),
    },
)
UNDECIDED = (_S.OPEN, _S.UNDER_REVIEW)


class Dispute(CustomerOwned):
    """One dispute of one payment. `taken` is the money that is gone because of it, restored when it is won."""

    asks = Permission.VIEW_BILLING
    portal_writes = PortalWrites()

    payment = models.ForeignKey("payments.Payment", on_delete=models.PROTECT, related_name="disputes")
    gateway_reference = models.CharField(max_length=200)
    currency = models.CharField(max_length=3)
    amount = MoneyField()
    state = models.CharField(max_length=14, choices=DisputeState, default=DisputeState.OPEN)
    reason = models.CharField(max_length=300, blank=True, help_text="In the bank's words.")
    evidence_due = models.DateTimeField(
        null=True, help_text="Until when evidence can be handed in, at the gateway."
    )
    taken = models.OneToOneField(
        "payments.TakenBack", on_delete=models.PROTECT, null=True, blank=True, related_name="dispute"
    )
    opened_at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(default=clock.now, editable=False)
    reminded_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payment", "gateway_reference"], name="dispute_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="dispute_above_zero"),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "evidence_due"],
                name="dispute_undecided",
                condition=Q(state__in=["open", "under_review"]),
            )
        ]

    def __str__(self) -> str:
        return f"Dispute {self.gateway_reference}, {format_money(self.amount)}"
