"""Saved cards and bank accounts: whose, and what they are recognised by. Staff may remove one, and never use one."""

from __future__ import annotations

from django.contrib import admin

from portico.access.actors import Duty
from portico.office.lists.base import OfficeAdmin, Verb
from portico.office.site import office
from portico.payments.models import SavedMethod


@admin.register(SavedMethod, site=office)
class SavedMethodAdmin(OfficeAdmin):
    """Who has saved what; what gateways call them is of no concern."""

    empty = "Cards and bank accounts that customers save appear here."
    list_display = (
        "customer",
        "contact_person",
        "brand",
        "last4",
        "kind",
        "expires",
        "created_at",
        "removed_at",
    )
    list_filter = (("removed_at", admin.EmptyFieldListFilter), "kind")
    search_fields = ("customer__display_name", "brand", "last4")
    ordering = ("-created_at",)
    hidden = frozenset({"gateway_reference", "owner_reference"})
    verbs = (Verb("remove-method", "Remove", lambda row: row.removed_at is None, duty=Duty.KEEP_CUSTOMERS),)
