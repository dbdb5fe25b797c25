"""A refund through a gateway: the intent to pay back, committed before the gateway is called."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from portico.access.actors import Permission
from portico.access.tenancy import ByLink, CustomerOwned, PortalWrites
from portico.kit import clock
from portico.kit.fields import MoneyField
from portico.kit.money import format_money
from portico.kit.states import Moves


class RefundState(models.TextChoices):
    """How far a refund has come. Unknown is not failed."""

    CREATED = "created", "Created"
    SUBMITTED = "submitted", "On its way"
    SUCCEEDED = "succeeded", "Paid back"
    FAILED = "failed", "Failed"
    UNKNOWN = "unknown", "Being checked"


_S = RefundState
REFUND_MOVES = Moves(
    "refund",
    {
        _S.CREATED: frozenset({_S.SUBMITTED, _S.SUCCEEDED, _S.FAILED}),
        _S.SUBMITTED: frozenset({_S.SUCCEEDED, _S.FAILED, _S.UNKNOWN}),
        _S.UNKNOWN: frozenset({_S.SUBMITTED, _S.SUCCEEDED, _S.FAILED}),
        # The bank that should have got it sends it back days later: what was booked is restored.
        _S.SUCCEEDED: frozenset({_S.FAILED}),
        # Money that has gone out is never ignored, whatever we believed before.
        _S.FAILED: frozenset({_S.SUCCEEDED}),
    },
)
REFUND_PENDING = (_S.CREATED, _S.SUBMITTED, _S.UNKNOWN)
"""States in which the amount is reserved and the gateway is asked."""


class GatewayRefund(CustomerOwned):
    """Money paid back the way it came; its id is the idempotency key at the gateway.

    The database takes no more of them for one charge than was charged, but those that failed
    (payments/sql/gateway_refunds.sql).
    """

    asks = Permission.VIEW_BILLING
    by_link = ByLink(document=("payment_id",))
    portal_writes = PortalWrites()

    payment = models.ForeignKey("payments.Payment", on_delete=models.PROTECT, related_name="gateway_refunds")
    currency = models.CharField(max_length=3)
    amount = MoneyField()
    state = models.CharField(max_length=12, choices=RefundState, default=RefundState.CREATED)
    gateway_reference = models.CharField(max_length=200, blank=True)
    chosen = models.JSONField(
        default=dict, help_text="Which invoices open again, by id, and by how much; the rest by age."
    )
    is_ours = models.BooleanField(
        default=True, help_text="Whether it was asked for here; otherwise it was made at the gateway itself."
    )
    asked_by = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=300, blank=True, help_text="Told to the customer.")
    charged = MoneyField(help_text="What was not there any more when it was paid back.")
    charge = models.ForeignKey(
        "invoices.Invoice", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    failure_message = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(default=clock.now, editable=False)
    asked_at = models.DateTimeField(null=True, editable=False, help_text="When the gateway was last asked.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="gateway_refund_above_zero"),
            models.UniqueConstraint(
                fields=["payment", "gateway_reference"],
                name="gateway_refund_reference_once",
                condition=~Q(gateway_reference=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "changed_at"],
                name="gateway_refund_pending",
                condition=Q(state__in=["created", "submitted", "unknown"]),
            )
        ]

    def __str__(self) -> str:
        return f"{format_money(self.amount)} of {self.payment}"
