"""Where a retainer invoice stands after money has moved: the one place that writes its sums and status."""

from __future__ import annotations

from typing import Literal

from django.utils.translation import gettext as _

from portico.kit.errors import ConflictError, InvalidError
from portico.kit.money import Money, format_money
from portico.retainers.models import MOVES, RetainerInvoice, RetainerStatus
from portico.transactions.compare_and_set import compare_and_set

Part = Literal["paid", "drawn", "refunded"]
_NOT_ISSUED = {RetainerStatus.DRAFT, RetainerStatus.VOID}


def status_of(total: Money, paid: Money, used: Money) -> RetainerStatus:
    """The status of an issued retainer invoice; `used` is what was drawn or refunded of what was paid."""
    if used:
        return RetainerStatus.DRAWN if paid == used == total else RetainerStatus.PARTIALLY_DRAWN
    if not paid:
        return RetainerStatus.SENT
    return RetainerStatus.PAID if paid == total else RetainerStatus.PARTIALLY_PAID


def open_amount(retainer: RetainerInvoice) -> Money:
    """What can still be paid on it: nothing on a draft or a void one."""
    return Money.zero(retainer.currency) if retainer.status in _NOT_ISSUED else retainer.balance


def put(retainer: RetainerInvoice, part: Part, amount: Money, *, field: str = "amount") -> None:
    """Pay on a retainer, draw from it, refund it (above zero), or undo that (below zero); saved at once.

    The retainer must have been read under the customer's lock; the ledger entry is the caller's.

    Raises:
        ConflictError: it is a draft or void, or changed meanwhile.
        InvalidError: more than is open to pay, or than is available to draw or refund; `field` names the input.
    """
    status = RetainerStatus(retainer.status)
    if status in _NOT_ISSUED:
        raise ConflictError(
            _("Retainer invoice %(number)s is %(status)s, so no money can be put on it.")
            % {"number": retainer.number, "status": status.value}
        )
    sums = {"paid": retainer.paid, "drawn": retainer.drawn, "refunded": retainer.refunded}
    sums[part] += amount
    used = sums["drawn"] + sums["refunded"]
    balance, available = retainer.total - sums["paid"], sums["paid"] - used
    zero = Money.zero(retainer.currency)
    if balance < zero:
        raise InvalidError(
            _("Retainer invoice %(number)s has only %(open)s open.")
            % {"number": retainer.number, "open": format_money(retainer.balance)},
            field=field,
        )
    if available < zero:
        raise InvalidError(
            _("Retainer invoice %(number)s has only %(available)s available.")
            % {"number": retainer.number, "available": format_money(retainer.available)},
            field=field,
        )
    then = status_of(retainer.total, sums["paid"], used)
    MOVES.check(status, then)
    compare_and_set(retainer, {part: sums[part], "balance": balance, "available": available, "status": then})
