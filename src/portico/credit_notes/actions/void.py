"""Voiding a credit note: the credit never was."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, Duty, require_office
from portico.access.scope import scope
from portico.credit_notes.models import MOVES, CreditNote, CreditNoteStatus
from portico.customers.locking import lock_books, reread
from portico.kit.errors import ConflictError
from portico.kit.money import Money, format_money
from portico.ledger.post import is_cash, reverse
from portico.transactions.compare_and_set import compare_and_set
from portico.transactions.days import reversal_day
from portico.transactions.history import note
from portico.transactions.models import DocumentKind
from portico.transactions.reasons import check_reason


def void_credit_note(*, actor: Actor, credit_note: CreditNote, reason: str) -> CreditNote:
    """Take a credit note back of which nothing has been used, by the reversal of its entry.

    Raises:
        ConflictError: some of it has been applied or refunded, and the message says what to undo first; or it is over
            money that the bank has given back.
        ForbiddenError: the actor may not move money.
        IllegalMoveError: it is a draft, or void already.
        InvalidError: no reason given.
    """
    with scope(actor):
        require_office(actor, Duty.MOVE_MONEY)
        lock_books(credit_note.customer_id)
        credit_note = reread(actor, credit_note)
        void(actor, credit_note, check_reason(reason))
        return credit_note


def void(actor: Actor, credit_note: CreditNote, reason: str) -> None:
    """Void a credit note that was read under the customer's lock."""
    _refuse_used(credit_note)
    MOVES.check_change(CreditNoteStatus(credit_note.status), CreditNoteStatus.VOID)
    compare_and_set(
        credit_note, {"status": CreditNoteStatus.VOID, "balance": Money.zero(credit_note.currency)}
    )
    reverse(credit_note.pk, day=reversal_day(credit_note.organisation_id, credit_note.date))
    note(actor, credit_note, DocumentKind.CREDIT_NOTE, "voided", {"reason": reason})
    audit.record(actor, "void_credit_note", credit_note, f"{credit_note.number}: {reason}")


def _refuse_used(credit_note: CreditNote) -> None:
    if is_cash(credit_note.pk):
        raise ConflictError(
            _(
                "Credit note %(number)s is over money that the bank has given back, so it cannot be voided. Apply it, or"
                " pay it back."
            )
            % {"number": credit_note.number}
        )
    if credit_note.applied:
        rows = credit_note.applications.filter(reversed_at=None).select_related("invoice").order_by("id")
        raise ConflictError(
            _("%(amount)s of credit note %(number)s has been applied to %(invoices)s. Take that back first.")
            % {
                "amount": format_money(credit_note.applied),
                "number": credit_note.number,
                "invoices": ", ".join(row.invoice.number for row in rows),
            }
        )
    if credit_note.refunded:
        refunds = ", ".join(credit_note.refunds.order_by("id").values_list("number", flat=True))
        raise ConflictError(
            _(
                "%(amount)s of credit note %(number)s has been paid back (%(refunds)s), so it cannot be voided."
            )
            % {
                "amount": format_money(credit_note.refunded),
                "number": credit_note.number,
                "refunds": refunds,
            }
        )
