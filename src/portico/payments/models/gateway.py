"""A gateway account of the organisation, its sealed credentials, and the inbox of its events."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from portico.access.tenancy import ByLink, Owned, Tenancy
from portico.kit import clock


class GatewayAccount(Owned):
    """One account at one gateway; `public` holds what a page may know, such as a publishable key."""

    tenancy = Tenancy.ORGANISATION
    by_link = ByLink(all_rows=True)

    gateway = models.CharField(max_length=30, help_text="The provider.")
    name = models.CharField(max_length=100, help_text="What customers read, such as “Card”.")
    public = models.JSONField(default=dict)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="gateway_account_name_once")
        ]

    def __str__(self) -> str:
        return self.name


class GatewayCredential(Owned):
    """The secrets of a gateway account, sealed with the installation's key; never in a customer's scope."""

    tenancy = Tenancy.STAFF

    gateway_account = models.OneToOneField(
        GatewayAccount, on_delete=models.CASCADE, related_name="credential"
    )
    sealed = models.BinaryField()


class GatewayEvent(Owned):
    """The inbox: one row for each event a gateway sent us, or tried to (wall 3)."""

    tenancy = Tenancy.STAFF

    class Outcome(models.TextChoices):
        RECEIVED = "received", "Received"
        APPLIED = "applied", "Applied"
        IGNORED = "ignored", "Nothing to do"
        REFUSED = "refused", "Refused"

    gateway_account = models.ForeignKey(GatewayAccount, on_delete=models.PROTECT, related_name="events")
    event_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=100, blank=True)
    gateway_reference = models.CharField(max_length=200, blank=True)
    said = models.JSONField(default=dict, help_text="The amount and currency the event itself names.")
    body = models.TextField(blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.RECEIVED)
    reason = models.TextField(blank=True)
    deliveries = models.PositiveIntegerField(default=1)
    received_at = models.DateTimeField(default=clock.now)
    applied_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gateway_account", "event_id"], name="gateway_event_once")
        ]
        indexes = [
            models.Index(fields=["organisation", "-received_at"], name="gateway_event_by_time"),
            models.Index(
                fields=["organisation", "received_at"],
                name="gateway_event_waiting",
                condition=Q(outcome="received"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind or 'Event'}, {self.event_id}"
