"""Which statements there are, who wishes to have one by e-mail, and which were sent (S8.2, S8.4)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from portico.access.actors import Permission
from portico.access.tenancy import CustomerOwned
from portico.kit import clock


class StatementKind(models.TextChoices):
    """The kinds of statements."""

    ACTIVITY = "activity", _("Activity")
    OUTSTANDING = "outstanding", _("Outstanding documents")
    AGEING = "ageing", _("Ageing")


class Every(models.TextChoices):
    """How often a statement is e-mailed."""

    MONTH = "month", _("Every month")
    WEEK = "week", _("Every week")


class StatementWish(CustomerOwned):
    """A contact person's wish to have statements by e-mail: how often, and of which kind."""

    asks = Permission.VIEW_BILLING

    contact_person = models.OneToOneField(
        "customers.ContactPerson", on_delete=models.CASCADE, related_name="statement_wish"
    )
    every = models.CharField(max_length=5, choices=Every)
    kind = models.CharField(max_length=12, choices=StatementKind, default=StatementKind.ACTIVITY)
    since = models.DateField(help_text="Only periods that end on this day or later are sent.")
    created_at = models.DateTimeField(default=clock.now, editable=False)


class SentStatement(CustomerOwned):
    """A statement that was e-mailed to one contact person in one currency: from this row its PDF is made."""

    asks = Permission.VIEW_BILLING

    contact_person = models.ForeignKey("customers.ContactPerson", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=StatementKind)
    currency = models.CharField(max_length=3)
    first = models.DateField(help_text="The first day it covers.")
    last = models.DateField(help_text="The last day it covers.")
    every = models.CharField(max_length=5, choices=Every, blank=True, help_text="Empty where staff sent it.")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact_person", "every", "first", "currency"],
                name="scheduled_statement_once",
                condition=~models.Q(every=""),
            )
        ]
