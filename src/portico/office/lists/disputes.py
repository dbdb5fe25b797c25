"""Disputes, with until when evidence is due; it is handed in at the gateway."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin

from portico.access.actors import Duty
from portico.disputes.models import Dispute
from portico.office.lists.base import OfficeAdmin, Verb, money
from portico.office.site import office


@admin.register(Dispute, site=office)
class DisputeAdmin(OfficeAdmin):
    """Disputes."""

    empty = "When a customer's bank disputes a payment, it appears here with the day by which to answer."
    list_display = (
        "payment",
        "customer",
        money("amount"),
        "state",
        "gateway_reference",
        "evidence_due",
    )
    shown = (
        "customer", "payment", "gateway_reference", money("amount"), "state", "reason", "evidence_due", "taken",
        "opened_at", "changed_at", "reminded_at",
    )  # fmt: skip
    called: ClassVar[dict[str, str]] = {"taken": "money gone", "reminded_at": "staff reminded"}
    list_filter = ("state", "currency")
    search_fields = ("gateway_reference", "payment__number", "customer__display_name")
    ordering = ("evidence_due", "-opened_at")
    verbs = (Verb("ask-about-dispute", "Ask the gateway", duty=Duty.MOVE_MONEY),)
