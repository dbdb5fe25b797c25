"""Customers, contact persons and items."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from portico.access.actors import Duty
from portico.customers.models import Address, ContactPerson, Customer
from portico.items.models import Item
from portico.kit.money import Money, format_money
from portico.ledger.models import Account, Balance
from portico.office.lists.base import OfficeAdmin, Rows, Verb, link
from portico.office.site import office

_KEEP = Duty.KEEP_CUSTOMERS


class People(Rows):
    """Contact persons of a customer."""

    model = ContactPerson
    shown = (
        "full_name", "email", "portal_state", "is_primary", "can_view_orders", "can_view_billing", "can_pay",
        "can_manage_profile", link("edit-contact", "Change"),
        link("invite-contact", "Invite", lambda row: row.portal_state != "active"),
        link("revoke-contact", "End access", lambda row: row.portal_state in ("active", "invited")),
    )  # fmt: skip


class Addresses(Rows):
    """Addresses of a customer."""

    model = Address
    shown = ("kind", "attention", "street", "street2", "city", "state", "postal_code", "country", "phone")


@admin.register(Customer, site=office)
class CustomerAdmin(OfficeAdmin):
    """Customers."""

    list_display = ("display_name", "customer_number", "currency", "email", "is_active")
    list_filter = ("is_active", "kind", "currency", "allow_bank_payments")
    search_fields = ("display_name", "company_name", "customer_number", "email")
    ordering = ("display_name",)
    inlines = (People, Addresses)
    hidden = frozenset({"custom_fields"})
    list_verbs = (Verb("new-customer", "New customer", duty=_KEEP),)
    verbs = (
        Verb("new-invoice", "New invoice"),
        Verb("record-payment", "Record payment", duty=Duty.MOVE_MONEY),
        Verb("new-credit-note", "New credit note"),
        Verb("new-retainer", "New retainer invoice"),
        Verb("new-contact", "New contact person", duty=_KEEP),
        Verb("share-file", "Share a file", duty=_KEEP),
        Verb("edit-customer", "Change", duty=_KEEP),
        Verb("opening-balance", "Opening balance", duty=Duty.MOVE_MONEY),
        Verb("close-customer", "Make inactive", lambda row: row.is_active, duty=_KEEP),
        Verb("reopen-customer", "Make active", lambda row: not row.is_active, duty=_KEEP),
    )

    def get_fields(self, request: Any, obj: Any = None) -> list[Any]:
        """What the customer owes comes first."""
        return [owes, credit, set_aside, *super().get_fields(request, obj)]


def _balance(customer: Customer, account: Account, sign: int) -> str:
    rows = Balance.objects.filter(customer=customer, account=account)
    amounts = [row.amount if sign > 0 else -row.amount for row in rows if row.amount]
    return ", ".join(format_money(amount) for amount in amounts) or format_money(
        Money.zero(customer.currency)
    )


@admin.display(description="Owes")
def owes(customer: Customer) -> str:
    """Receivable, by currency."""
    return _balance(customer, Account.RECEIVABLE, 1)


@admin.display(description="Has credit")
def credit(customer: Customer) -> str:
    """Open credit notes and excess payments, by currency."""
    return _balance(customer, Account.CREDIT, -1)


@admin.display(description="Retainers set aside")
def set_aside(customer: Customer) -> str:
    """Available retainer payments, by currency."""
    return _balance(customer, Account.RETAINER, -1)


@admin.register(ContactPerson, site=office)
class ContactAdmin(OfficeAdmin):
    """Contact persons."""

    list_display = ("full_name", "email", "customer", "portal_state", "is_primary")
    list_filter = ("portal_state", "is_primary")
    search_fields = ("first_name", "last_name", "email", "customer__display_name")
    ordering = ("first_name", "last_name")
    hidden = frozenset({"invitation_token_hash", "user"})
    verbs = (
        Verb("invite-contact", "Invite", lambda row: row.portal_state != "active", duty=_KEEP),
        Verb("edit-contact", "Change", duty=_KEEP),
        Verb("make-primary", "Make primary", lambda row: not row.is_primary, duty=_KEEP),
        Verb(
            "revoke-contact", "End access", lambda row: row.portal_state in ("active", "invited"), duty=_KEEP
        ),
    )


@admin.register(Item, site=office)
class ItemAdmin(OfficeAdmin):
    """Items."""

    list_display = ("name", "sku", "rate", "unit", "tax_rate", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "sku")
    ordering = ("name",)
    list_verbs = (Verb("new-item", "New item"),)
    verbs = (Verb("edit-item", "Change"),)
