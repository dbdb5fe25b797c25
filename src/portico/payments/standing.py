"""What is left of a payment and of its excess after some of it was applied or paid back, and what a payment is called."""

from __future__ import annotations

from typing import Literal

from django.utils.translation import gettext as _

from portico.kit.errors import InvalidError
from portico.kit.money import Money, format_money, smaller, total
from portico.payments.models import REFUND_PENDING, GatewayRefund, Payment
from portico.transactions.compare_and_set import compare_and_set

Use = Literal["credit_applied", "refunded"]


def use_excess(payment: Payment, use: Use, amount: Money, *, field: str = "amount") -> None:
    """Use some of a payment's excess (above zero), or give it back (below zero); saved at once.

    The payment must have been read under the customer's lock; the ledger entry is the caller's.

    Raises:
        ConflictError: it changed meanwhile.
        InvalidError: more than is unused; `field` names the input.
    """
    unused = payment.unused - amount
    if unused < Money.zero(payment.currency):
        raise InvalidError(
            _("Payment %(number)s has only %(unused)s left.")
            % {"number": payment.number, "unused": format_money(payment.unused)},
            field=field,
        )
    used: Money = getattr(payment, use) + amount
    compare_and_set(payment, {use: used, "unused": unused})


def held(payment: Payment, promised: Money) -> Money:
    """What of a payment the books still have; `promised` of its retainer is going back by other payments."""
    here = payment.allocated + payment.credit_applied + payment.unused
    if payment.retainer is not None:
        free = payment.retainer.paid - payment.retainer.refunded
        here += smaller(payment.retained, free - smaller(promised, free))
    return here


def on_its_way_of_others(payment: Payment) -> Money:
    """What is going back of the other payments of the same retainer: what was paid back in cash may have been theirs."""
    others = GatewayRefund.objects.filter(
        payment__retainer__isnull=False, payment__retainer=payment.retainer, state__in=REFUND_PENDING
    )
    return total((row.amount for row in others.exclude(payment=payment)), payment.currency)


def status_word(is_void: bool, is_returned: bool) -> str:
    """Void, Returned, or Paid."""
    if is_void:
        return _("Void")
    return _("Returned") if is_returned else _("Paid")
