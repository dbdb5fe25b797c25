"""Pages of the organisation: its details, preferences, staff, terms, taxes, gateways."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings as django_settings

from portico.access.actors import Actor, Duty, Role
from portico.office.forms.settings import BrandForm, PreferencesForm
from portico.office.forms.simple import (
    GatewayForm,
    ModelDetails,
    NothingForm,
    StaffDetails,
)
from portico.office.pages import ActionPage
from portico.office.verbs.loading import one
from portico.organisations.actions.edit import check_domain, edit_organisation, edit_preferences, set_logo
from portico.organisations.actions.staff import add_staff, edit_staff
from portico.organisations.actions.terms import (
    add_payment_terms,
    add_tax_rate,
    edit_payment_terms,
    edit_tax_rate,
)
from portico.organisations.models import Organisation, PaymentTerms, Preferences, StaffMember, TaxRate
from portico.payments.actions.gateways import (
    change_gateway,
    connect_gateway,
    set_gateway_active,
)
from portico.payments.gateway import gateway_for
from portico.payments.models import GatewayAccount

_ORGANISATION: Final = (
    "name", "portal_name", "own_domain", "street", "street2", "city", "state", "postal_code", "country", "email",
    "phone", "website", "contact_note", "tax_number", "base_currency", "time_zone", "language", "page_size",
    "payment_instructions",
)  # fmt: skip
_TERMS: Final = ("name", "rule", "days")
_RATE: Final = ("name", "percentage", "is_active")


def _new_staff(actor: Actor, _it: None, data: dict[str, Any]) -> StaffMember:
    return add_staff(actor=actor, **data | {"role": Role(data["role"])})


def _change_staff(actor: Actor, it: StaffMember, data: dict[str, Any]) -> StaffMember:
    return edit_staff(actor=actor, staff=it, **data | {"role": Role(data["role"])})


def _brand(actor: Actor, it: Organisation, data: dict[str, Any]) -> Organisation:
    if data["new_logo"] is not None:
        it = set_logo(actor=actor, data=data["new_logo"])
    return (
        edit_organisation(actor=actor, accent_colour=data["accent_colour"]) if data["accent_colour"] else it
    )


def _connect_gateway(key: str, name: str) -> ActionPage:
    return ActionPage(
        f"Connect {name}", "Try and connect", Duty.CONFIGURE,
        lambda actor, it, data: GatewayForm(gateway_for(key), data),
        lambda actor, it, data: connect_gateway(
            actor=actor, gateway=key, name=data["name"], settings=_settings_in(data)
        ),
        calls_outside=True, intro=lambda it: "The keys are tried before they are kept, and never shown again.",
    )  # fmt: skip


def _settings_in(data: dict[str, Any]) -> dict[str, str]:
    return {name: value for name, value in data.items() if name != "name"}


SETTINGS_PAGES: Final[dict[str, ActionPage]] = {
    "edit-organisation": ActionPage(
        "Change the organisation", "Save organisation", Duty.CONFIGURE,
        lambda actor, it, data: ModelDetails(Organisation, _ORGANISATION, it, data),
        lambda actor, it, data: edit_organisation(actor=actor, **data), load=one(Organisation),
    ),
    "set-logo": ActionPage(
        "Logo and colour", "Save logo and colour", Duty.CONFIGURE,
        lambda actor, it, data: BrandForm(it, data), _brand, load=one(Organisation),
        intro=lambda it: "How your portal, e-mails and documents look. Look at the preview before you save.",
    ),
    "check-domain": ActionPage(
        "Check the domain", "Check now", Duty.CONFIGURE,
        lambda actor, it, data: NothingForm(data),
        lambda actor, it, data: check_domain(actor=actor), load=one(Organisation), calls_outside=True,
        intro=lambda it: f"The portal opens at {it.own_domain or 'a domain of your own'} once the domain leads here: "
        "its entry (CNAME, or A and AAAA) has to name this portal's host.",
    ),
    "edit-preferences": ActionPage(
        "Portal preferences", "Save preferences", Duty.CONFIGURE,
        lambda actor, it, data: PreferencesForm(it, data),
        lambda actor, it, data: edit_preferences(actor=actor, **data), load=one(Preferences),
    ),
    "new-staff": ActionPage(
        "New staff member", "Add staff member", Duty.CONFIGURE,
        lambda actor, it, data: StaffDetails(it, data), _new_staff,
        intro=lambda it: "They sign in with a code sent to their address, or a password they choose.",
    ),
    "edit-staff": ActionPage(
        "Change %(it)s", "Save staff member", Duty.CONFIGURE,
        lambda actor, it, data: StaffDetails(it, data), _change_staff, load=one(StaffMember),
    ),
    "new-terms": ActionPage(
        "New payment terms", "Add payment terms", Duty.CONFIGURE,
        lambda actor, it, data: ModelDetails(PaymentTerms, _TERMS, it, data),
        lambda actor, it, data: add_payment_terms(actor=actor, **data),
    ),
    "edit-terms": ActionPage(
        "Change %(it)s", "Save payment terms", Duty.CONFIGURE,
        lambda actor, it, data: ModelDetails(PaymentTerms, _TERMS, it, data),
        lambda actor, it, data: edit_payment_terms(actor=actor, terms=it, **data), load=one(PaymentTerms),
    ),
    "new-tax": ActionPage(
        "New tax rate", "Add tax rate", Duty.CONFIGURE,
        lambda actor, it, data: ModelDetails(TaxRate, _RATE[:2], it, data),
        lambda actor, it, data: add_tax_rate(actor=actor, **data),
    ),
    "edit-tax": ActionPage(
        "Change %(it)s", "Save tax rate", Duty.CONFIGURE,
        lambda actor, it, data: ModelDetails(TaxRate, _RATE, it, data),
        lambda actor, it, data: edit_tax_rate(actor=actor, rate=it, **data), load=one(TaxRate),
    ),
    **{f"connect-{key}": _connect_gateway(key, gateway_for(key).name) for key in django_settings.GATEWAYS},
    "edit-gateway": ActionPage(
        "Settings of %(it)s", "Try and save", Duty.CONFIGURE,
        lambda actor, it, data: GatewayForm(gateway_for(it.gateway), data, it=it),
        lambda actor, it, data: change_gateway(
            actor=actor, account=it, name=data["name"], settings=_settings_in(data)
        ),
        load=one(GatewayAccount), calls_outside=True,
    ),
    "switch-gateway-off": ActionPage(
        "Stop offering %(it)s", "Stop offering", Duty.CONFIGURE,
        lambda actor, it, data: NothingForm(data),
        lambda actor, it, data: set_gateway_active(actor=actor, account=it, active=False),
        load=one(GatewayAccount), danger=True, intro=lambda it: "Payments under way go on.",
    ),
    "switch-gateway-on": ActionPage(
        "Offer %(it)s again", "Offer again", Duty.CONFIGURE,
        lambda actor, it, data: NothingForm(data),
        lambda actor, it, data: set_gateway_active(actor=actor, account=it, active=True), load=one(GatewayAccount),
    ),
}  # fmt: skip
