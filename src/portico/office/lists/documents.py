"""Invoices, credit notes and retainer invoices."""

from __future__ import annotations

from django.contrib import admin

from portico.access.actors import Duty
from portico.credit_notes.models import CreditApplication, CreditNote, CreditNoteLine
from portico.invoices.models import OPEN, Invoice, InvoiceGateway, InvoiceLine, WriteOff
from portico.office.lists.base import COMMENTS, OfficeAdmin, Rows, Verb, link, money
from portico.office.site import office
from portico.payments.models import Allocation
from portico.retainers.models import Drawing, RetainerInvoice, RetainerLine

_MONEY = Duty.MOVE_MONEY
_LINE = ("name", "description", "quantity", "rate", "discount_value", "taxes", money("amount"))
_NOT_SHOWN = frozenset(
    {"fingerprint", "custom_fields", "tax_summary", "total_thousandths", "balance_thousandths"}
)
PARTS = frozenset(
    {
        "discount_value", "discount_total", "shipping_charge", "adjustment", "tax_total", "rounding_total", "paid",
        "credited", "drawn", "written_off", "applied", "refunded",
    }
)  # fmt: skip
"""Sums of documents that are told of only where they are not zero."""


class InvoiceLines(Rows):
    """Lines."""

    model = InvoiceLine
    shown = _LINE


class CreditNoteLines(Rows):
    """Lines."""

    model = CreditNoteLine
    shown = _LINE


class RetainerLines(Rows):
    """Lines."""

    model = RetainerLine
    shown = _LINE


class Allocations(Rows):
    """Payments put on the invoice."""

    model = Allocation
    verbose_name_plural = "payments"
    shown = ("payment", money("amount"), "created_at", "reversed_at")


class Credits(Rows):
    """Credit put on the invoice."""

    model = CreditApplication
    verbose_name_plural = "credits applied"
    shown = (
        "credit_note", "payment", "invoice", money("amount"), "date", "reversed_at",
        link("unapply-credit", "Take off", lambda row: row.reversed_at is None),
    )  # fmt: skip


class Drawings(Rows):
    """What was drawn from retainers."""

    model = Drawing
    shown = (
        "retainer", "invoice", money("amount"), "date", "reversed_at",
        link("undo-drawing", "Undo", lambda row: row.reversed_at is None),
    )  # fmt: skip


class WriteOffs(Rows):
    """Write-offs."""

    model = WriteOff
    shown = (
        money("amount"), "date", "reason", "reversed_at",
        link("undo-write-off", "Undo", lambda row: row.reversed_at is None),
    )  # fmt: skip


class Gateways(Rows):
    """The gateways ticked, where not all are offered."""

    model = InvoiceGateway
    verbose_name_plural = "gateways ticked"
    shown = ("gateway_account",)


@admin.register(Invoice, site=office)
class InvoiceAdmin(OfficeAdmin):
    """Invoices."""

    list_display = ("__str__", "customer", "date", "due_date", "status", money("total"), money("balance"))
    list_filter = ("status", "currency", ("due_date", admin.DateFieldListFilter))
    search_fields = ("number", "reference", "customer__display_name")
    ordering = ("-date", "-id")
    hidden = _NOT_SHOWN
    parts = PARTS
    inlines = (InvoiceLines, Allocations, Credits, Drawings, WriteOffs, Gateways)
    verbs = (
        COMMENTS,
        Verb("issue-invoice", "Issue and send", lambda row: row.status == "draft"),
        Verb("edit-invoice", "Change", lambda row: row.status == "draft"),
        Verb("delete-invoice-draft", "Delete draft", lambda row: row.status == "draft"),
        Verb("send-invoice", "Send", lambda row: row.status not in ("draft", "void")),
        Verb("link-invoice", "Share by link", lambda row: row.status != "draft"),
        Verb("write-off", "Write off", lambda row: row.status in OPEN, duty=_MONEY),
        Verb("void-invoice", "Void", lambda row: row.status in ("sent", "viewed", "paid")),
    )


@admin.register(CreditNote, site=office)
class CreditNoteAdmin(OfficeAdmin):
    """Credit notes."""

    list_display = ("__str__", "customer", "date", "status", money("total"), money("balance"))
    list_filter = ("status", "currency")
    search_fields = ("number", "reference", "customer__display_name")
    ordering = ("-date", "-id")
    hidden = _NOT_SHOWN
    parts = PARTS
    inlines = (CreditNoteLines, Credits)
    verbs = (
        COMMENTS,
        Verb("issue-credit-note", "Issue and send", lambda row: row.status == "draft", duty=_MONEY),
        Verb("edit-credit-note", "Change", lambda row: row.status == "draft"),
        Verb("delete-credit-note-draft", "Delete draft", lambda row: row.status == "draft"),
        Verb("link-credit-note", "Share by link", lambda row: row.status != "draft"),
        Verb("send-credit-note", "Send", lambda row: row.status not in ("draft", "void")),
        Verb("apply-credit-note", "Apply to invoice", lambda row: row.status == "open", duty=_MONEY),
        Verb("refund-credit-note", "Refund", lambda row: row.status == "open", duty=_MONEY),
        Verb("void-credit-note", "Void", lambda row: row.status == "open", duty=_MONEY),
    )


@admin.register(RetainerInvoice, site=office)
class RetainerAdmin(OfficeAdmin):
    """Retainer invoices."""

    list_display = (
        "__str__",
        "customer",
        "date",
        "status",
        money("total"),
        money("balance"),
        money("available"),
    )
    list_filter = ("status", "currency")
    search_fields = ("number", "reference", "customer__display_name")
    ordering = ("-date", "-id")
    hidden = _NOT_SHOWN
    parts = PARTS
    inlines = (RetainerLines, Drawings)
    verbs = (
        COMMENTS,
        Verb("issue-retainer", "Issue and send", lambda row: row.status == "draft"),
        Verb("edit-retainer", "Change", lambda row: row.status == "draft"),
        Verb("delete-retainer-draft", "Delete draft", lambda row: row.status == "draft"),
        Verb("link-retainer", "Share by link", lambda row: row.status != "draft"),
        Verb("send-retainer", "Send", lambda row: row.status not in ("draft", "void")),
        Verb("draw-retainer", "Apply to invoice", lambda row: bool(row.available), duty=_MONEY),
        Verb("refund-retainer", "Refund", lambda row: bool(row.available), duty=_MONEY),
        Verb("void-retainer", "Void", lambda row: row.status == "sent"),
    )
