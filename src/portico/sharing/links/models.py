"""A public link to one document, and the codes that confirm who opens it."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from portico.access.tenancy import ByLink, CustomerOwned, Owned
from portico.kit import clock
from portico.transactions.models import DocumentKind


class PublicLink(CustomerOwned):
    """One document for one e-mail address, for whoever holds the token (S1.7). Of the token only its hash is kept."""

    by_link = ByLink(link="id")

    document_kind = models.CharField(max_length=20, choices=DocumentKind)
    document_id = models.UUIDField()
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    email = models.EmailField(help_text="The address it was made for.")
    may_pay = models.BooleanField(default=True, help_text="Whoever opens it may pay what is open.")
    made_by_kind = models.CharField(max_length=20, help_text="staff, contact or job")
    made_by_id = models.UUIDField(null=True)
    made_by_name = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, editable=False)
    confirmed_at = models.DateTimeField(
        null=True, editable=False, help_text="When somebody first confirmed to be at that address."
    )

    class Meta:
        indexes = [
            models.Index(fields=["document_id", "-created_at"], name="link_by_document"),
            models.Index(fields=["organisation", "-created_at"], name="link_by_time"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(email=""), name="link_has_address"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("created_at")), name="link_expires_later"
            ),
        ]

    def __str__(self) -> str:
        return f"Link for {self.email}"

    def is_open(self, moment: datetime) -> bool:
        """Whether it works at this moment."""
        return self.revoked_at is None and self.expires_at > moment


class LinkCode(Owned):
    """A code that was e-mailed to a link's address; it counts in one browser, for minutes, and for a few tries."""

    link = models.ForeignKey(PublicLink, on_delete=models.CASCADE, related_name="codes")
    code_hash = models.CharField(
        max_length=64, editable=False, help_text="Keyed with the installation's secret."
    )
    browser_hash = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["link", "-created_at"], name="link_code_by_time")]
