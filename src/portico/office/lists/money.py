"""Payments, attempts and refunds."""

from __future__ import annotations

from django.contrib import admin

from portico.access.actors import Duty
from portico.credit_notes.models import CreditApplication
from portico.office.lists.base import COMMENTS, OfficeAdmin, Rows, Verb, link, money, words
from portico.office.site import office
from portico.payments.actions.gateway_refunds import refundable
from portico.payments.models import (
    PENDING,
    Allocation,
    AttemptAllocation,
    AttemptChange,
    AttemptState,
    GatewayRefund,
    Payment,
    PaymentAttempt,
    Refund,
    TakenBack,
)

_MONEY = Duty.MOVE_MONEY


class Allocations(Rows):
    """Where the money went."""

    model = Allocation
    shown = ("invoice", money("amount"), money("taken", "taken off since"), "created_at", "reversed_at")


class Applications(Rows):
    """Where the excess went later."""

    model = CreditApplication
    verbose_name_plural = "excess applied"
    shown = (
        "invoice", money("amount"), "date", "reversed_at",
        link("unapply-credit", "Take off", lambda row: row.reversed_at is None),
    )  # fmt: skip


class PaidBack(Rows):
    """What went back through the gateway."""

    model = GatewayRefund
    verbose_name_plural = "paid back through the gateway"
    shown = ("created_at", money("amount"), "state", "is_ours", "asked_by", "reason", "failure_message")


class Taken(Rows):
    """What the customer's bank has taken back."""

    model = TakenBack
    verbose_name_plural = "taken back by the bank"
    shown = ("date", "kind", money("amount"), "reason", "charge", "restored_at")


@admin.register(Payment, site=office)
class PaymentAdmin(OfficeAdmin):
    """Payments."""

    list_display = (
        "number",
        "customer",
        "date",
        "mode",
        "reference",
        money("amount"),
        money("unused"),
        "voided_at",
        "returned_at",
    )
    list_filter = ("mode", "currency", ("date", admin.DateFieldListFilter))
    search_fields = ("number", "reference", "customer__display_name")
    ordering = ("-date", "-id")
    inlines = (Allocations, Applications, PaidBack, Taken)
    verbs = (
        COMMENTS,
        Verb("link-payment", "Share by link"),
        Verb("apply-payment", "Apply the excess", lambda row: bool(row.unused), duty=_MONEY),
        Verb("refund-payment", "Refund the excess", lambda row: bool(row.unused), duty=_MONEY),
        Verb(
            "pay-back",
            "Pay back",
            lambda row: row.returned_at is None and bool(refundable(row)),
            duty=_MONEY,
        ),
        Verb("void-payment", "Void", lambda row: row.voided_at is None and not row.taken_back, duty=_MONEY),
    )


class Changes(Rows):
    """What happened to the attempt."""

    model = AttemptChange
    shown = ("at", "was", "became", "via", "reason")


class AttemptAllocations(Rows):
    """What it was meant to pay."""

    model = AttemptAllocation
    shown = ("invoice", "retainer", money("amount"))


@admin.register(PaymentAttempt, site=office)
class AttemptAdmin(OfficeAdmin):
    """Attempts to pay through a gateway."""

    list_display = ("created_at", "customer", money("amount"), "state", "gateway_account", "failure_message")
    list_filter = ("state", "currency")
    search_fields = ("gateway_reference", "customer__display_name")
    ordering = ("-created_at",)
    columns = (
        "customer", money("amount"), words("state"), "created_at", "changed_at", "contact_person", "link",
        "gateway_account", words("mode"), "method_label", "saves_method", "is_unattended", "agreed",
        "gateway_reference", "failure_code", "failure_message",
    )  # fmt: skip
    inlines = (AttemptAllocations, Changes)
    verbs = (
        Verb(
            "ask-gateway",
            "Ask the gateway",
            lambda row: row.state in PENDING or row.state == AttemptState.SUCCEEDED,
            duty=_MONEY,
        ),
        Verb("end-attempt", "End it", lambda row: row.state in PENDING, duty=_MONEY),
    )

    @admin.display(description="agreed to the debit")
    def agreed(self, row: PaymentAttempt) -> str:
        """When, from where, and to which words; for a bank debit alone."""
        if not row.mandate:
            return "–"
        given = {name: row.mandate.get(name, "") for name in ("at", "ip", "words")}
        return "{at}, {ip}: {words}".format(**given)


@admin.register(Refund, site=office)
class RefundAdmin(OfficeAdmin):
    """Refunds."""

    list_display = ("number", "customer", "date", "mode", "reference", money("amount"), "reversed_at")
    list_filter = ("mode", "currency")
    search_fields = ("number", "reference", "customer__display_name")
    ordering = ("-date", "-id")
    verbs = (
        Verb(
            "undo-refund",
            "Undo",
            lambda row: row.reversed_at is None and row.gateway_refund_id is None,
            duty=_MONEY,
        ),
    )
