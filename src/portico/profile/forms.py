"""What people type about themselves, their company and their colleagues."""

from __future__ import annotations

from dataclasses import fields as dataclass_fields
from typing import Any, Final

from babel import Locale
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portico.access.actors import ContactActor
from portico.customers.actions.create import AddressDetails
from portico.customers.models import Address, ContactPerson, Customer
from portico.home.shell import TRANSLATED
from portico.kit.errors import PorticoError
from portico.kit.money import parse_locale
from portico.organisations import checks

PERMISSIONS: Final = ("can_view_orders", "can_view_billing", "can_pay", "can_manage_profile")
PERMISSION_WORDS: Final = {
    "can_view_orders": (_("See orders"), _("Sales orders and shipments.")),
    "can_view_billing": (_("See billing"), _("Invoices, payments, statements and every amount.")),
    "can_pay": (_("Pay"), _("Needs “See billing” as well.")),
    "can_manage_profile": (_("Manage profile and contacts"), _("Your company's details, and this list.")),
}


class NamedErrors(forms.Form):
    """A form to whose fields an action's errors go."""

    def add_named_error(self, error: PorticoError) -> None:
        """Show the error next to the field that it names, or above the form."""
        name = (error.field or "").replace(".", "_")
        self.add_error(name if name in self.fields else None, error.message)


class OwnForm(NamedErrors):
    """One's own name and phone."""

    first_name = forms.CharField(
        label=_("First name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label=_("Last name"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )
    mobile = forms.CharField(
        label=_("Mobile"), max_length=40, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    designation = forms.CharField(
        label=_("Role in the company"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )


class ReadingForm(NamedErrors):
    """How one reads the portal: language, light or dark."""

    language = forms.ChoiceField(label=_("Language"), required=False)
    theme = forms.ChoiceField(
        label=_("Light or dark"),
        required=False,
        choices=[("", _("As the device")), ("light", _("Light")), ("dark", _("Dark"))],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        named = [(tag, Locale.parse(tag.replace("-", "_")).get_display_name(tag.replace("-", "_")) or tag)
                 for tag in sorted(TRANSLATED)]  # fmt: skip
        choices = [("", str(_("As my company's account")))]
        language = self.fields["language"]
        assert isinstance(language, forms.ChoiceField)
        language.choices = choices + [(tag, name[:1].upper() + name[1:]) for tag, name in named]


class CustomerForm(NamedErrors):
    """What a customer changes about itself (S9.2); tax and terms are the organisation's."""

    display_name = forms.CharField(label=_("Name"), max_length=200)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    mobile = forms.CharField(label=_("Mobile"), max_length=40, required=False)
    website = forms.CharField(label=_("Website"), max_length=200, required=False)

    OWN: Final = ("display_name", "phone", "mobile", "website")

    def __init__(self, data: Any = None, *, customer: Customer, addresses: dict[str, Address]) -> None:
        initial = {name: getattr(customer, name) for name in self.OWN}
        for kind, address in addresses.items():
            initial |= {f"{kind}_{name}": getattr(address, name) for name in ADDRESS_WORDS}
        super().__init__(data, initial=initial)
        for kind in Address.Kind.values:
            for name, (words, longest, complete) in ADDRESS_WORDS.items():
                self.fields[f"{kind}_{name}"] = _address_field(kind, name, words, longest, complete)

    def own(self) -> dict[str, str]:
        """The details of the customer itself."""
        return {name: self.cleaned_data[name] for name in self.OWN}

    def address(self, kind: str) -> AddressDetails:
        """The address typed for this kind."""
        names = [field.name for field in dataclass_fields(AddressDetails)]
        return AddressDetails(**{name: self.cleaned_data.get(f"{kind}_{name}", "") for name in names})


ADDRESS_WORDS: Final[dict[str, tuple[Any, int, str]]] = {
    "attention": (_("Attention"), 200, "name"),
    "street": (_("Street"), 200, "address-line1"),
    "street2": (_("Street, second line"), 200, "address-line2"),
    "city": (_("City"), 100, "address-level2"),
    "state": (_("State or region"), 100, "address-level1"),
    "postal_code": (_("Postal code"), 20, "postal-code"),
    "country": (_("Country"), 2, "country"),
    "phone": (_("Phone"), 40, "tel"),
}


def _address_field(kind: str, name: str, words: Any, longest: int, complete: str) -> forms.Field:
    attrs = {"autocomplete": f"{kind} {complete}"}
    if name == "country":
        return forms.ChoiceField(
            label=words, required=False, choices=_countries, widget=forms.Select(attrs=attrs)
        )
    return forms.CharField(
        label=words, max_length=longest, required=False, widget=forms.TextInput(attrs=attrs)
    )


def _countries() -> list[tuple[str, str]]:
    names = parse_locale(get_language() or "en").territories
    named = sorted((str(names.get(code, code)), code) for code in checks.countries())
    return [("", ""), *((code, name) for name, code in named)]


class ContactForm(NamedErrors):
    """A colleague: name, how to reach them, and what they may do, of what the asker may."""

    first_name = forms.CharField(label=_("First name"), max_length=100)
    last_name = forms.CharField(label=_("Last name"), max_length=100, required=False)
    email = forms.EmailField(label=_("E-mail"), max_length=254, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    mobile = forms.CharField(label=_("Mobile"), max_length=40, required=False)
    designation = forms.CharField(label=_("Role in the company"), max_length=100, required=False)
    department = forms.CharField(label=_("Department"), max_length=100, required=False)

    NAMES: Final = ("first_name", "last_name", "email", "phone", "mobile", "designation", "department")

    def __init__(self, actor: ContactActor, person: ContactPerson | None, data: Any = None) -> None:
        initial = {name: getattr(person, name) for name in (*self.NAMES, *PERMISSIONS)} if person else {}
        super().__init__(data, initial=initial)
        for name in PERMISSIONS:
            words, hint = PERMISSION_WORDS[name]
            may = name.removeprefix("can_") in actor.permissions
            self.fields[name] = forms.BooleanField(
                label=words,
                required=False,
                # What one does not have cannot be given; what another has stays as it is.
                disabled=not may,
                help_text=hint if may else _("You do not have this yourself, so you cannot give it."),
            )

    def details(self) -> dict[str, object]:
        """What was typed, without what the asker could not change."""
        return {name: value for name, value in self.cleaned_data.items() if not self.fields[name].disabled}

    @property
    def permission_fields(self) -> list[forms.BoundField]:
        """The check boxes."""
        return [self[name] for name in PERMISSIONS]


class MailsForm(NamedErrors):
    """Which e-mails one wants."""

    def __init__(self, choices: dict[str, tuple[str, bool]], fixed: frozenset[str], data: Any = None) -> None:
        super().__init__(data, initial={name: wanted for name, (_words, wanted) in choices.items()})
        for name, (words, _wanted) in choices.items():
            self.fields[name] = forms.BooleanField(label=words, required=False, disabled=name in fixed)
            if name in fixed:
                self.fields[name].help_text = _("Always sent.")
