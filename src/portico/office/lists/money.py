"""Payments, attempts and refunds."""

from __future__ import annotations

from typing import ClassVar

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
from portico.payments.standing import status_word

_MONEY = Duty.MOVE_MONEY


class Allocations(Rows):
    """Where the money went."""

    model = Allocation
    verbose_name_plural = "put on invoices"
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


@admin.display(description="Status", ordering="returned_at")
def standing(row: Payment) -> str:
    """Whether it stands, in one word, and whether some of it is gone."""
    if row.taken_back and not row.returned_at:
        return "Taken back"
    return status_word(row.voided_at is not None, row.returned_at is not None)


def _can_go_back(row: Payment) -> bool:
    return row.returned_at is None and bool(refundable(row))


@admin.register(Payment, site=office)
class PaymentAdmin(OfficeAdmin):
    """Payments."""

    empty = "What customers pay, and what you record, appears here."
    list_display = (
        "number",
        "customer",
        "date",
        "mode",
        "reference",
        money("amount"),
        money("unused", "credit left"),
        standing,
    )
    shown = (
        "customer", standing, "date", money("amount"), "mode", "method_label", "reference", "payer_name", "note",
        "retainer", "attempt", money("allocated", "put on invoices"), money("retained", "put on the retainer invoice"),
        money("credit_applied", "of the excess, put on invoices later"), money("refunded", "of the excess, paid back"),
        money("taken_back", "taken back by the bank"), money("unused", "left as credit"), "voided_at", "returned_at",
        "created_at",
    )  # fmt: skip
    parts = frozenset({"allocated", "retained", "credit_applied", "refunded", "taken_back", "unused"})
    list_filter = ("mode", "currency", ("date", admin.DateFieldListFilter))
    search_fields = ("number", "reference", "customer__display_name")
    ordering = ("-date", "-id")
    inlines = (Allocations, Applications, PaidBack, Taken)
    verbs = (
        COMMENTS,
        Verb("link-payment", "Share by link"),
        Verb("send-payment", "Send", lambda row: row.voided_at is None and row.returned_at is None),
        Verb("apply-payment", "Apply the excess", lambda row: bool(row.unused), duty=_MONEY),
        Verb("refund-payment", "Refund the excess", lambda row: bool(row.unused), duty=_MONEY),
        Verb("pay-back", "Pay back", _can_go_back, duty=_MONEY),
        Verb("void-payment", "Void", lambda row: row.voided_at is None and not row.taken_back, duty=_MONEY),
    )


class Changes(Rows):
    """What happened to the attempt."""

    model = AttemptChange
    verbose_name_plural = "what happened"
    shown = (
        "at", words("was", "from"), words("became", "to"), words("via", "learned by"), "reason",
    )  # fmt: skip


class AttemptAllocations(Rows):
    """What it was meant to pay."""

    model = AttemptAllocation
    verbose_name_plural = "what it was meant to pay"
    shown = ("invoice", "retainer", money("amount"))


@admin.display(description="Agreed to the debit", ordering="mandate")
def agreed(row: PaymentAttempt) -> str:
    """When, from where, and to which words; for a bank debit alone."""
    given = {name: row.mandate.get(name, "") for name in ("at", "ip", "words")}
    return "{at}, {ip}: {words}".format(**given)


@admin.register(PaymentAttempt, site=office)
class AttemptAdmin(OfficeAdmin):
    """Attempts to pay through a gateway."""

    empty = "Each time a customer pays through a gateway it appears here, whatever comes of it."
    list_display = ("created_at", "customer", money("amount"), "state", "gateway_account", "failure_message")
    list_filter = ("state", "currency")
    search_fields = ("gateway_reference", "customer__display_name")
    ordering = ("-created_at",)
    hidden = frozenset({"submission_key", "action_url"})  # where the customer alone is asked by their bank
    shown = (
        "customer", money("amount"), "state", "created_at", "changed_at", "contact_person", "link", "gateway_account",
        "mode", "method_label", "saved_method", "saves_method", "is_unattended", agreed, "gateway_reference",
        "failure_code", "failure_message",
    )  # fmt: skip
    called: ClassVar[dict[str, str]] = {
        "link": "public link", "saves_method": "saved for later", "is_unattended": "charged automatically",
    }  # fmt: skip
    parts = frozenset({"mandate"})
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


@admin.register(Refund, site=office)
class RefundAdmin(OfficeAdmin):
    """Refunds."""

    empty = "What you pay back appears here, with the payment or credit it came from."
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
