"""Pages of subscriptions: connect a billing system, say who its customers are, add one by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.db import models

from portico.access.actors import Actor, Duty
from portico.customers.models import Customer
from portico.office.forms.base import MoneyInput, OfficeForm, dress
from portico.office.forms.simple import NothingForm
from portico.office.pages import ActionPage
from portico.office.verbs.loading import one
from portico.subscriptions.actions import (
    change_connection,
    connect,
    feed_subscription,
    link_billed_customer,
    remove_subscription,
    set_connection_active,
)
from portico.subscriptions.connectors.known import CONNECTORS
from portico.subscriptions.feed import Details
from portico.subscriptions.models import BilledCustomer, BillingConnection, Status, Subscription


class ConnectionForm(OfficeForm):
    """A name, and what the billing system asks for; secrets are typed, never shown."""

    def __init__(self, system: str, it: BillingConnection | None, submitted: Any) -> None:
        known = it.public if it else {}
        super().__init__(submitted, initial={"name": it.name if it else "", **known})
        self.fields["name"] = forms.CharField(max_length=100, help_text="To tell several connections apart.")
        for setting in CONNECTORS[system].settings:
            self.fields[setting.name] = forms.CharField(
                max_length=500,
                label=setting.label,
                help_text=setting.help,
                initial=setting.default,
                widget=forms.PasswordInput(render_value=False) if setting.secret else forms.TextInput(),
            )
        for field in self.fields.values():
            dress(field)


class WhoForm(OfficeForm):
    """Which customer it is here."""

    def __init__(self, actor: Actor, it: BilledCustomer, submitted: Any) -> None:
        super().__init__(submitted, initial={"customer": it.customer_id})
        self.fields["customer"] = forms.ModelChoiceField(
            Customer.objects.visible_to(actor).order_by("display_name"),
            required=False,
            empty_label="Nobody",
            help_text="Its subscriptions are shown to this customer's contact persons who may see billing.",
        )
        dress(self.fields["customer"])


class SubscriptionForm(OfficeForm):
    """A subscription that no billing system feeds."""

    external_id = forms.CharField(
        max_length=100, label="Number", help_text="The same number changes it again."
    )
    plan = forms.CharField(max_length=200)
    status = forms.ChoiceField(choices=Status.choices)
    quantity = forms.DecimalField(min_value=Decimal("0.0001"), decimal_places=4, initial=1)
    every = forms.IntegerField(min_value=1, initial=1)
    unit = forms.ChoiceField(choices=Subscription.Unit.choices, initial=Subscription.Unit.MONTH)
    started_on = forms.DateField(required=False)
    period_start = forms.DateField(required=False)
    period_end = forms.DateField(required=False)
    next_billing_on = forms.DateField(required=False)
    ended_on = forms.DateField(required=False)
    description = forms.CharField(required=False, widget=forms.Textarea)

    def __init__(self, it: Customer, submitted: Any) -> None:
        super().__init__(submitted)
        self.fields["price"] = MoneyInput(currency=it.currency)
        dress(self.fields["price"])


def _settings(data: dict[str, Any]) -> dict[str, str]:
    return {name: value for name, value in data.items() if name != "name"}


def _feed(actor: Actor, it: Customer, data: dict[str, Any]) -> models.Model:
    amount = data["price"].times(data["quantity"])
    details = Details(**data | {"amount": amount, "status": Status(data["status"])})
    return feed_subscription(actor=actor, customer=it, details=details)


def _connecting(title: str, system: str) -> ActionPage:
    return ActionPage(
        f"Connect {title}", "Try and connect", Duty.CONFIGURE,
        lambda actor, it, data: ConnectionForm(system, None, data),
        lambda actor, it, data: connect(
            actor=actor, system=system, name=data["name"], settings=_settings(data)
        ),
        calls_outside=True,
    )  # fmt: skip


SUBSCRIPTION_PAGES: Final[dict[str, ActionPage]] = {
    "connect-zoho-billing": _connecting("Zoho Billing", BillingConnection.System.ZOHO),
    "connect-stripe-billing": _connecting("Stripe Billing", BillingConnection.System.STRIPE),
    "change-billing": ActionPage(
        "Settings of %(it)s", "Try and save", Duty.CONFIGURE,
        lambda actor, it, data: ConnectionForm(it.system, it, data),
        lambda actor, it, data: change_connection(
            actor=actor, connection=it, name=data["name"], settings=_settings(data)
        ),
        load=one(BillingConnection), calls_outside=True,
    ),
    "stop-billing": ActionPage(
        "Stop reading %(it)s", "Stop reading", Duty.CONFIGURE, lambda actor, it, data: NothingForm(data),
        lambda actor, it, data: set_connection_active(actor=actor, connection=it, active=False),
        load=one(BillingConnection), intro=lambda it: "What was read stays in the portal as it is.",
    ),
    "resume-billing": ActionPage(
        "Read %(it)s again", "Read again", Duty.CONFIGURE, lambda actor, it, data: NothingForm(data),
        lambda actor, it, data: set_connection_active(actor=actor, connection=it, active=True),
        load=one(BillingConnection),
    ),
    "link-billed-customer": ActionPage(
        "Who is %(it)s?", "Save", Duty.KEEP_CUSTOMERS, lambda actor, it, data: WhoForm(actor, it, data),
        lambda actor, it, data: link_billed_customer(actor=actor, billed=it, customer=data["customer"]),
        load=one(BilledCustomer),
    ),
    "new-subscription": ActionPage(
        "Subscription of %(it)s", "Save subscription", Duty.WRITE_DOCUMENTS,
        lambda actor, it, data: SubscriptionForm(it, data), _feed, load=one(Customer),
    ),
    "remove-subscription": ActionPage(
        "Take %(it)s out of the portal", "Take it out", Duty.WRITE_DOCUMENTS,
        lambda actor, it, data: NothingForm(data),
        lambda actor, it, data: remove_subscription(actor=actor, subscription=it),
        load=one(Subscription), danger=True,
    ),
}  # fmt: skip
