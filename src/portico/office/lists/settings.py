"""The organisation, its preferences, staff, terms, taxes and gateways."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib import admin

from portico.access.actors import Duty
from portico.notifications.customers import portal_url
from portico.office.lists.base import OfficeAdmin, Verb
from portico.office.site import office
from portico.organisations.models import (
    NumberSeries,
    Organisation,
    PaymentTerms,
    Preferences,
    StaffMember,
    TaxRate,
)
from portico.payments.gateway import gateway_for
from portico.payments.models import GatewayAccount

_OWN = Duty.CONFIGURE


@admin.register(Organisation, site=office)
class OrganisationAdmin(OfficeAdmin):
    """The organisation itself."""

    list_display = ("name", "portal_name", "email", "base_currency", "time_zone")
    ordering = ("name",)
    hidden = frozenset({"logo"})
    verbs = (
        Verb("edit-organisation", "Change", duty=_OWN),
        Verb("set-logo", "Logo and colour", duty=_OWN),
        Verb("check-domain", "Check the domain", lambda row: bool(row.own_domain), duty=_OWN),
    )


@admin.register(Preferences, site=office)
class PreferencesAdmin(OfficeAdmin):
    """Portal preferences (S2)."""

    list_display = ("__str__", "banner_message", "prevent_duplicate_payments", "customers_may_pay_several")
    ordering = ("organisation",)
    verbs = (Verb("edit-preferences", "Change", duty=_OWN),)


@admin.register(StaffMember, site=office)
class StaffAdmin(OfficeAdmin):
    """Staff members."""

    list_display = ("name", "user", "role", "is_active", "wants_email")
    list_filter = ("role", "is_active")
    ordering = ("name",)
    list_verbs = (Verb("new-staff", "New staff member", duty=_OWN),)
    verbs = (Verb("edit-staff", "Change", duty=_OWN),)


@admin.register(PaymentTerms, site=office)
class TermsAdmin(OfficeAdmin):
    """Payment terms."""

    list_display = ("name", "rule", "days")
    ordering = ("days", "name")
    list_verbs = (Verb("new-terms", "New payment terms", duty=_OWN),)
    verbs = (Verb("edit-terms", "Change", duty=_OWN),)


@admin.register(TaxRate, site=office)
class TaxAdmin(OfficeAdmin):
    """Tax rates."""

    list_display = ("name", "percentage", "is_active")
    ordering = ("name",)
    list_verbs = (Verb("new-tax", "New tax rate", duty=_OWN),)
    verbs = (Verb("edit-tax", "Change", duty=_OWN),)


@admin.register(NumberSeries, site=office)
class SeriesAdmin(OfficeAdmin):
    """The next number of each kind of document."""

    list_display = ("kind", "prefix", "next_number", "digits")
    ordering = ("kind",)


@admin.register(GatewayAccount, site=office)
class GatewayAdmin(OfficeAdmin):
    """Gateway accounts; their secrets are shown nowhere."""

    empty = "Connect a gateway, and customers pay by card, bank debit or wallet."
    list_display = ("name", "provider", "is_active", "created_at")
    ordering = ("name",)
    list_verbs = tuple(
        Verb(f"connect-{key}", f"Connect {gateway_for(key).name}", duty=_OWN) for key in settings.GATEWAYS
    )
    fields = ("name", "provider", "is_active", "known", "events_address", "created_at")
    called: ClassVar[dict[str, str]] = {"name": "name for customers", "is_active": "offered"}
    verbs = (
        Verb("edit-gateway", "Settings", duty=_OWN),
        Verb("switch-gateway-off", "Stop offering", lambda row: row.is_active, duty=_OWN),
        Verb("switch-gateway-on", "Offer again", lambda row: not row.is_active, duty=_OWN),
    )

    @admin.display(description="Gateway", ordering="gateway")
    def provider(self, row: GatewayAccount) -> str:
        """What the provider is called."""
        return gateway_for(row.gateway).name

    @admin.display(description="Settings")
    def known(self, row: GatewayAccount) -> str:
        """What is no secret, each by its name in the form."""
        given = ((each, row.public.get(each.name, "")) for each in gateway_for(row.gateway).settings)
        told = (f"{each.label}: {dict(each.choices).get(text, text)}" for each, text in given if text)
        return "\n".join(told) or "–"

    @admin.display(description="Address for events (webhooks)")
    def events_address(self, row: GatewayAccount) -> str:
        """Where the gateway is to send its events; typed in at the gateway."""
        return portal_url(row.organisation, f"/webhooks/{row.pk}/")
