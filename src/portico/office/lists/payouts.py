"""What gateways have paid out to the organisation's bank, and what each payout contains."""

from __future__ import annotations

from django.contrib import admin

from portico.access.actors import Duty
from portico.office.lists.base import OfficeAdmin, Rows, Verb, money, words
from portico.office.site import office
from portico.payouts.models import Payout, PayoutLine


class Lines(Rows):
    """What it is the sum of."""

    model = PayoutLine
    verbose_name_plural = "lines"
    shown = (
        words("kind"), "payment", "reference", money("gross"), money("fee"), money("net"), "description",
    )  # fmt: skip


@admin.register(Payout, site=office)
class PayoutAdmin(OfficeAdmin):
    """Payouts."""

    empty = "What gateways pay out to your bank appears here, line by line; it is read every morning."
    list_display = (
        "reference",
        "gateway_account",
        "arrives",
        words("state"),
        money("gross"),
        money("fee"),
        money("amount"),
    )
    list_filter = ("state", "currency", ("arrives", admin.DateFieldListFilter))
    search_fields = ("reference", "lines__reference", "lines__payment__number")
    ordering = ("-arrives", "-id")
    shown = (
        "gateway_account", "reference", money("gross"), money("fee"), money("amount"), "arrives", words("state"),
        "read_at",
    )  # fmt: skip
    inlines = (Lines,)
    list_verbs = (
        Verb("read-payouts", "Read the payouts now", duty=Duty.MOVE_MONEY),
        Verb("reconcile_report", "Compare with the gateways", duty=Duty.MOVE_MONEY),
    )
