"""What the list of retainer invoices can do: Outstanding and All, statuses, ranges, search, sorts (S4.1, S4.2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portico.retainers.models import RetainerStatus
from portico.retainers.words import STANDINGS, standing
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

AVAILABLE: Final = "available"
"""The choice whose rows add up to Home's “Available retainer payments”."""
_OPEN: Final = Q(balance__gt=0)


def _standing(values: Mapping[str, Any], today: date) -> str:
    zero = values["balance"] * 0
    late = (today - values["due_date"]).days
    words, _tone = STANDINGS[standing(values["status"], values["balance"], values["paid"], zero, late)]
    return str(words)


COLUMNS: Final = (
    plain("number", _("Retainer invoice"), fixed=True),
    plain("reference", _("Your reference"), shown=False),
    plain("date", _("Issued")),
    plain("due_date", _("Due")),
    Column("status", _("Status"), ("status", "balance", "paid", "due_date"), _standing),
    amount("total", _("Total")),
    amount("available", _("Available")),
    amount("balance", _("Balance")),
)
RETAINERS: Final = ListSpec(
    tabs=(
        Tab(
            "outstanding",
            _("Outstanding"),
            choices=("overdue", "due", "partially_paid"),
            sort="due_date",
            sections=(
                Section("late", _("Past due"), lambda today: _OPEN & Q(due_date__lt=today)),
                Section("later", _("Due later"), lambda today: _OPEN & Q(due_date__gte=today)),
            ),
        ),
        Tab(
            "all",
            _("All"),
            choices=("unpaid", "overdue", "partially_paid", "paid", AVAILABLE, "used", "void"),
            sort="-date",
            otherwise=lambda _today: ~Q(status=RetainerStatus.VOID),
        ),
    ),
    choices=choices_by_name(
        Choice("unpaid", _("Unpaid"), lambda _today: _OPEN),
        Choice("due", _("Due later"), lambda today: _OPEN & Q(due_date__gte=today)),
        Choice("overdue", _("Overdue"), lambda today: _OPEN & Q(due_date__lt=today)),
        # Also where some of what was paid has been used since, which the status tells then.
        Choice("partially_paid", _("Part paid"), lambda _today: _OPEN & Q(paid__gt=0)),
        Choice(
            "paid",
            _("Paid"),
            lambda _today: (
                Q(balance=0)
                & Q(status__in=[RetainerStatus.PAID, RetainerStatus.PARTIALLY_DRAWN, RetainerStatus.DRAWN])
            ),
        ),
        Choice(AVAILABLE, _("Available to use"), lambda _today: Q(available__gt=0)),
        Choice("used", _("Used"), lambda _today: Q(status=RetainerStatus.DRAWN)),
        Choice("void", _("Void"), lambda _today: Q(status=RetainerStatus.VOID)),
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
            "due",
            "due_date",
            amount=False,
            label_from=_("Due from"),
            label_to=_("Due to"),
            chip_from=_("Due from %(value)s"),
            chip_to=_("Due by %(value)s"),
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
        Sort("due_date", "due_date", KeyKind.DATE, _("Due soonest"), _("Due latest")),
        Sort("date", "date", KeyKind.DATE, _("Oldest first"), _("Newest first")),
        Sort("number", "number", KeyKind.TEXT, _("Number, rising"), _("Number, falling")),
        Sort(
            "total", "total_thousandths", KeyKind.NUMBER, _("Smallest total first"), _("Largest total first")
        ),
        Sort(
            "balance",
            "balance_thousandths",
            KeyKind.NUMBER,
            _("Smallest balance first"),
            _("Largest balance first"),
        ),
    ),
    search=search_in(DocumentKind.RETAINER_INVOICE),
    columns=COLUMNS,
)

LISTING: Final = Listing(DocumentKind.RETAINER_INVOICE, RETAINERS)
register(LISTING)
