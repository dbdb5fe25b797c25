"""Automatic payments: whose run, and every charge of theirs."""

from __future__ import annotations

from django.contrib import admin

from portico.access.actors import Duty
from portico.autopay.models import Autopay, AutopayCharge
from portico.office.lists.base import OfficeAdmin, Rows, Verb, money
from portico.office.site import office


class Charges(Rows):
    """What it charged and will charge."""

    model = AutopayCharge
    verbose_name_plural = "charges"
    shown = ("invoice", money("amount"), "state", "charge_on", "failures", "reason", "ended_at")


@admin.register(Autopay, site=office)
class AutopayAdmin(OfficeAdmin):
    """Who pays automatically, and with what."""

    empty = "Customers who let their invoices be charged automatically appear here."
    list_display = (
        "customer",
        "contact_person",
        "method_label",
        money("maximum"),
        "started_at",
        "stopped_at",
        "stopped_because",
    )
    list_filter = (("stopped_at", admin.EmptyFieldListFilter), "stopped_because")
    search_fields = ("customer__display_name", "method_label")
    ordering = ("-started_at",)
    hidden = frozenset({"agreed_from"})
    inlines = (Charges,)
    verbs = (Verb("stop-autopay", "Stop", lambda row: row.stopped_at is None, duty=Duty.MOVE_MONEY),)
