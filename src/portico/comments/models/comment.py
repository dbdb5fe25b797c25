"""A comment beside a document, the mark that a contact person has not read it, and how far staff have read."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from portico.access.actors import ContactActor
from portico.access.tenancy import CustomerOwned, Owned
from portico.kit import clock
from portico.transactions.models import DocumentKind

LONGEST = 4_000
"""Characters of one comment."""


class Comment(CustomerOwned):
    """What a contact person or a staff member wrote beside a document (S5.3).

    An internal comment, and one that was hidden, do not exist in a customer's scope: sql/policies.sql.
    """

    document_kind = models.CharField(max_length=20, choices=DocumentKind)
    document_id = models.UUIDField()
    number = models.CharField(max_length=40, blank=True, help_text="The document's, when it was written.")
    at = models.DateTimeField(default=clock.now)
    contact_person = models.ForeignKey(
        "customers.ContactPerson", on_delete=models.PROTECT, null=True, related_name="+"
    )
    staff_member = models.ForeignKey(
        "organisations.StaffMember", on_delete=models.PROTECT, null=True, related_name="+"
    )
    author_name = models.CharField(max_length=200)
    text = models.TextField(max_length=LONGEST)
    in_portal = models.BooleanField("visible in portal", default=True)
    hidden_at = models.DateTimeField(null=True)
    hidden_by = models.CharField(max_length=200, blank=True)
    submission_key = models.UUIDField(
        help_text="Of the form it was sent with: sent twice, it is written once."
    )

    class Meta:
        indexes = [
            models.Index(fields=["document_id", "at"], name="comment_by_document"),
            models.Index(fields=["customer", "-at"], name="comment_by_customer"),
            models.Index(fields=["organisation", "-at"], name="comment_office_by_time"),
            models.Index(
                fields=["organisation", "-at"],
                name="comment_of_customers",
                condition=Q(contact_person__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["customer", "submission_key"], name="comment_once"),
            models.CheckConstraint(
                condition=Q(contact_person__isnull=True) | Q(staff_member__isnull=True, in_portal=True),
                name="comment_of_a_customer_is_no_secret",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.author_name}: {self.text[:60]}"

    @property
    def is_staffs(self) -> bool:
        """Whether the organisation's side wrote it."""
        return self.contact_person_id is None

    @classmethod
    def portal_rows(cls, actor: ContactActor) -> Q:
        return super().portal_rows(actor) & Q(in_portal=True, hidden_at=None)


class Unread(CustomerOwned):
    """A comment that a contact person has not read yet; gone once they open the document's page: sql/reading.sql."""

    contact_person = models.ForeignKey("customers.ContactPerson", on_delete=models.CASCADE, related_name="+")
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="unread")
    document_kind = models.CharField(max_length=20)
    document_id = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contact_person", "comment"], name="unread_once")]
        indexes = [models.Index(fields=["contact_person", "document_id"], name="unread_by_document")]


class StaffReading(Owned):
    """How far a staff member has read the conversation beside a document."""

    staff_member = models.ForeignKey("organisations.StaffMember", on_delete=models.CASCADE, related_name="+")
    document_kind = models.CharField(max_length=20)
    document_id = models.UUIDField()
    read_to = models.DateTimeField(help_text="When the last comment they saw was written.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["staff_member", "document_id"], name="staff_reading_once")
        ]
