"""What the list of payments made can do: all, on invoices, on retainers; sorted by date or amount (S7)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from portico.payments.models import Allocation, PaymentMode
from portico.payments.standing import status_word
from portico.transactions.lists import (
    Choice,
    Column,
    KeyKind,
    Listing,
    ListSpec,
    Range,
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

_STANDS: Final = Q(voided_at=None)


_PAID: Final = (
    Allocation.objects.filter(payment=OuterRef("pk"), reversed_at=None)
    .order_by()
    .values("payment")
    .annotate(numbers=StringAgg("invoice__number", ", ", order_by="invoice__number"))
    .values("numbers")
)


def _method(values: Mapping[str, Any], _today: date) -> str:
    return values["method_label"] or str(PaymentMode(values["mode"]).label)


def _paid_on(values: Mapping[str, Any], _today: date) -> str:
    return ", ".join(each for each in (values["invoice_numbers"], values["retainer__number"]) if each)


def _status(values: Mapping[str, Any], _today: date) -> str:
    return status_word(values["voided_at"] is not None, values["returned_at"] is not None)


COLUMNS: Final = (
    plain("number", _("Payment"), fixed=True),
    plain("date", _("Date")),
    Column("method", _("Method"), ("method_label", "mode"), _method),
    plain("reference", _("Reference"), shown=False),
    Column(
        "paid_on",
        _("Paid for"),
        ("retainer__number",),
        _paid_on,
        computed={"invoice_numbers": Subquery(_PAID)},
    ),
    Column("status", _("Status"), ("voided_at", "returned_at"), _status),
    amount("unused", _("Not used yet"), shown=False),
    amount("amount", _("Amount")),
)
PAYMENTS: Final = ListSpec(
    tabs=(
        Tab(
            "all",
            _("All"),
            choices=("unused", "returned", "void"),
            sort="-date",
            otherwise=lambda _today: _STANDS,
        ),
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
        Choice("returned", _("Returned"), lambda _today: Q(returned_at__isnull=False)),
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
    search=search_in(DocumentKind.PAYMENT),
    columns=COLUMNS,
)

LISTING: Final = Listing(DocumentKind.PAYMENT, PAYMENTS)
register(LISTING)
