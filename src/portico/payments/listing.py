"""What the list of payments made can do: all, on invoices, on retainers; sorted by date or amount (S7)."""

from __future__ import annotations

from typing import Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portico.payments.models import Allocation
from portico.transactions.lists import (
    Choice,
    KeyKind,
    ListSpec,
    Range,
    Sort,
    Tab,
    by_name,
    choices_by_name,
)

_STANDS: Final = Q(voided_at=None)


def _search(text: str) -> Q:
    """Payments with the text in their number, reference or means, or in the number of what they paid."""
    paid = Allocation.objects.filter(invoice__number__icontains=text, reversed_at=None)
    return (
        Q(number__icontains=text)
        | Q(reference__icontains=text)
        | Q(method_label__icontains=text)
        | Q(retainer__number__icontains=text)
        | Q(pk__in=paid.values("payment_id"))
    )


PAYMENTS: Final = ListSpec(
    tabs=(
        Tab("all", _("All"), choices=("unused", "void"), sort="-date", otherwise=lambda _today: _STANDS),
        Tab(
            "invoices",
            _("Invoice payments"),
            choices=(),
            sort="-date",
            otherwise=lambda _today: _STANDS & Q(retainer=None),
        ),
        Tab(
            "retainers",
            _("Retainer payments"),
            choices=(),
            sort="-date",
            otherwise=lambda _today: _STANDS & Q(retainer__isnull=False),
        ),
    ),
    choices=choices_by_name(
        # Of a void payment nothing is unused.
        Choice("unused", _("Not used up"), lambda _today: Q(unused__gt=0)),
        Choice("void", _("Void"), lambda _today: ~_STANDS),
    ),
    ranges=(
        Range(
            "date",
            "date",
            amount=False,
            label_from=_("Paid from"),
            label_to=_("Paid to"),
            chip_from=_("Paid from %(value)s"),
            chip_to=_("Paid by %(value)s"),
        ),
        Range(
            "amount",
            "amount",
            amount=True,
            label_from=_("At least"),
            label_to=_("At most"),
            chip_from=_("At least %(value)s"),
            chip_to=_("At most %(value)s"),
        ),
    ),
    sorts=by_name(
        Sort("date", "date", KeyKind.DATE, _("Oldest first"), _("Newest first")),
        Sort("amount", "amount", KeyKind.AMOUNT, _("Smallest first"), _("Largest first")),
    ),
    search=_search,
)
