"""What was sent on to whom: a forwarded document, and each address it went to."""

from __future__ import annotations

from django.db import models

from portico.access.tenancy import CustomerOwned
from portico.kit import clock
from portico.transactions.models import DocumentKind

LONGEST = 2_000
"""Characters of the message."""


class Forwarding(CustomerOwned):
    """A document that a contact person sent on (S5.4)."""

    contact_person = models.ForeignKey("customers.ContactPerson", on_delete=models.PROTECT, related_name="+")
    document_kind = models.CharField(max_length=20, choices=DocumentKind)
    document_id = models.UUIDField()
    number = models.CharField(max_length=40)
    message = models.TextField(blank=True, max_length=LONGEST)
    at = models.DateTimeField(default=clock.now)
    submission_key = models.UUIDField(help_text="Of the form it was sent with: sent twice, it goes out once.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "submission_key"], name="forwarding_once")]

    def __str__(self) -> str:
        return self.number


class ForwardedTo(CustomerOwned):
    """One address a document was sent on to, and who it became."""

    forwarding = models.ForeignKey(Forwarding, on_delete=models.CASCADE, related_name="recipients")
    sender_id = models.UUIDField(help_text="The contact person who sent it on, for the limit of a day.")
    contact_person = models.ForeignKey(
        "customers.ContactPerson", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    email = models.EmailField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["sender_id", "-at"], name="forwarded_by_sender")]
        constraints = [models.UniqueConstraint(fields=["forwarding", "email"], name="forwarded_to_once")]

    def __str__(self) -> str:
        return self.email
