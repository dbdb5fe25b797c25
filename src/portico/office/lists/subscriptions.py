"""Billing systems, their customers, and the subscriptions that come from them."""

from __future__ import annotations

from django.contrib import admin

from portico.access.actors import Duty
from portico.office.lists.base import OfficeAdmin, Verb, money
from portico.office.site import office
from portico.subscriptions.models import BilledCustomer, BillingConnection, Subscription

_OWN = Duty.CONFIGURE


@admin.register(BillingConnection, site=office)
class ConnectionAdmin(OfficeAdmin):
    """Connected billing systems; their secrets are shown nowhere."""

    empty = "Connect the system that bills subscriptions, and customers see theirs."
    list_display = ("name", "system", "is_active", "in_round", "finished_at", "failure")
    ordering = ("name",)
    hidden = frozenset({"sealed", "cursor", "round"})
    list_verbs = (
        Verb("connect-zoho-billing", "Connect Zoho Billing", duty=_OWN),
        Verb("connect-stripe-billing", "Connect Stripe Billing", duty=_OWN),
    )
    verbs = (
        Verb("change-billing", "Settings", duty=_OWN),
        Verb("stop-billing", "Stop reading", lambda row: row.is_active, duty=_OWN),
        Verb("resume-billing", "Read again", lambda row: not row.is_active, duty=_OWN),
    )


@admin.register(BilledCustomer, site=office)
class BilledAdmin(OfficeAdmin):
    """Whom a billing system bills, and who that is here."""

    list_display = ("name", "email", "connection", "customer", "subscriptions")
    list_filter = ("connection", ("customer", admin.EmptyFieldListFilter))
    search_fields = ("name", "email", "external_id", "customer__display_name")
    ordering = ("name",)
    verbs = (Verb("link-billed-customer", "Say who it is", duty=Duty.KEEP_CUSTOMERS),)


@admin.register(Subscription, site=office)
class SubscriptionAdmin(OfficeAdmin):
    """What customers subscribe to."""

    list_display = (
        "plan",
        "customer",
        "status",
        money("amount"),
        "every",
        "unit",
        "next_billing_on",
        "connection",
    )
    list_filter = ("status", "connection", ("gone_at", admin.EmptyFieldListFilter))
    search_fields = ("plan", "plan_code", "external_id", "customer__display_name")
    ordering = ("-sort_day",)
    hidden = frozenset({"round", "sort_day"})
    verbs = (
        Verb(
            "remove-subscription", "Take out", lambda row: row.connection_id is None and row.gone_at is None
        ),
    )
