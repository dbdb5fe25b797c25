"""What is left of a payment's excess after some of it was applied or paid back, and what a payment is called."""

from __future__ import annotations

from typing import Literal

from django.utils.translation import gettext as _

from portico.kit.errors import InvalidError
from portico.kit.money import Money, format_money
from portico.payments.models import Payment
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


def status_word(is_void: bool, is_returned: bool) -> str:
    """Void, Returned, or Paid."""
    if is_void:
        return _("Void")
    return _("Returned") if is_returned else _("Paid")
