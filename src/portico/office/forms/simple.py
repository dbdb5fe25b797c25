"""Forms of customers, contact persons, items, settings, and of the money verbs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields as dataclass_fields
from datetime import date
from typing import Any, Final
from zoneinfo import available_timezones

from django import forms
from django.db import models
from django.forms.models import fields_for_model
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from portico.access.actors import Actor, Role
from portico.customers.actions.create import AddressDetails
from portico.customers.models import Address, ContactPerson, Customer
from portico.invoices.models import OPEN, Invoice
from portico.items.models import Item
from portico.kit.countries import country_name
from portico.kit.money import Money, format_money
from portico.office.forms.base import MoneyInput, OfficeForm, RowChoice, dress
from portico.office.lists.columns import LABELS
from portico.organisations.checks import countries
from portico.organisations.models import Organisation, PaymentTerms, Preferences, StaffMember, TaxRate
from portico.payments.gateway import Setting
from portico.payments.models import GatewayAccount, PaymentMode
from portico.retainers.models import RetainerInvoice

_ADDRESS: Final = tuple(field.name for field in dataclass_fields(AddressDetails))


def model_fields(model: Any, names: tuple[str, ...]) -> dict[str, forms.Field]:
    """Form fields of a model's columns, in this order."""
    made: dict[str, forms.Field] = fields_for_model(model, fields=names, formfield_callback=_form_field)
    for name in names:
        if (label := LABELS.get(name)) and made[name].label == capfirst(
            str(model._meta.get_field(name).verbose_name)
        ):
            made[name].label = capfirst(label)
    return {name: made[name] for name in names}


def _form_field(column: models.Field[Any, Any], **more: Any) -> forms.Field | None:
    if isinstance(column, models.URLField):
        more["assume_scheme"] = "https"
    if column.name == "country":
        return forms.ChoiceField(choices=_countries, required=not column.blank, label=_("Country"))
    if column.name == "time_zone":
        zones = [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())]
        return forms.ChoiceField(choices=zones, label=_("Time zone"))
    if column.name in {"language", "portal_language"}:
        more["help_text"] = _("Such as en, de or pt-br.")
    return column.formfield(**more)


def _countries() -> list[tuple[str, str]]:
    named = sorted((country_name(code, "en"), code) for code in countries())
    return [("", "–"), *((code, name) for name, code in named)]


class CustomerDetails(OfficeForm):
    """All fields of a customer form (S11)."""

    NAMES: Final = (
        "kind", "customer_number", "display_name", "company_name", "salutation", "first_name", "last_name",
        "email", "phone", "mobile", "website", "portal_language", "tax_treatment", "tax_number", "remarks",
    )  # fmt: skip
    groups = (
        (str(_("Who")), NAMES[:7]),
        (str(_("Reached by")), ("email", "phone", "mobile", "website", "portal_language")),
        (
            str(_("Terms")),
            (
                "currency",
                "payment_terms",
                "credit_limit",
                "tax_treatment",
                "tax_number",
                "allow_bank_payments",
            ),
        ),
        (str(_("Billing address")), tuple(f"billing_{name}" for name in _ADDRESS)),
        (str(_("Shipping address")), tuple(f"shipping_{name}" for name in _ADDRESS)),
        (str(_("For staff")), ("remarks",)),
    )

    def __init__(self, actor: Actor, customer: Customer | None, submitted: Any) -> None:
        base = Organisation.objects.visible_to(actor).values_list("base_currency", flat=True).get()
        currency = customer.currency if customer else base
        initial: dict[str, Any] = {"currency": currency}
        if customer is not None:
            initial = {
                name: getattr(customer, name) for name in (*self.NAMES, "currency", "allow_bank_payments")
            }
            initial |= {"payment_terms": customer.payment_terms_id, "credit_limit": customer.credit_limit}
            initial |= _address_initial(customer)
        super().__init__(submitted, initial=initial)
        self.fields |= model_fields(Customer, self.NAMES)
        self.fields["display_name"].required = False
        self.fields["currency"] = forms.CharField(
            max_length=3, label=_("Currency"), help_text=_("Such as USD.")
        )
        self.fields["payment_terms"] = RowChoice(
            PaymentTerms.objects.visible_to(actor).order_by("days"), required=False, label=_("Payment terms")
        )
        self.fields["credit_limit"] = MoneyInput(currency=currency, required=False, label=_("Credit limit"))
        self.fields["allow_bank_payments"] = forms.BooleanField(
            required=False, label=_("Allow this customer to pay via their bank account")
        )
        for kind in Address.Kind.values:
            made = model_fields(Address, _ADDRESS)
            self.fields |= {f"{kind}_{name}": field for name, field in made.items()}
        for field in self.fields.values():
            dress(field)

    def address(self, kind: str) -> AddressDetails:
        """The address typed for this kind."""
        return AddressDetails(**{name: self.cleaned_data[f"{kind}_{name}"] for name in _ADDRESS})

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        limit = cleaned.get("credit_limit")
        if isinstance(limit, Money) and cleaned.get("currency", limit.currency) != limit.currency:
            cleaned["credit_limit"] = Money(limit.amount, cleaned["currency"])
        if not self.errors:
            cleaned["billing"], cleaned["shipping"] = self.address("billing"), self.address("shipping")
        return cleaned


def _address_initial(customer: Customer) -> dict[str, str]:
    return {
        f"{address.kind}_{name}": getattr(address, name)
        for address in Address.objects.filter(customer=customer)
        for name in _ADDRESS
    }


class ContactDetails(OfficeForm):
    """A contact person with permissions (S1.5)."""

    NAMES: Final = (
        "salutation", "first_name", "last_name", "email", "phone", "mobile", "designation", "department",
        "can_view_orders", "can_view_billing", "can_pay", "can_manage_profile",
    )  # fmt: skip
    groups = (("", NAMES[:8]), (str(_("May")), NAMES[8:]))

    def __init__(self, person: ContactPerson | None, submitted: Any) -> None:
        initial = {name: getattr(person, name) for name in self.NAMES} if person else {}
        super().__init__(submitted, initial=initial)
        self.fields |= model_fields(ContactPerson, self.NAMES)
        for field in self.fields.values():
            dress(field)


class ItemDetails(OfficeForm):
    """An item."""

    NAMES: Final = ("name", "sku", "unit", "rate", "description", "is_active")

    def __init__(self, actor: Actor, item: Item | None, submitted: Any) -> None:
        initial: dict[str, Any] = {name: getattr(item, name) for name in self.NAMES} if item else {}
        if item:
            initial["tax_rate"] = item.tax_rate_id
        super().__init__(submitted, initial=initial)
        self.fields |= model_fields(Item, self.NAMES)
        self.fields["tax_rate"] = RowChoice(
            TaxRate.objects.visible_to(actor).filter(is_active=True), required=False, label=_("Tax")
        )
        if item is None:
            del self.fields["is_active"]
        for field in self.fields.values():
            dress(field)


class ModelDetails(OfficeForm):
    """The plain fields of a settings row: organisation, preferences, terms, tax rate."""

    def __init__(self, model: Any, names: tuple[str, ...], row: Any, submitted: Any) -> None:
        initial = {name: getattr(row, name) for name in names} if row else {}
        super().__init__(submitted, initial=initial)
        self.fields |= model_fields(model, names)
        for field in self.fields.values():
            dress(field)


PREFERENCE_NAMES: Final = tuple(
    field.name for field in Preferences._meta.local_fields if field.name not in {"id", "organisation"}
)


class StaffDetails(OfficeForm):
    """A staff member."""

    name = forms.CharField(max_length=200, label=_("Name"))
    email = forms.EmailField(label=_("E-mail"))
    role = forms.ChoiceField(
        choices=[(role, role.replace("_", " ").capitalize()) for role in Role], label=_("Role")
    )
    wants_email = forms.BooleanField(
        required=False, initial=True, label=_("Wants e-mail about portal activity")
    )
    is_active = forms.BooleanField(required=False, initial=True, label=_("Active"))

    def __init__(self, staff: StaffMember | None, submitted: Any) -> None:
        initial = (
            {name: getattr(staff, name) for name in ("name", "role", "wants_email", "is_active")}
            if staff
            else {}
        )
        super().__init__(submitted, initial=initial)
        del self.fields["is_active" if staff is None else "email"]


class ReasonForm(OfficeForm):
    """Why something is taken back; kept in history."""

    reason = forms.CharField(max_length=200, label=_("Reason"))


class NothingForm(OfficeForm):
    """A question that needs no more than yes."""


class AmountForm(OfficeForm):
    """An amount, a date, how and which reference: a refund."""

    def __init__(
        self, currency: str, most: Money, submitted: Any, *, today: date, with_mode: bool = True
    ) -> None:
        super().__init__(submitted, initial={"amount": most, "date": today})
        self.fields["amount"] = MoneyInput(currency=currency, label=_("Amount"))
        if with_mode:
            self.fields["date"] = forms.DateField(label=_("Date"))
            self.fields["mode"] = forms.ChoiceField(
                choices=PaymentMode.choices, label=_("Paid back by"), initial=PaymentMode.BANK_TRANSFER
            )
            self.fields["reference"] = forms.CharField(max_length=100, required=False, label=_("Reference"))
        for field in self.fields.values():
            dress(field)


class PaymentForm(OfficeForm):
    """An offline payment, put on open invoices by amount, or on a retainer invoice; the rest is credit."""

    def __init__(self, actor: Actor, customer: Customer, submitted: Any, *, today: date) -> None:
        super().__init__(submitted, initial={"date": today})
        currency = customer.currency
        self.fields["amount"] = MoneyInput(currency=currency, label=_("Amount received"))
        self.fields["date"] = forms.DateField(label=_("Date"))
        self.fields["mode"] = forms.ChoiceField(
            choices=PaymentMode.choices, initial=PaymentMode.BANK_TRANSFER, label=_("Paid by")
        )
        self.fields["reference"] = forms.CharField(max_length=100, required=False, label=_("Reference"))
        self.fields["payer_name"] = forms.CharField(max_length=200, required=False, label=_("Payer"))
        self.fields["note"] = forms.CharField(
            required=False,
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 2}),
            label=_("Note on the receipt"),
        )
        self.fields["retainer"] = RowChoice(
            RetainerInvoice.objects.visible_to(actor).filter(
                customer=customer, balance__gt=0, currency=currency
            ),
            required=False,
            label=_("For a retainer invoice"),
        )
        receipt = _("E-mail the receipt to those who may see billing")
        self.fields["send_receipt"] = forms.BooleanField(required=False, initial=True, label=receipt)
        self.invoices = list(
            Invoice.objects.visible_to(actor)
            .filter(customer=customer, currency=currency, status__in=OPEN)
            .order_by("due_date", "number")[:200]
        )
        for invoice in self.invoices:
            self.fields[f"allocations_{invoice.pk}"] = MoneyInput(
                currency=currency,
                required=False,
                label=f"{invoice.number}",
                help_text=_("Open: %(balance)s, due %(due)s")
                % {"balance": format_money(invoice.balance), "due": date_format(invoice.due_date)},
            )
        for field in self.fields.values():
            dress(field)

    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The payment first, then the open invoices."""
        on_invoices = [name for name in self.fields if name.startswith("allocations_")]
        rest = [name for name in self.fields if name not in on_invoices]
        groups = [("", [self[name] for name in rest])]
        if on_invoices:
            groups.append((str(_("How much of it is for")), [self[name] for name in on_invoices]))
        return groups

    def add_named_error(self, error: Any) -> None:
        """The action names `allocations-<invoice id>`."""
        name = str(error.field or "")
        if name.startswith("allocations-"):
            name = "allocations_" + name.removeprefix("allocations-")
        self.add_error(name if name in self.fields else None, error.message)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["allocations"] = {
            invoice.pk: cleaned[f"allocations_{invoice.pk}"]
            for invoice in self.invoices
            if cleaned.get(f"allocations_{invoice.pk}")
        }
        return cleaned


class ApplyForm(OfficeForm):
    """Put credit, or a retainer, on an open invoice."""

    def __init__(self, actor: Actor, source: Any, most: Money, submitted: Any) -> None:
        super().__init__(submitted, initial={"amount": most})
        rows = Invoice.objects.visible_to(actor).filter(
            customer_id=source.customer_id, currency=source.currency, status__in=OPEN
        )
        self.fields["invoice"] = RowChoice(rows.order_by("due_date"), label=_("Invoice"))
        self.fields["amount"] = MoneyInput(currency=source.currency, label=_("Amount"))
        for field in self.fields.values():
            dress(field)


class OpeningForm(OfficeForm):
    """What a customer owed before the first document here."""

    def __init__(self, customer: Customer, submitted: Any, *, today: date) -> None:
        super().__init__(submitted, initial={"date": today})
        self.fields["amount"] = MoneyInput(
            currency=customer.currency,
            label=_("Opening balance"),
            help_text=_("Below zero when you owe the customer."),
        )
        self.fields["date"] = forms.DateField(label=_("As of"))
        for field in self.fields.values():
            dress(field)


class GatewayForm(OfficeForm):
    """A gateway account: its name and what the gateway asks for; secrets are typed, never shown."""

    def __init__(self, gateway: Any, submitted: Any, *, it: GatewayAccount | None = None) -> None:
        known = dict(it.public) if it else {}
        ticked = {each.name: known[each.name] == _YES for each in gateway.settings if _is_tick(each, known)}
        super().__init__(submitted, initial={"name": it.name if it else gateway.name, **known, **ticked})
        self.fields["name"] = forms.CharField(
            max_length=100, label=_("Name for customers"), help_text=_("Such as “Card”.")
        )
        for setting in gateway.settings:
            self.fields[setting.name] = _field_of(setting, known.get(setting.name, ""), is_new=it is None)
        for field in self.fields.values():
            dress(field)

    def clean(self) -> dict[str, Any]:
        """What is ticked is “yes”, as gateways' settings are texts."""
        cleaned: dict[str, Any] = super().clean() or {}
        words = {True: _YES, False: _NO}
        return {name: words[value] if isinstance(value, bool) else value for name, value in cleaned.items()}


_YES, _NO = "yes", "no"


def _is_tick(setting: Setting, known: Mapping[str, str]) -> bool:
    return {value for value, _words in setting.choices} == {_YES, _NO} and setting.name in known


def _field_of(setting: Setting, known: str, *, is_new: bool) -> forms.Field:
    """The field of one setting: a secret, a box to tick, a choice, or a text."""
    values = {value for value, _words in setting.choices}
    if values == {_YES, _NO}:
        return forms.BooleanField(
            required=False, label=setting.label, help_text=setting.help, initial=setting.default == _YES
        )
    if values:
        here = [(known, known)] if known and known not in values else []  # such as a stand-in's address
        return forms.ChoiceField(
            choices=[*setting.choices, *here],
            label=setting.label,
            help_text=setting.help,
            initial=setting.default,
            required=setting.required,
        )
    keeps = setting.secret and not is_new
    return forms.CharField(
        max_length=4000,
        label=setting.label,
        help_text=_("Leave empty to keep it.") if keeps else setting.help,
        initial=setting.default,
        required=setting.required and not keeps,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}) if setting.secret else forms.TextInput(),
    )
