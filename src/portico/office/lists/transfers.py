"""What customers say they have sent, and how to pay by hand."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from portico.access.actors import Duty
from portico.office.lists.base import OfficeAdmin, Rows, Verb, money
from portico.office.site import office
from portico.transfers.models import NoticePart, NoticeState, TransferNotice, TransferWay


class Parts(Rows):
    """What it is for."""

    model = NoticePart
    verbose_name_plural = "what it is for"
    shown = ("invoice", "retainer", money("amount"))


@admin.display(description="Proof")
def proof(row: TransferNotice) -> str:
    """A link to save it."""
    if not row.proof_key:
        return "–"
    where = reverse("admin:download_proof", args=[row.pk])
    return format_html('<a class="text-primary-600" href="{}">{}</a>', where, row.proof_name)


def _waits(row: TransferNotice) -> bool:
    return row.state == NoticeState.AWAITING


@admin.register(TransferNotice, site=office)
class NoticeAdmin(OfficeAdmin):
    """Transfers, cheques and cash that customers have told of; those that await confirmation are to be looked for."""

    empty = "When customers say that they sent a transfer, a cheque or cash, it waits here for your word."
    list_display = (
        "reference",
        "customer",
        "mode",
        money("amount"),
        "sent_on",
        "own_reference",
        "state",
        proof,
    )
    list_filter = ("state", "mode")
    search_fields = ("reference", "own_reference", "customer__display_name")
    ordering = ("-created_at",)
    shown = (
        "customer", "contact_person", "reference", "state", "mode", money("amount"), "sent_on", "own_reference", proof,
        "reason", "decided_at", "decided_by", "payment", "created_at",
    )  # fmt: skip
    hidden = frozenset({"submission_key", "proof_key", "proof_name", "proof_type", "proof_size"})
    called: ClassVar[dict[str, str]] = {
        "reference": "reference to quote", "reason": "why it was rejected", "created_at": "told of",
        "contact_person": "told by",
    }  # fmt: skip
    inlines = (Parts,)
    verbs = (
        Verb("confirm-transfer", "The money has come", _waits, Duty.MOVE_MONEY),
        Verb("reject-transfer", "Reject", _waits, Duty.MOVE_MONEY),
    )


@admin.register(TransferWay, site=office)
class WayAdmin(OfficeAdmin):
    """Bank details, where to send cheques, where to pay cash."""

    empty = "Say how customers pay by bank transfer, cheque or cash; they read it when they pay."
    list_display = ("mode", "instructions", "is_offered")
    ordering = ("mode",)
    list_verbs = (Verb("set-transfer-way", "New way", duty=Duty.CONFIGURE),)
    verbs = (Verb("edit-transfer-way", "Change", duty=Duty.CONFIGURE),)
