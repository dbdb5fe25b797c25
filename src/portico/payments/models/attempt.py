"""A payment attempt: the intent to charge, committed before any gateway is called."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from portico.access.actors import Permission
from portico.access.tenancy import ByLink, CustomerOwned, PortalWrites
from portico.kit import clock
from portico.kit.fields import MoneyField
from portico.kit.money import format_money
from portico.kit.states import Moves


class AttemptState(models.TextChoices):
    """How far an attempt has come (S6.4). Unknown is not failed."""

    CREATED = "created", "Created"
    SUBMITTED = "submitted", "Submitted"
    NEEDS_ACTION = "needs_action", "Needs action"
    PROCESSING = "processing", "On its way"
    SUCCEEDED = "succeeded", "Succeeded"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"
    UNKNOWN = "unknown", "Being checked"
    RETURNED = "returned", "Returned by the bank"


_S = AttemptState
_ENDS = frozenset({_S.SUCCEEDED, _S.FAILED, _S.CANCELLED})
ATTEMPT_MOVES = Moves(
    "payment attempt",
    {
        _S.CREATED: frozenset({_S.SUBMITTED, _S.CANCELLED, _S.FAILED}),
        _S.SUBMITTED: frozenset({_S.NEEDS_ACTION, _S.PROCESSING, _S.UNKNOWN}) | _ENDS,
        _S.NEEDS_ACTION: frozenset({_S.PROCESSING, _S.UNKNOWN}) | _ENDS,
        _S.PROCESSING: frozenset({_S.UNKNOWN}) | _ENDS,
        _S.UNKNOWN: frozenset({_S.NEEDS_ACTION, _S.PROCESSING}) | _ENDS,
        _S.SUCCEEDED: frozenset({_S.RETURNED}),
        # Money that a gateway has taken is never ignored, whatever we believed before.
        _S.FAILED: frozenset({_S.SUCCEEDED}),
        _S.CANCELLED: frozenset({_S.SUCCEEDED}),
    },
)
PENDING = (_S.CREATED, _S.SUBMITTED, _S.NEEDS_ACTION, _S.PROCESSING, _S.UNKNOWN)
"""States in which the attempt's amounts are reserved."""


class PaymentAttempt(CustomerOwned):
    """One try to take one sum; its id is the idempotency key at the gateway."""

    asks = Permission.VIEW_BILLING
    by_link = ByLink(
        link="link_id",
        through=("payments.AttemptAllocation.attempt", "payments.CreditUsePart.attempt"),
        takes=True,
    )
    portal_writes = PortalWrites(
        adds="state = 'created' AND gateway_reference = '' AND action_url = '' AND NOT is_unattended"
        " AND contact_person_id IS NOT DISTINCT FROM portico_contact()"
        " AND (saved_method_id IS NULL OR EXISTS (SELECT FROM payments_savedmethod AS m"
        " WHERE m.id = saved_method_id AND m.removed_at IS NULL))"
    )

    gateway_account = models.ForeignKey("payments.GatewayAccount", on_delete=models.PROTECT, related_name="+")
    contact_person = models.ForeignKey(
        "customers.ContactPerson", on_delete=models.PROTECT, null=True, related_name="+"
    )
    link = models.ForeignKey(
        "links.PublicLink",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The public link through which somebody pays who is not signed in.",
    )
    submission_key = models.UUIDField(help_text="From the form: the same submission is the same attempt.")
    currency = models.CharField(max_length=3)
    amount = MoneyField()
    state = models.CharField(max_length=12, choices=AttemptState, default=AttemptState.CREATED)
    gateway_reference = models.CharField(max_length=200, blank=True)
    action_url = models.URLField(max_length=1000, blank=True)
    mode = models.CharField(max_length=14, default="card", help_text="What is charged.")
    saved_method = models.ForeignKey(
        "payments.SavedMethod", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    saves_method = models.BooleanField(default=False, help_text="Whether what is charged is kept for later.")
    is_unattended = models.BooleanField(
        default=False, help_text="Charged by autopay, with nobody there to be asked."
    )
    mandate = models.JSONField(
        default=dict, help_text="For a bank debit: what the person agreed to, when, and from where."
    )
    method_label = models.CharField(max_length=60, blank=True)
    failure_code = models.CharField(max_length=60, blank=True)
    failure_message = models.CharField(max_length=300, blank=True)
    waits_until = models.DateTimeField(
        null=True, help_text="How long the gateway waits, where it takes days: two small deposits."
    )
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "submission_key"], name="attempt_submitted_once"),
            models.UniqueConstraint(
                fields=["gateway_account", "gateway_reference"],
                name="attempt_reference_once",
                condition=~Q(gateway_reference=""),
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="attempt_above_zero"),
            models.CheckConstraint(
                condition=Q(saved_method__isnull=True, saves_method=False)
                | Q(contact_person__isnull=False, saves_method=False)
                | Q(contact_person__isnull=False, saved_method__isnull=True),
                name="attempt_methods_have_an_owner",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "changed_at"],
                name="attempt_pending",
                condition=Q(state__in=["created", "submitted", "needs_action", "processing", "unknown"]),
            ),
            models.Index(fields=["customer", "-created_at"], name="attempt_by_customer"),
        ]

    def __str__(self) -> str:
        return f"{format_money(self.amount)}, {self.get_state_display()}"


class AttemptAllocation(CustomerOwned):
    """What an attempt is meant to pay: an invoice or a retainer invoice, and how much of it."""

    asks = Permission.VIEW_BILLING
    by_link = ByLink(document=("invoice_id", "retainer_id"), takes=True)
    portal_writes = PortalWrites(adds="true")

    attempt = models.ForeignKey(PaymentAttempt, on_delete=models.CASCADE, related_name="allocations")
    invoice = models.ForeignKey(
        "invoices.Invoice", on_delete=models.PROTECT, null=True, related_name="attempt_allocations"
    )
    retainer = models.ForeignKey(
        "retainers.RetainerInvoice", on_delete=models.PROTECT, null=True, related_name="attempt_allocations"
    )
    currency = models.CharField(max_length=3)
    amount = MoneyField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="attempt_allocation_above_zero"),
            models.CheckConstraint(
                condition=Q(invoice__isnull=True, retainer__isnull=False)
                | Q(invoice__isnull=False, retainer__isnull=True),
                name="attempt_allocation_one_target",
            ),
            models.UniqueConstraint(fields=["attempt", "invoice"], name="attempt_invoice_once"),
        ]


class AttemptChange(CustomerOwned):
    """The attempt's history: one row for each move of its state, and for each answer that was refused."""

    asks = Permission.VIEW_BILLING
    by_link = ByLink(of=("attempt",), takes=True)
    portal_writes = PortalWrites(adds="was = '' AND became = 'created'")

    attempt = models.ForeignKey(PaymentAttempt, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField(default=clock.now)
    was = models.CharField(max_length=12, blank=True)
    became = models.CharField(max_length=12)
    via = models.CharField(max_length=20, help_text="page, event, return, reconcile")
    reason = models.TextField(blank=True)
