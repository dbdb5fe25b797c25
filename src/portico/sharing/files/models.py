"""A file that an organisation and one of its customers share, in either direction (S9.1)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from portico.access.actors import ContactActor, Permission
from portico.access.tenancy import CustomerOwned
from portico.kit import clock


class SharedFile(CustomerOwned):
    """What is known of a file; its bytes are in the storage, under a name that nobody chose."""

    class Side(models.TextChoices):
        """Who shared it."""

        ORGANISATION = "organisation", "The organisation"
        CUSTOMER = "customer", "The customer"

    name = models.CharField(max_length=150, help_text="As people see it, made safe.")
    note = models.CharField(max_length=500, blank=True)
    side = models.CharField(max_length=12, choices=Side)
    media_type = models.CharField(max_length=100, help_text="Judged by the content.")
    size = models.PositiveBigIntegerField(help_text="In bytes.")
    sha256 = models.CharField(max_length=64)
    storage_key = models.CharField(max_length=120, unique=True, editable=False)
    scanned = models.BooleanField(default=False, help_text="A virus scanner found nothing.")
    needs_billing = models.BooleanField(
        "Only for those who may see billing",
        default=False,
        help_text="Contact persons without “View billing” do not see it.",
    )
    shared_by_id = models.UUIDField(null=True, help_text="The contact person or staff member.")
    shared_by = models.CharField(max_length=200, help_text="Their name.")
    shared_at = models.DateTimeField(default=clock.now)
    shared_on = models.DateField(help_text="The day, in the organisation's time zone.")
    opened_at = models.DateTimeField(null=True, help_text="When the other side first opened it.")
    opened_by = models.CharField(max_length=200, blank=True)
    removed_at = models.DateTimeField(null=True, help_text="The bytes are deleted a month later.")
    removed_by = models.CharField(max_length=200, blank=True)
    purged_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["customer", "-shared_on", "-id"], name="file_by_time"),
            models.Index(fields=["removed_at"], name="file_removed", condition=Q(purged_at=None)),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0), name="file_is_not_empty"),
            models.CheckConstraint(
                condition=Q(purged_at=None) | Q(removed_at__isnull=False), name="purged_was_removed"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def portal_rows(cls, actor: ContactActor) -> Q:
        """The customer's own that are not removed; what is for billing only for those who may see it."""
        mine = super().portal_rows(actor) & Q(removed_at=None)
        return mine if actor.may(Permission.VIEW_BILLING) else mine & Q(needs_billing=False)
