"""An amount a person asks to move: above zero and in the right currency."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portico.kit.errors import InvalidError
from portico.kit.money import Money


def check_amount(amount: Money, currency: str | None = None, field: str = "amount") -> Money:
    """The amount itself.

    Raises:
        InvalidError: zero or below, or not in the currency where one is given; `field` names the input.
    """
    if currency is not None and amount.currency != currency:
        raise InvalidError(
            _("This amount is in %(theirs)s, not in %(ours)s.")
            % {"theirs": amount.currency, "ours": currency},
            field=field,
        )
    if amount <= Money.zero(amount.currency):
        raise InvalidError(_("The amount must be more than zero."), field=field)
    return amount
