"""Undoing a refund: one that was recorded by mistake, or that the bank has sent back."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, Duty, JobActor, require_office
from portico.access.scope import scope
from portico.credit_notes.standing import use as use_credit_note
from portico.customers.locking import lock_books, reread
from portico.kit import clock
from portico.kit.errors import ConflictError
from portico.ledger.post import reverse
from portico.payments.actions.taking import take_again
from portico.payments.models import Payment, Refund
from portico.payments.standing import use_excess
from portico.retainers.standing import put as put_on_retainer
from portico.transactions.compare_and_set import compare_and_set
from portico.transactions.days import reversal_day
from portico.transactions.history import note
from portico.transactions.models import DocumentKind
from portico.transactions.reasons import check_reason


def undo_refund(*, actor: Actor, refund: Refund, reason: str) -> Refund:
    """Take a refund out of the books: what it was paid from has it again.

    Args:
        actor: staff who may move money, or a job for one that a gateway sent.
        refund: one that stands.
        reason: kept in history.

    Raises:
        ConflictError: it has been undone already, or went out through a gateway, which says itself when it failed.
        ForbiddenError: the actor may not move money.
        InvalidError: no reason given.
    """
    with scope(actor):
        require_office(actor, Duty.MOVE_MONEY)
        lock_books(refund.customer_id)
        refund = reread(actor, refund)
        reason = check_reason(reason)
        if refund.reversed_at is not None:
            raise ConflictError(_("Refund %(number)s has been undone already.") % {"number": refund.number})
        if refund.gateway_refund_id is not None and not isinstance(actor, JobActor):
            raise ConflictError(_("This refund went out through a gateway, so it cannot be undone here."))
        compare_and_set(refund, {"reversed_at": clock.now()})
        _give_again(actor, refund, reason)
        reverse(refund.pk, day=reversal_day(refund.organisation_id, refund.date))
        if refund.gateway_refund_id is None:  # of the others `restore` puts more back first
            for payment in _paid_by(refund):
                take_again(actor, payment)
        audit.record(actor, "undo_refund", refund, f"{refund.number}, {refund.amount}: {reason}")
        return refund


def _paid_by(refund: Refund) -> list[Payment]:
    """Whose money it was, as far as payments can tell."""
    if refund.payment is not None:
        return [refund.payment]
    return list(refund.retainer.payments.all()) if refund.retainer is not None else []


def _give_again(actor: Actor, refund: Refund, reason: str) -> None:
    details = {
        "refund_id": str(refund.pk),
        "refund": refund.number,
        "amount": str(refund.amount),
        "reason": reason,
    }
    if refund.payment is not None:
        payment = reread(actor, refund.payment)
        use_excess(payment, "refunded", -refund.amount)
        note(actor, payment, DocumentKind.PAYMENT, "refund_undone", details)
    elif refund.retainer is not None:
        retainer = reread(actor, refund.retainer)
        put_on_retainer(retainer, "refunded", -refund.amount)
        note(actor, retainer, DocumentKind.RETAINER_INVOICE, "refund_undone", details)
    elif refund.credit_note is not None:
        credit_note = reread(actor, refund.credit_note)
        use_credit_note(credit_note, "refunded", -refund.amount)
        note(actor, credit_note, DocumentKind.CREDIT_NOTE, "refund_undone", details)
