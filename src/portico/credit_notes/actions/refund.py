"""Paying a credit note out."""

from __future__ import annotations

import datetime as dt

from portico.access.actors import Actor, Duty, require_office
from portico.access.scope import scope
from portico.credit_notes.models import CreditNote
from portico.credit_notes.standing import use
from portico.customers.locking import lock_books, reread
from portico.kit.money import Money
from portico.payments.actions.refunds import note_refund, pay_back
from portico.payments.models import Refund
from portico.transactions.models import DocumentKind


def refund_credit_note(
    *,
    actor: Actor,
    credit_note: CreditNote,
    amount: Money,
    mode: str,
    date: dt.date,
    reference: str = "",
) -> Refund:
    """Pay some of a credit note back to the customer.

    Args:
        actor: staff who may move money.
        credit_note: an open one.
        amount: at most what is left of it.
        mode: a PaymentMode.
        date: the day it went out, in the organisation's time zone.
        reference: of the bank or the gateway.

    Raises:
        ConflictError: it is a draft or void.
        ForbiddenError: the actor may not move money.
        InvalidError: amount, date or mode cannot be accepted; `field` names it.
    """
    with scope(actor):
        require_office(actor, Duty.MOVE_MONEY)
        lock_books(credit_note.customer_id)
        credit_note = reread(actor, credit_note)
        refund = pay_back(credit_note, amount, mode=mode, date=date, reference=reference)
        use(credit_note, "refunded", amount)
        note_refund(actor, credit_note, DocumentKind.CREDIT_NOTE, refund)
        return refund
