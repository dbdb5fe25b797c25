"""What the list of credit notes can do: Open and All, statuses, ranges, search, sorts (S4.2)."""

from __future__ import annotations

from typing import Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portico.credit_notes.models import CreditNoteLine, CreditNoteStatus
from portico.transactions.lists import (
    Choice,
    KeyKind,
    ListSpec,
    Range,
    Section,
    Sort,
    Tab,
    by_name,
    choices_by_name,
)

_OPEN: Final = Q(balance__gt=0)


def _search(text: str) -> Q:
    """Credit notes with the text in their number, the reference, their invoice's number, or an item's name or SKU."""
    lines = CreditNoteLine.objects.filter(Q(name__icontains=text) | Q(sku__icontains=text))
    return (
        Q(number__icontains=text)
        | Q(reference__icontains=text)
        | Q(invoice__number__icontains=text)
        | Q(pk__in=lines.values("document_id"))
    )


CREDIT_NOTES: Final = ListSpec(
    tabs=(
        Tab(
            "open",
            _("Open"),
            choices=(),
            sort="-date",
            sections=(Section("open", _("Not used up yet"), lambda _today: _OPEN),),
        ),
        Tab(
            "all",
            _("All"),
            choices=("open", "used", "void"),
            sort="-date",
            otherwise=lambda _today: ~Q(status=CreditNoteStatus.VOID),
        ),
    ),
    choices=choices_by_name(
        Choice("open", _("Open"), lambda _today: _OPEN),
        Choice("used", _("Used"), lambda _today: Q(status=CreditNoteStatus.CLOSED)),
        Choice("void", _("Void"), lambda _today: Q(status=CreditNoteStatus.VOID)),
    ),
    ranges=(
        Range(
            "date",
            "date",
            amount=False,
            label_from=_("Issued from"),
            label_to=_("Issued to"),
            chip_from=_("Issued from %(value)s"),
            chip_to=_("Issued by %(value)s"),
        ),
        Range(
            "total",
            "total_thousandths",
            amount=True,
            thousandths=True,
            label_from=_("At least"),
            label_to=_("At most"),
            chip_from=_("At least %(value)s"),
            chip_to=_("At most %(value)s"),
        ),
    ),
    sorts=by_name(
        Sort("date", "date", KeyKind.DATE, _("Oldest first"), _("Newest first")),
        Sort("number", "number", KeyKind.TEXT, _("Number, rising"), _("Number, falling")),
        Sort(
            "total", "total_thousandths", KeyKind.NUMBER, _("Smallest total first"), _("Largest total first")
        ),
        Sort(
            "balance",
            "balance_thousandths",
            KeyKind.NUMBER,
            _("Least credit left first"),
            _("Most credit left first"),
        ),
    ),
    search=_search,
)
