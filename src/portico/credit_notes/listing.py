"""What the list of credit notes can do: Open and All, statuses, ranges, search, sorts (S4.2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portico.credit_notes.models import CreditNoteStatus
from portico.credit_notes.words import STANDINGS
from portico.transactions.lists import (
    Choice,
    Column,
    KeyKind,
    Listing,
    ListSpec,
    Range,
    Section,
    Sort,
    Tab,
    amount,
    by_name,
    choices_by_name,
    plain,
    register,
)
from portico.transactions.models import DocumentKind
from portico.transactions.searching import search_in

_OPEN: Final = Q(balance__gt=0)


def _status(values: Mapping[str, Any], _today: date) -> str:
    words, _tone = STANDINGS[values["status"]]
    return str(words)


COLUMNS: Final = (
    plain("number", _("Credit note"), fixed=True),
    plain("reference", _("Your reference"), shown=False),
    plain("date", _("Issued")),
    plain("invoice", _("For invoice"), "invoice__number"),
    Column("status", _("Status"), ("status",), _status),
    amount("total", _("Total")),
    amount("balance", _("Credit left")),
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
    search=search_in(DocumentKind.CREDIT_NOTE),
    columns=COLUMNS,
)

LISTING: Final = Listing(DocumentKind.CREDIT_NOTE, CREDIT_NOTES)
register(LISTING)
