"""Where a credit note stands after some of it was used: the one place that writes its sums and status."""

from __future__ import annotations

from typing import Literal

from django.utils.translation import gettext as _

from portico.credit_notes.models import MOVES, CreditNote, CreditNoteStatus
from portico.kit.errors import ConflictError, InvalidError
from portico.kit.money import Money, format_money
from portico.transactions.compare_and_set import compare_and_set

Use = Literal["applied", "refunded"]


def use(note: CreditNote, how: Use, amount: Money, *, field: str = "amount") -> None:
    """Use some of a credit note (above zero), or give it back (below zero); saved at once.

    The note must have been read under the customer's lock; the ledger entry is the caller's.

    Raises:
        ConflictError: it is a draft or void, or changed meanwhile.
        InvalidError: more than is left; `field` names the input.
    """
    status = CreditNoteStatus(note.status)
    if status in {CreditNoteStatus.DRAFT, CreditNoteStatus.VOID}:
        raise ConflictError(
            _("Credit note %(number)s is %(status)s, so it cannot be used.")
            % {"number": note.number, "status": status.value}
        )
    balance = note.balance - amount
    if balance < Money.zero(note.currency):
        raise InvalidError(
            _("Credit note %(number)s has only %(left)s left.")
            % {"number": note.number, "left": format_money(note.balance)},
            field=field,
        )
    then = CreditNoteStatus.OPEN if balance else CreditNoteStatus.CLOSED
    MOVES.check(status, then)
    used: Money = getattr(note, how) + amount
    compare_and_set(note, {how: used, "balance": balance, "status": then})
