"""Paying a retainer back that will not be drawn."""

from __future__ import annotations

import datetime as dt

from portico.access.actors import Actor, Duty, require_office
from portico.access.scope import scope
from portico.customers.locking import lock_books, reread
from portico.kit.money import Money
from portico.payments.actions.refunds import note_refund, pay_back, refuse_second_refund
from portico.payments.models import Refund
from portico.retainers.models import RetainerInvoice
from portico.retainers.standing import put
from portico.transactions.models import DocumentKind


def refund_retainer(
    *,
    actor: Actor,
    retainer: RetainerInvoice,
    amount: Money,
    mode: str,
    date: dt.date,
    reference: str = "",
) -> Refund:
    """Pay some of what is available on a retainer back to the customer.

    Args:
        actor: staff who may move money.
        retainer: one with an available amount.
        amount: at most what is available.
        mode: a PaymentMode.
        date: the day it went out, in the organisation's time zone.
        reference: of the bank or the gateway.

    Raises:
        ConflictError: it is a draft or void, or a refund of what paid it is on its way through the gateway.
        ForbiddenError: the actor may not move money.
        InvalidError: amount, date or mode cannot be accepted; `field` names it.
    """
    with scope(actor):
        require_office(actor, Duty.MOVE_MONEY)
        lock_books(retainer.customer_id)
        retainer = reread(actor, retainer)
        refuse_second_refund(*retainer.payments.all())
        refund = pay_back(retainer, amount, mode=mode, date=date, reference=reference)
        put(retainer, "refunded", amount)
        note_refund(actor, retainer, DocumentKind.RETAINER_INVOICE, refund)
        return refund
