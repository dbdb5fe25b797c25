"""Voiding a retainer invoice: nobody asks for it any more."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, Duty, require_office
from portico.access.scope import scope
from portico.customers.locking import lock_books, reread
from portico.kit.errors import ConflictError
from portico.kit.money import Money, format_money
from portico.retainers.models import MOVES, RetainerInvoice, RetainerStatus
from portico.transactions.compare_and_set import compare_and_set
from portico.transactions.history import note
from portico.transactions.models import DocumentKind
from portico.transactions.reasons import check_reason


def void_retainer(*, actor: Actor, retainer: RetainerInvoice, reason: str) -> RetainerInvoice:
    """Take a retainer invoice back that nothing has been paid on; no account has moved, so none is reversed.

    Raises:
        ConflictError: something has been paid on it; the message says what to undo first.
        ForbiddenError: the actor may not write documents.
        IllegalMoveError: it is a draft, or void already.
        InvalidError: no reason given.
    """
    with scope(actor):
        require_office(actor, Duty.WRITE_DOCUMENTS)
        lock_books(retainer.customer_id)
        retainer = reread(actor, retainer)
        reason = check_reason(reason)
        if retainer.paid:
            raise ConflictError(
                _("%(amount)s has been paid on retainer invoice %(number)s. Void its payments first.")
                % {"amount": format_money(retainer.paid), "number": retainer.number}
            )
        MOVES.check_change(RetainerStatus(retainer.status), RetainerStatus.VOID)
        compare_and_set(retainer, {"status": RetainerStatus.VOID, "balance": Money.zero(retainer.currency)})
        note(actor, retainer, DocumentKind.RETAINER_INVOICE, "voided", {"reason": reason})
        audit.record(actor, "void_retainer", retainer, f"{retainer.number}: {reason}")
        return retainer
