"""Saved cards and bank accounts: what the gateway calls them, and what a person recognises them by (S6.3)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from portico.access.actors import Permission
from portico.access.tenancy import CustomerOwned, PortalWrites
from portico.kit import clock
from portico.kit.states import Moves


class SavingState(models.TextChoices):
    """How far saving a method without paying has come."""

    CREATED = "created", "Created"
    NEEDS_ACTION = "needs_action", "Needs action"
    SUCCEEDED = "succeeded", "Saved"
    FAILED = "failed", "Failed"


_S = SavingState
SAVING_MOVES = Moves(
    "payment method",
    {
        _S.CREATED: frozenset({_S.NEEDS_ACTION, _S.SUCCEEDED, _S.FAILED}),
        _S.NEEDS_ACTION: frozenset({_S.SUCCEEDED, _S.FAILED}),
    },
)


class SavedMethod(CustomerOwned):
    """A card or bank account that a gateway keeps for a person; no number of it is here.

    The policy lets nobody else at the customer see it: migration 0005 adds that to the wall around the customer. Who
    may not pay any more still sees their own, to remove them; every other use of one asks for the permission itself.
    """

    portal_writes = PortalWrites(changes=("is_default", "removed_at"))

    contact_person = models.ForeignKey("customers.ContactPerson", on_delete=models.PROTECT, related_name="+")
    gateway_account = models.ForeignKey("payments.GatewayAccount", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=14, help_text="A card, a bank account or a wallet.")
    gateway_reference = models.CharField(max_length=200)
    owner_reference = models.CharField(
        max_length=200, blank=True, help_text="What the gateway calls the person."
    )
    brand = models.CharField(max_length=60, blank=True, help_text="Visa, or the bank's name.")
    last4 = models.CharField(max_length=4, blank=True)
    expires = models.DateField(null=True, help_text="The last day on which the card is good.")
    only_currency = models.CharField(
        max_length=3,
        blank=True,
        help_text="The only one it can be charged in; empty where it has none, such as a card.",
    )
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    used_at = models.DateTimeField(null=True, editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)
    forgotten_at = models.DateTimeField(
        null=True, editable=False, help_text="When the gateway removed it too."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gateway_account", "gateway_reference", "contact_person"], name="saved_method_once"
            ),
            models.UniqueConstraint(
                fields=["contact_person"],
                name="saved_method_one_default",
                condition=Q(is_default=True),
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True) | Q(is_default=False),
                name="saved_method_removed_no_default",
            ),
            models.CheckConstraint(
                condition=Q(last4__regex=r"^[0-9A-Za-z]{0,4}$"), name="saved_method_four_digits_at_most"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.brand} ending {self.last4}" if self.last4 else self.brand

    def can_pay(self, currency: str) -> bool:
        """Whether it can be charged in this currency at all: a mandate for debits in euros pays nothing in dollars."""
        return self.only_currency in ("", currency)


class MethodSaving(CustomerOwned):
    """One try to save a method without paying; its id is the idempotency key at the gateway. Only its person sees it."""

    asks = Permission.PAY
    portal_writes = PortalWrites(
        adds="state = 'created' AND saved_method_id IS NULL AND gateway_reference = '' AND action_url = ''"
    )

    contact_person = models.ForeignKey("customers.ContactPerson", on_delete=models.PROTECT, related_name="+")
    gateway_account = models.ForeignKey("payments.GatewayAccount", on_delete=models.PROTECT, related_name="+")
    submission_key = models.UUIDField(help_text="From the form: the same submission is the same try.")
    kind = models.CharField(max_length=14)
    state = models.CharField(max_length=12, choices=SavingState, default=SavingState.CREATED)
    gateway_reference = models.CharField(max_length=200, blank=True)
    action_url = models.URLField(max_length=1000, blank=True)
    failure_message = models.CharField(max_length=300, blank=True)
    waits_until = models.DateTimeField(
        null=True, help_text="How long the gateway waits, where it takes days: two small deposits."
    )
    mandate = models.JSONField(default=dict, help_text="What the person agreed to, when, and from where.")
    saved_method = models.ForeignKey(SavedMethod, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact_person", "submission_key"], name="method_saving_submitted_once"
            )
        ]
