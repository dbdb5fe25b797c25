"""Subscriptions in the access matrix."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from portico.access.scope import scope
from portico.kit.money import Money
from portico.organisations.models import Preferences
from portico.payments.sealing import seal
from portico.subscriptions.actions import feed_subscription
from portico.subscriptions.feed import Details
from portico.subscriptions.models import BilledCustomer, BillingConnection, Status
from portico.testing.people import World
from tests.access.answers import KEEPERS, OWNER, THEIRS, Route

#                 nobody nils ines leo pia vera maya rita sam amy olive otto
SHOWN_HERE: Final = "302 404 200 403 403 200 200 403 403 403 403 403"

ROUTES: Final = (
    Route("GET", "subscriptions", SHOWN_HERE, why="Nils's organisation does not show subscriptions"),
    Route("GET", "list_export", SHOWN_HERE, ("list_of_subscriptions", "csv")),
    Route("GET", "subscription", THEIRS, ("subscription",)),
)

OFFICE_PAGES: Final = {
    "connect-zoho-billing": ("", OWNER),
    "connect-stripe-billing": ("", OWNER),
    "change-billing": ("billing_connection", OWNER),
    "stop-billing": ("billing_connection", OWNER),
    "resume-billing": ("billing_connection", OWNER),
    "link-billed-customer": ("billed_customer", KEEPERS),
    "new-subscription": ("customer", KEEPERS),
    "remove-subscription": ("subscription", KEEPERS),
}
OFFICE_LISTS: Final = {
    "subscriptions_billingconnection": "billing_connection",
    "subscriptions_billedcustomer": "billed_customer",
    "subscriptions_subscription": "subscription",
}


def things(world: World) -> dict[str, UUID | str]:
    """A subscription of Greenleaf's, and a connected billing system that nobody asks."""
    details = Details(
        external_id="S-1", plan="Hoses", status=Status.ACTIVE, price=Money.of("5", "USD"),
        amount=Money.of("5", "USD"),
    )  # fmt: skip
    subscription = feed_subscription(actor=world.olive, customer=world.greenleaf, details=details)
    with scope(world.job):
        Preferences.objects.update(show_subscriptions=True)
        connection = BillingConnection.objects.create(
            organisation=world.organisation, system="stripe", name="Stripe", public={}, sealed=seal({})
        )
        billed = BilledCustomer.objects.create(
            organisation=world.organisation, connection=connection, external_id="cus_1", name="Greenleaf"
        )
    return {
        "subscription": subscription.pk,
        "list_of_subscriptions": "subscription",
        "billing_connection": connection.pk,
        "billed_customer": billed.pk,
    }
