"""What a contact person thinks of a delivery or of the whole, told to the organisation alone (preference 11)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from portico.access.tenancy import CustomerOwned
from portico.kit import clock
from portico.transactions.models import DocumentKind

BEST = 5
LONGEST = 2_000
"""Characters of one review."""


class Review(CustomerOwned):
    """One to five stars with a text; one of each person for each document, and one about the whole."""

    contact_person = models.ForeignKey("customers.ContactPerson", on_delete=models.PROTECT, related_name="+")
    document_kind = models.CharField(max_length=20, choices=DocumentKind, blank=True)
    document_id = models.UUIDField(null=True, help_text="Empty: about the organisation as a whole.")
    number = models.CharField(max_length=40, blank=True)
    author_name = models.CharField(max_length=200)
    rating = models.PositiveSmallIntegerField()
    text = models.TextField(max_length=LONGEST, blank=True)
    at = models.DateTimeField(default=clock.now)
    edited_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["organisation", "-at"], name="review_by_time")]
        constraints = [
            models.UniqueConstraint(
                fields=["contact_person", "document_id"], name="review_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(rating__gte=1, rating__lte=BEST), name="review_one_to_five"),
        ]

    def __str__(self) -> str:
        return f"{self.rating} of {BEST}, {self.author_name}"
