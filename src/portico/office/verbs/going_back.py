"""Pages about money that goes back, and about payments on which a gateway does not agree with us."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.db import models

from portico.access.actors import Actor, Duty
from portico.access.scope import scope
from portico.disputes.letters import opened_words
from portico.disputes.models import Dispute
from portico.kit.errors import ConflictError
from portico.kit.money import format_money
from portico.office.forms.going_back import TO_CREDIT, PayBackForm, SinceForm
from portico.office.forms.simple import NothingForm, ReasonForm
from portico.office.pages import ActionPage
from portico.office.verbs.loading import one, today
from portico.payments.actions.end import end_attempt
from portico.payments.actions.gateway_refunds import (
    refund_to_credit,
    refundable,
    request_refund,
    submit_refund,
)
from portico.payments.actions.reconcile import ask_about, clear_up
from portico.payments.actions.undo_refund import undo_refund
from portico.payments.models import PENDING, Payment, PaymentAttempt, Refund, RefundState
from portico.payouts.actions.read import BACK, read_payouts
from portico.payouts.models import Payout


def _pay_back(actor: Actor, it: Payment, data: dict[str, Any]) -> models.Model:
    amount, chosen = data["amount"], data["chosen"]
    if data["to"] == TO_CREDIT:
        return refund_to_credit(actor=actor, payment=it, amount=amount, chosen=chosen)
    row = request_refund(actor=actor, payment=it, amount=amount, chosen=chosen, reason=data["reason"])
    row = submit_refund(organisation_id=actor.organisation_id, refund_id=row.pk)
    if row.state == RefundState.FAILED:
        raise ConflictError(row.failure_message or "The gateway refused.")
    return it


def _undo_refund(actor: Actor, it: Refund, data: dict[str, Any]) -> models.Model:
    return undo_refund(actor=actor, refund=it, reason=data["reason"])


def _ask(actor: Actor, it: PaymentAttempt, _data: dict[str, Any]) -> models.Model:
    if it.state in PENDING:
        clear_up(organisation_id=actor.organisation_id, attempt_id=it.pk, via="office", give_up=False)
    elif not ask_about(organisation_id=actor.organisation_id, attempt_id=it.pk):
        raise ConflictError("The gateway does not answer. Try again in a while.")
    return it


def _ask_about_dispute(actor: Actor, it: Dispute, _data: dict[str, Any]) -> models.Model:
    attempt_id = it.payment.attempt_id
    if attempt_id is None or not ask_about(organisation_id=actor.organisation_id, attempt_id=attempt_id):
        raise ConflictError("The gateway does not answer. Try again in a while.")
    return it


def _read_payouts(actor: Actor, _it: None, data: dict[str, Any]) -> models.Model:
    read_payouts(organisation_id=actor.organisation_id, since=data["since"])
    with scope(actor):
        latest = Payout.objects.visible_to(actor).order_by("-arrives", "-id").first()
    if latest is None:
        raise ConflictError("No gateway has paid anything out yet.")
    return latest


def _load_dispute(actor: Actor, object_id: UUID) -> Dispute:
    return Dispute.objects.select_related("payment__customer").one_for(actor, pk=object_id)


def _end(actor: Actor, it: PaymentAttempt, data: dict[str, Any]) -> models.Model:
    return end_attempt(actor=actor, attempt=it, reason=data["reason"])


def _what_can_go_back(it: Payment) -> str:
    """What it is, and why where nothing of it can be paid back."""
    whole = f"{it} over {format_money(it.amount)}"
    if refundable(it):
        return f"{whole} came through a gateway. You see what will happen first."
    gone = (
        f"{format_money(it.taken_back)} of it has been taken back by the customer's bank"
        if it.taken_back
        else ""
    )
    return f"Nothing of {whole} can be paid back: {gone or 'it did not come through a gateway, or is gone already'}."


def _both_sides(it: PaymentAttempt) -> str:
    """What was asked for, and what the gateway said last that did not fit."""
    said = it.changes.exclude(reason="").order_by("-at").values_list("reason", flat=True).first()
    return (
        f"Asked for: {format_money(it.amount)}. {said or 'The gateway has said nothing of it.'} Ended, it books"
        " nothing and reserves nothing. What the gateway has taken is refunded there, or recorded here by hand."
    )


GOING_BACK_PAGES: Final[dict[str, ActionPage]] = {
    "pay-back": ActionPage(
        "Pay back %(it)s", "Pay back", Duty.MOVE_MONEY,
        lambda actor, it, data: PayBackForm(it, data), _pay_back, load=one(Payment), intro=_what_can_go_back,
        danger=True, calls_outside=True,
    ),
    "undo-refund": ActionPage(
        "Undo %(it)s", "Undo refund", Duty.MOVE_MONEY,
        lambda actor, it, data: ReasonForm(data), _undo_refund, load=one(Refund),
        intro=lambda it: f"{format_money(it.amount)} was recorded as paid back. Undone, it is credit again.", danger=True,
    ),
    "ask-gateway": ActionPage(
        "Ask the gateway", "Ask the gateway", Duty.MOVE_MONEY,
        lambda actor, it, data: NothingForm(data), _ask, load=one(PaymentAttempt),
        intro=lambda it: "What it says is booked: a success, a return, refunds and disputes.", calls_outside=True,
    ),
    "ask-about-dispute": ActionPage(
        "Ask about this dispute", "Ask the gateway", Duty.MOVE_MONEY,
        lambda actor, it, data: NothingForm(data), _ask_about_dispute, load=_load_dispute,
        intro=opened_words, calls_outside=True,
    ),
    "read-payouts": ActionPage(
        "Read the payouts now", "Read the payouts", Duty.MOVE_MONEY,
        lambda actor, it, data: SinceForm(today(actor) - BACK, data), _read_payouts,
        intro=lambda it: "They are read every morning; this asks the gateways that tell of payouts now.",
        calls_outside=True,
    ),
    "end-attempt": ActionPage(
        "End a payment that does not fit", "End it", Duty.MOVE_MONEY,
        lambda actor, it, data: ReasonForm(data), _end, load=one(PaymentAttempt),
        intro=_both_sides, danger=True, calls_outside=True,
    ),
}  # fmt: skip
