"""What may be set on a customer, an address and a contact person, and by whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from portico.access.changes import Check
from portico.customers.models import ContactPerson, Customer
from portico.kit.errors import InvalidError
from portico.organisations import checks

CUSTOMER: Final = frozenset(
    {
        "kind",
        "customer_number",
        "salutation",
        "first_name",
        "last_name",
        "company_name",
        "display_name",
        "email",
        "phone",
        "mobile",
        "website",
        "currency",
        "payment_terms",
        "portal_language",
        "tax_treatment",
        "tax_number",
        "credit_limit",
        "allow_bank_payments",
        "remarks",
        "custom_fields",
    }
)
"""What staff may set on a customer; the opening balance is money, so it has an action of its own."""

CUSTOMER_BY_ITSELF: Final = frozenset({"display_name", "phone", "mobile", "website", "portal_language"})
"""What a contact person who may manage the profile can change (S9.2); tax and terms are the organisation's."""

CUSTOMER_SEEN: Final = CUSTOMER - {
    "remarks",
    "credit_limit",
    "custom_fields",
    "payment_terms",
    "customer_number",
}
"""Whose changes the customer's own people read in its history; the others are the organisation's own."""

CUSTOMER_CHECKS: Final[dict[str, Check]] = {
    "salutation": checks.person_name,
    "first_name": checks.person_name,
    "last_name": checks.person_name,
    "company_name": checks.account_name,
    "display_name": checks.account_name,
    "email": checks.email,
    "website": checks.website,
    "currency": checks.currency,
    "portal_language": checks.language,
}

ADDRESS: Final = frozenset(
    {"attention", "street", "street2", "city", "state", "postal_code", "country", "phone"}
)
ADDRESS_CHECKS: Final[dict[str, Check]] = {"country": checks.country}

PERMISSIONS: Final = frozenset({"can_view_orders", "can_view_billing", "can_pay", "can_manage_profile"})
CONTACT: Final = PERMISSIONS | {
    "salutation",
    "first_name",
    "last_name",
    "email",
    "phone",
    "mobile",
    "designation",
    "department",
}
CONTACT_CHECKS: Final[dict[str, Check]] = {
    "salutation": checks.person_name,
    "first_name": checks.person_name,
    "last_name": checks.person_name,
    "email": checks.email,
}

CUSTOMER_TAKEN: Final = {
    "customer_number_once": ("customer_number", "Another customer has this number already.")
}
CONTACT_TAKEN: Final = {
    "contact_email_once": ("email", "Another contact person of this customer has this address already.")
}

_LONGEST_CUSTOM_FIELD: Final = 2_000


def custom_fields(value: object) -> dict[str, str]:
    """Custom fields as label → text; an empty text leaves the field out.

    Raises:
        InvalidError: something else than texts, or a text of more than 2,000 characters.
    """
    if not isinstance(value, Mapping):
        raise InvalidError("Custom fields are labels with texts.", field="custom_fields")
    found: dict[str, str] = {}
    for label, text in value.items():
        if not isinstance(label, str) or not isinstance(text, str):
            raise InvalidError("Custom fields are labels with texts.", field="custom_fields")
        if "\x00" in label + text or len(label) + len(text) > _LONGEST_CUSTOM_FIELD:
            raise InvalidError("A custom field has at most 2,000 characters.", field="custom_fields")
        if label.strip() and text.strip():
            found[label.strip()] = text.strip()
    return found


def name_for(customer: Customer) -> str:
    """The name to show where none was given: the company's, else the person's."""
    return customer.company_name or f"{customer.first_name} {customer.last_name}".strip()


def held_permissions(person: ContactPerson) -> frozenset[str]:
    """The names of the permission fields that are on."""
    return frozenset(name for name in PERMISSIONS if getattr(person, name))


def check_credit_limit(customer: Customer) -> None:
    """Raise InvalidError for a credit limit below zero."""
    if customer.credit_limit is not None and customer.credit_limit.amount < 0:
        raise InvalidError("A credit limit is not below zero.", field="credit_limit")
