"""Requests to be forgotten, and how they were answered (S9.3)."""

from __future__ import annotations

from django.db import models

from portico.access.tenancy import CustomerOwned
from portico.customers.models import ContactPerson
from portico.kit import clock
from portico.kit.states import Moves


class ErasureState(models.TextChoices):
    """How a request for erasure stands."""

    ASKED = "asked", "Asked"
    WITHDRAWN = "withdrawn", "Withdrawn"
    DECLINED = "declined", "Declined"
    DONE = "done", "Erased"


ERASURE_MOVES = Moves(
    "request for erasure",
    {
        ErasureState.ASKED: frozenset({ErasureState.WITHDRAWN, ErasureState.DECLINED, ErasureState.DONE}),
    },
)


class ErasureRequest(CustomerOwned):
    """A contact person asks this organisation to erase what it keeps about them."""

    person = models.ForeignKey(ContactPerson, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=ErasureState, default=ErasureState.ASKED, editable=False)
    asked_at = models.DateTimeField(default=clock.now)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, blank=True)
    answer = models.TextField(max_length=2000, blank=True, help_text="Why it was declined.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], name="one_open_erasure", condition=models.Q(state="asked")
            )
        ]

    def __str__(self) -> str:
        return f"Request for erasure by {self.person}"
