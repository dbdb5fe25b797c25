"""Changes of details and contact persons as sentences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from portico.customers.models import DetailChange

_EVENTS: Final = {
    "details": lazy("changed the details"),
    "address": lazy("changed the address"),
    "contact_added": lazy("added %(subject)s"),
    "contact": lazy("changed %(subject)s"),
    "primary": lazy("made %(subject)s the primary contact"),
    "invited": lazy("invited %(subject)s"),
    "joined": lazy("joined the portal"),
    "revoked": lazy("ended the access of %(subject)s"),
    "removed": lazy("removed %(subject)s"),
    "signed_up": lazy("signed up"),
    "email": lazy("changed the sign-in address of %(subject)s"),
}
_FIELDS: Final = {
    "first_name": lazy("First name"),
    "last_name": lazy("Last name"),
    "salutation": lazy("Salutation"),
    "email": lazy("E-mail"),
    "phone": lazy("Phone"),
    "mobile": lazy("Mobile"),
    "designation": lazy("Role in the company"),
    "department": lazy("Department"),
    "display_name": lazy("Name"),
    "company_name": lazy("Company"),
    "website": lazy("Website"),
    "portal_language": lazy("Language"),
    "can_view_orders": lazy("See orders"),
    "can_view_billing": lazy("See billing"),
    "can_pay": lazy("Pay"),
    "can_manage_profile": lazy("Manage profile and contacts"),
    "billing": lazy("Billing address"),
    "shipping": lazy("Shipping address"),
    "tax_treatment": lazy("Tax treatment"),
    "tax_number": lazy("Tax number"),
    "currency": lazy("Currency"),
    "kind": lazy("Kind"),
    "allow_bank_payments": lazy("Pays by bank account"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One change, to be read."""

    what: str
    at: datetime
    lines: tuple[tuple[str, str, str], ...]
    """Field, from, to; nothing before or after is an empty text."""


def told(change: DetailChange) -> Told:
    """The change in the active language: who did what, and each field from what to what."""
    event = str(_EVENTS.get(change.event, change.event)) % {"subject": change.subject}
    who = change.actor_name or _("Portico")
    lines = tuple(
        (str(_FIELDS.get(name, name)), _value(was), _value(became))
        for name, (was, became) in sorted(change.changes.items())
        if name != "portal_state"
    )
    return Told(_("%(who)s %(did)s") % {"who": who, "did": event}, change.at, lines)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value) if value else ""
