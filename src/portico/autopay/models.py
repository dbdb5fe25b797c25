"""A customer's standing wish to have invoices charged, and each charge that follows from it (S6.8)."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, gettext_noop

from portico.access.actors import Permission
from portico.access.tenancy import CustomerOwned, PortalWrites
from portico.kit import clock
from portico.kit.fields import MoneyField
from portico.kit.states import Moves


class Autopay(CustomerOwned):
    """The wish of one contact person: charge this method for each invoice of the customer. At most one runs."""

    asks = Permission.VIEW_BILLING

    class Stop(models.TextChoices):
        PERSON = "person", "Stopped by the customer"
        STAFF = "staff", "Stopped by staff"
        METHOD = "method", "The card or bank account was removed or has expired"
        ACCESS = "access", "The person who set it up may not pay any more"
        GATEWAY = "gateway", "The way to pay is not offered any more"

    portal_writes = PortalWrites(
        adds="contact_person_id = portico_contact() AND stopped_at IS NULL AND EXISTS"
        " (SELECT FROM payments_savedmethod AS m WHERE m.id = saved_method_id AND m.removed_at IS NULL)",
        changes=("stopped_at", "stopped_because"),
        becomes="stopped_at IS NOT NULL",
    )

    contact_person = models.ForeignKey("customers.ContactPerson", on_delete=models.PROTECT, related_name="+")
    saved_method = models.ForeignKey("payments.SavedMethod", on_delete=models.PROTECT, related_name="+")
    method_label = models.CharField(
        max_length=80, help_text="For the others at the customer, who do not see the method itself."
    )
    currency = models.CharField(max_length=3)
    maximum = MoneyField(help_text="For one charge; zero means that there is none.")
    agreement = models.TextField(help_text="The words the person agreed to.")
    agreed_from = models.GenericIPAddressField(null=True)
    started_at = models.DateTimeField(default=clock.now, editable=False)
    stopped_at = models.DateTimeField(null=True, editable=False)
    stopped_because = models.CharField(max_length=10, choices=Stop, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], name="autopay_one_runs", condition=Q(stopped_at__isnull=True)
            ),
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True, stopped_because="")
                | (Q(stopped_at__isnull=False) & ~Q(stopped_because="")),
                name="autopay_says_why_it_stopped",
            ),
            models.CheckConstraint(condition=Q(maximum__gte=0), name="autopay_maximum_not_below_zero"),
        ]

    def __str__(self) -> str:
        return f"Autopay by {self.method_label}"


class ChargeState(models.TextChoices):
    """How far one charge has come."""

    PLANNED = "planned", "Planned"
    CHARGING = "charging", "Being charged"
    PAID = "paid", "Paid"
    FAILED = "failed", "Failed"
    SKIPPED = "skipped", "Not charged"


_S = ChargeState
CHARGE_MOVES = Moves(
    "automatic charge",
    {
        _S.PLANNED: frozenset({_S.CHARGING, _S.SKIPPED}),
        # Back to planned: it failed and is tried again, or the attempt never came to charging.
        _S.CHARGING: frozenset({_S.PLANNED, _S.PAID, _S.FAILED, _S.SKIPPED}),
    },
)
OVER: Final = gettext_noop("It is over the maximum for one charge.")
"""Why a charge is not made of an invoice that is larger than the customer allows."""
STOPPED: Final = gettext_noop("Autopay was stopped.")
PAID_OTHERWISE: Final = gettext_noop("The invoice was paid otherwise, or is void.")
WENT_BACK: Final = gettext_noop("Money that had paid the invoice went back since.")
NEVER_CHARGED: Final = gettext_noop("It never came to charging.")
ASKS: Final = gettext_noop("The bank asks the customer to confirm this payment themselves.")
OPEN_CHARGES = (_S.PLANNED, _S.CHARGING)


class AutopayCharge(CustomerOwned):
    """One invoice that is charged on a day the customer was told of; at most once, however often it is tried."""

    asks = Permission.VIEW_BILLING
    portal_writes = PortalWrites(
        changes=("autopay_id", "state", "reason", "ended_at"), becomes="state IN ('planned', 'skipped')"
    )

    autopay = models.ForeignKey(Autopay, on_delete=models.PROTECT, related_name="charges")
    invoice = models.ForeignKey("invoices.Invoice", on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    amount = MoneyField(help_text="What was announced, and the most that is charged.")
    state = models.CharField(max_length=10, choices=ChargeState, default=ChargeState.PLANNED)
    charge_on = models.DateField(help_text="In the organisation's time zone; later, when it is tried again.")
    attempt = models.ForeignKey(
        "payments.PaymentAttempt",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="The newest try.",
    )
    tries = models.PositiveIntegerField(default=0, help_text="How many attempts were made of it.")
    failures = models.PositiveIntegerField(default=0, help_text="How many of them failed.")
    reason = models.CharField(max_length=300, blank=True)
    announced_at = models.DateTimeField(default=clock.now, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["autopay", "invoice"], name="autopay_charge_once"),
            models.UniqueConstraint(
                fields=["invoice"],
                name="autopay_charge_one_open",
                condition=Q(state__in=["planned", "charging"]),
            ),
            models.UniqueConstraint(
                fields=["attempt"], name="autopay_charge_of_attempt", condition=Q(attempt__isnull=False)
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="autopay_charge_above_zero"),
            models.CheckConstraint(
                condition=~Q(state="charging") | Q(attempt__isnull=False), name="autopay_charging_has_attempt"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "charge_on"],
                name="autopay_charge_open",
                condition=Q(state__in=["planned", "charging"]),
            ),
            models.Index(fields=["customer", "-charge_on"], name="autopay_charge_newest"),
        ]

    @property
    def why(self) -> str:
        """The reason in the reader's language, where it is one of the sentences above and not the gateway's own words."""
        return gettext(self.reason) if self.reason else ""
