"""A subscription, the billing system it comes from, and which of that system's customers is which of ours (S10)."""

from __future__ import annotations

import datetime as dt

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from portico.access.actors import ContactActor, Permission
from portico.access.tenancy import CustomerOwned, Owned, Tenancy
from portico.kit import clock
from portico.kit.fields import MoneyField


class BillingConnection(Owned):
    """An account at a billing system whose subscriptions are shown here; its secrets are sealed."""

    tenancy = Tenancy.STAFF

    class System(models.TextChoices):
        ZOHO = "zoho", "Zoho Billing"
        STRIPE = "stripe", "Stripe Billing"

    system = models.CharField(max_length=10, choices=System)
    name = models.CharField(max_length=100)
    public = models.JSONField(default=dict, help_text="What is no secret, such as the account's number.")
    sealed = models.BinaryField(editable=False)
    is_active = models.BooleanField(default=True)
    # A sync goes round by round; each round pages through everything and may be resumed after any page.
    round = models.PositiveIntegerField(default=0, editable=False)
    cursor = models.CharField(max_length=300, blank=True, editable=False, help_text="Where the round is.")
    in_round = models.BooleanField(default=False, editable=False)
    wait_until = models.DateTimeField(
        null=True, editable=False, help_text="Until then the system wants rest."
    )
    started_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    failure = models.TextField(blank=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="billing_connection_name_once")
        ]

    def __str__(self) -> str:
        return self.name


class BilledCustomer(Owned):
    """A customer of a billing system, and whom it is here; nobody, until its e-mail address or staff say so."""

    tenancy = Tenancy.STAFF

    connection = models.ForeignKey(BillingConnection, on_delete=models.CASCADE, related_name="customers")
    external_id = models.CharField(max_length=100)
    name = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=254, blank=True)
    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, null=True, related_name="+")
    subscriptions = models.PositiveIntegerField(default=0, help_text="How many the last round had.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "external_id"], name="billed_customer_once")
        ]

    def __str__(self) -> str:
        return self.name or self.external_id


class Status(models.TextChoices):
    """How a subscription stands, in one vocabulary for all billing systems."""

    FUTURE = "future", "Starts later"
    TRIAL = "trial", "Trial"
    ACTIVE = "active", "Active"
    PAST_DUE = "past_due", "Payment overdue"
    PAUSED = "paused", "Paused"
    ENDING = "ending", "Ends soon"
    CANCELLED = "cancelled", "Cancelled"
    EXPIRED = "expired", "Expired"


ENDED = (Status.CANCELLED, Status.EXPIRED)


class Subscription(CustomerOwned):
    """What a customer buys again and again. Dates are calendar days; amounts are in `currency`, for one period."""

    asks = Permission.VIEW_BILLING

    class Unit(models.TextChoices):
        DAY = "day", "Day"
        WEEK = "week", "Week"
        MONTH = "month", "Month"
        YEAR = "year", "Year"

    connection = models.ForeignKey(
        BillingConnection, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    external_id = models.CharField(max_length=100, help_text="Its id where it comes from.")
    plan = models.CharField(max_length=200)
    plan_code = models.CharField(max_length=100, blank=True)
    description = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=Status)
    currency = models.CharField(max_length=3)
    quantity = models.DecimalField(max_digits=15, decimal_places=4, default=1)
    price = MoneyField(help_text="Of one, for one period.")
    amount = MoneyField(help_text="Of all, for one period.")
    every = models.PositiveSmallIntegerField(default=1, help_text="So many units are one period.")
    unit = models.CharField(max_length=5, choices=Unit, default=Unit.MONTH)
    started_on = models.DateField(null=True, blank=True)
    period_start = models.DateField(null=True, blank=True)
    period_end = models.DateField(null=True, blank=True)
    next_billing_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    billing_details = models.JSONField(
        default=list, blank=True, encoder=DjangoJSONEncoder, help_text="[[what, value], …] for people."
    )
    sort_day = models.GeneratedField(
        expression=Coalesce("started_on", Value(dt.date(1970, 1, 1))),
        output_field=models.DateField(),
        db_persist=True,
    )
    round = models.PositiveIntegerField(default=0, editable=False)
    gone_at = models.DateTimeField(
        null=True, editable=False, help_text="When the billing system no longer had it."
    )
    updated_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        indexes = [models.Index(fields=["customer", "-sort_day", "-id"], name="subscription_by_start")]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "external_id"],
                name="subscription_once",
                condition=Q(connection__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["organisation", "external_id"],
                name="fed_subscription_once",
                condition=Q(connection__isnull=True),
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="subscription_of_something"),
            models.CheckConstraint(
                condition=Q(price__gte=0, amount__gte=0), name="subscription_not_negative"
            ),
            models.CheckConstraint(condition=Q(every__gte=1), name="subscription_has_a_period"),
            models.CheckConstraint(
                condition=Q(period_start=None) | Q(period_end=None) | Q(period_start__lte=F("period_end")),
                name="subscription_period_runs_on",
            ),
        ]

    def __str__(self) -> str:
        return self.plan

    @classmethod
    def portal_rows(cls, actor: ContactActor) -> Q:
        """The customer's own that the billing system still has."""
        return super().portal_rows(actor) & Q(gone_at=None)


class SubscriptionInvoice(CustomerOwned):
    """An invoice that was written for a subscription."""

    asks = Permission.VIEW_BILLING

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="invoices")
    invoice = models.ForeignKey("invoices.Invoice", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription", "invoice"], name="subscription_invoice_once")
        ]
