"""Pages of paying by hand: how it is done, and staff's word on what customers say they have sent."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django import forms
from django.db import models
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.formats import date_format

from portico.access.actors import Actor, Duty
from portico.kit.errors import NotFoundError
from portico.kit.money import format_money
from portico.office.forms.base import MoneyInput, OfficeForm, dress
from portico.office.forms.simple import ReasonForm
from portico.office.pages import ActionPage
from portico.office.site import staff_actor
from portico.office.verbs.loading import one, today
from portico.transfers.actions import confirm_notice, reject_notice, set_way
from portico.transfers.models import ByHand, TransferNotice, TransferWay
from portico.transfers.serving import proof_download


class WayForm(OfficeForm):
    """One way to pay by hand."""

    def __init__(self, submitted: Any, *, it: TransferWay | None = None) -> None:
        initial = (
            {"mode": it.mode, "instructions": it.instructions, "is_offered": it.is_offered} if it else {}
        )
        super().__init__(submitted, initial={"is_offered": True, **initial})
        self.fields["mode"] = forms.ChoiceField(choices=ByHand.choices, label="Paid by")
        self.fields["instructions"] = forms.CharField(
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 6}),
            help_text="Bank details, or where to send a cheque. Customers read it; the reference to quote is added.",
        )
        self.fields["is_offered"] = forms.BooleanField(required=False, label="Offered to customers")
        for field in self.fields.values():
            dress(field)


class ConfirmForm(OfficeForm):
    """What has come."""

    def __init__(self, actor: Actor, it: TransferNotice, submitted: Any) -> None:
        super().__init__(submitted, initial={"amount": it.amount, "date": today(actor)})
        self.fields["amount"] = MoneyInput(currency=it.currency, label="Amount that came")
        self.fields["date"] = forms.DateField(label="The day it came")
        self.fields["reference"] = forms.CharField(max_length=100, required=False, label="As the bank has it")
        for field in self.fields.values():
            dress(field)


def _set(actor: Actor, _it: TransferWay | None, data: dict[str, Any]) -> models.Model:
    return set_way(actor=actor, **data)


def _said(it: TransferNotice) -> str:
    return (
        f"{it.customer} says that {format_money(it.amount)} was sent on {date_format(it.sent_on)} "
        f"({it.get_mode_display()}), reference {it.reference}. It goes where they said; what is more becomes their "
        "credit, and they get the receipt."
    )


TRANSFER_PAGES: Final[dict[str, ActionPage]] = {
    "set-transfer-way": ActionPage(
        "How to pay by hand", "Save", Duty.CONFIGURE,
        lambda actor, it, data: WayForm(data), _set,
        intro=lambda it: "One for each of bank transfer, cheque and cash; saving one again replaces it.",
    ),
    "edit-transfer-way": ActionPage(
        "Change %(it)s", "Save", Duty.CONFIGURE,
        lambda actor, it, data: WayForm(data, it=it), _set, load=one(TransferWay),
    ),
    "confirm-transfer": ActionPage(
        "Confirm %(it)s", "The money has come", Duty.MOVE_MONEY,
        ConfirmForm,
        lambda actor, it, data: confirm_notice(actor=actor, notice=it, **data),
        load=one(TransferNotice), intro=_said, beside="office/proof.html",
    ),
    "reject-transfer": ActionPage(
        "Reject %(it)s", "Reject it", Duty.MOVE_MONEY,
        lambda actor, it, data: ReasonForm(data),
        lambda actor, it, data: reject_notice(actor=actor, notice=it, reason=data["reason"]),
        load=one(TransferNotice), danger=True,
        intro=lambda it: "What it was for can be paid again. The customer is told, with the reason.",
    ),
}  # fmt: skip


def office_proof(request: HttpRequest, object_id: UUID) -> StreamingHttpResponse:
    """What a customer sent with a notice, to be saved."""
    actor = staff_actor(request)
    if actor is None:
        raise NotFoundError
    return proof_download(actor, object_id)
