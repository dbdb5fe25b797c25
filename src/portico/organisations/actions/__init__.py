"""What happens to an organisation: made, changed, its preferences, its staff, its taxes and terms."""

from portico.organisations.actions.create import STANDARD_TERMS, create_organisation
from portico.organisations.actions.edit import edit_organisation, edit_preferences, set_logo
from portico.organisations.actions.staff import add_staff, edit_staff
from portico.organisations.actions.terms import (
    add_payment_terms,
    add_tax_rate,
    edit_payment_terms,
    edit_tax_rate,
)

__all__ = [
    "STANDARD_TERMS",
    "add_payment_terms",
    "add_staff",
    "add_tax_rate",
    "create_organisation",
    "edit_organisation",
    "edit_payment_terms",
    "edit_preferences",
    "edit_staff",
    "edit_tax_rate",
    "set_logo",
]
