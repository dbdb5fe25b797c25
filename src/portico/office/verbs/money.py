"""Pages that move money: payments, credits, retainers, refunds, write-offs."""

from __future__ import annotations

from typing import Any, Final

from django.db import models

from portico.access.actors import Actor, Duty
from portico.credit_notes.actions.apply import apply_credit, unapply_credit
from portico.credit_notes.actions.refund import refund_credit_note
from portico.credit_notes.models import CreditApplication, CreditNote
from portico.customers.models import Customer
from portico.invoices.actions.write_off import reverse_write_off, write_off_invoice
from portico.invoices.models import Invoice, WriteOff
from portico.kit.errors import InvalidError
from portico.kit.money import format_money
from portico.office.forms.simple import AmountForm, ApplyForm, NothingForm, PaymentForm, ReasonForm
from portico.office.pages import ActionPage
from portico.office.verbs.loading import one, today
from portico.payments.actions.record import record_payment
from portico.payments.actions.refunds import refund_excess
from portico.payments.actions.send import send_payment
from portico.payments.actions.void import void_payment
from portico.payments.models import Payment
from portico.retainers.actions.draw import draw_retainer, undo_drawing
from portico.retainers.actions.refund import refund_retainer
from portico.retainers.models import Drawing, RetainerInvoice

_PAYMENT: Final = ("amount", "date", "mode", "reference", "payer_name", "note", "retainer", "allocations")


def _record(actor: Actor, it: Customer, data: dict[str, Any]) -> models.Model:
    payment = record_payment(actor=actor, customer=it, **{name: data[name] for name in _PAYMENT})
    if data["send_receipt"]:
        send_payment(actor=actor, payment=payment)
    return payment


def _send(actor: Actor, it: Payment, _data: dict[str, Any]) -> models.Model:
    if not send_payment(actor=actor, payment=it):
        raise InvalidError("Everybody who may see billing and has an address has had it already.")
    return it


def _apply(actor: Actor, it: CreditNote | Payment, data: dict[str, Any]) -> models.Model:
    apply_credit(actor=actor, source=it, invoice=data["invoice"], amount=data["amount"])
    return it


def _unapply(actor: Actor, it: CreditApplication, _data: dict[str, Any]) -> models.Model:
    unapply_credit(actor=actor, application=it)
    return it.invoice


def _draw(actor: Actor, it: RetainerInvoice, data: dict[str, Any]) -> models.Model:
    draw_retainer(actor=actor, retainer=it, invoice=data["invoice"], amount=data["amount"])
    return it


def _undo_drawing(actor: Actor, it: Drawing, _data: dict[str, Any]) -> models.Model:
    undo_drawing(actor=actor, drawing=it)
    return it.retainer


def _write_off(actor: Actor, it: Invoice, data: dict[str, Any]) -> models.Model:
    write_off_invoice(actor=actor, invoice=it, reason=data["reason"])
    return it


def _reverse_write_off(actor: Actor, it: WriteOff, _data: dict[str, Any]) -> models.Model:
    return reverse_write_off(actor=actor, write_off=it)


def _refund(action: Any, name: str) -> Any:
    def run(actor: Actor, it: Any, data: dict[str, Any]) -> models.Model:
        action(actor=actor, **{name: it}, **data)
        row: models.Model = it
        return row

    return run


def _goes_back(it: Any) -> str:
    return "This records money that you have paid back outside; it does not send any."


MONEY_PAGES: Final[dict[str, ActionPage]] = {
    "record-payment": ActionPage(
        "Record a payment of %(it)s", "Record payment", Duty.MOVE_MONEY,
        lambda actor, it, data: PaymentForm(actor, it, data, today=today(actor)), _record, load=one(Customer),
        intro=lambda it: "What is put on no invoice becomes the customer's credit.",
    ),
    "send-payment": ActionPage(
        "Send the receipt %(it)s", "Send receipt", Duty.WRITE_DOCUMENTS,
        lambda actor, it, data: NothingForm(data), _send, load=one(Payment),
        intro=lambda it: "An e-mail with the PDF goes to those who may see billing and have not had it yet.",
    ),
    "void-payment": ActionPage(
        "Void %(it)s", "Void payment", Duty.MOVE_MONEY,
        lambda actor, it, data: ReasonForm(data),
        lambda actor, it, data: void_payment(actor=actor, payment=it, reason=data["reason"]), load=one(Payment),
        intro=lambda it: f"{format_money(it.amount)} is taken back: the invoices it paid open again.", danger=True,
    ),
    "refund-payment": ActionPage(
        "Refund the excess of %(it)s", "Record refund", Duty.MOVE_MONEY,
        lambda actor, it, data: AmountForm(it.currency, it.unused, data, today=today(actor)),
        _refund(refund_excess, "payment"), load=one(Payment), intro=_goes_back,
    ),
    "apply-payment": ActionPage(
        "Apply the excess of %(it)s", "Apply to invoice", Duty.MOVE_MONEY,
        lambda actor, it, data: ApplyForm(actor, it, it.unused, data), _apply, load=one(Payment),
    ),
    "apply-credit-note": ActionPage(
        "Apply %(it)s", "Apply to invoice", Duty.MOVE_MONEY,
        lambda actor, it, data: ApplyForm(actor, it, it.balance, data), _apply, load=one(CreditNote),
    ),
    "unapply-credit": ActionPage(
        "Take credit off its invoice", "Take credit off", Duty.MOVE_MONEY,
        lambda actor, it, data: NothingForm(data), _unapply, load=one(CreditApplication),
        intro=lambda it: f"{format_money(it.amount)} comes off {it.invoice}, which opens by it.", danger=True,
    ),
    "refund-credit-note": ActionPage(
        "Refund %(it)s", "Record refund", Duty.MOVE_MONEY,
        lambda actor, it, data: AmountForm(it.currency, it.balance, data, today=today(actor)),
        _refund(refund_credit_note, "credit_note"), load=one(CreditNote), intro=_goes_back,
    ),
    "draw-retainer": ActionPage(
        "Draw %(it)s", "Apply to invoice", Duty.MOVE_MONEY,
        lambda actor, it, data: ApplyForm(actor, it, it.available, data), _draw, load=one(RetainerInvoice),
    ),
    "undo-drawing": ActionPage(
        "Undo a drawing", "Undo drawing", Duty.MOVE_MONEY,
        lambda actor, it, data: NothingForm(data), _undo_drawing, load=one(Drawing),
        intro=lambda it: f"{format_money(it.amount)} comes off {it.invoice}, which opens by it.", danger=True,
    ),
    "refund-retainer": ActionPage(
        "Refund %(it)s", "Record refund", Duty.MOVE_MONEY,
        lambda actor, it, data: AmountForm(it.currency, it.available, data, today=today(actor)),
        _refund(refund_retainer, "retainer"), load=one(RetainerInvoice), intro=_goes_back,
    ),
    "write-off": ActionPage(
        "Write off %(it)s", "Write off", Duty.MOVE_MONEY,
        lambda actor, it, data: ReasonForm(data), _write_off, load=one(Invoice),
        intro=lambda it: f"{format_money(it.balance)} is given up as lost. It can be undone.", danger=True,
    ),
    "undo-write-off": ActionPage(
        "Undo the write-off", "Undo write-off", Duty.MOVE_MONEY,
        lambda actor, it, data: NothingForm(data), _reverse_write_off, load=one(WriteOff),
        intro=lambda it: f"{format_money(it.amount)} is owed again, on {it.invoice}.",
    ),
}  # fmt: skip
