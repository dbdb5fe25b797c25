"""What the list of sales orders can do: Not invoiced and All, statuses, ranges, search, sorts (S4.1, S4.2).

Whoever may not see billing (S1.5) has a list of its own, which says nothing of what was invoiced.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portico.sales_orders.states import (
    INVOICED_WORDS,
    PAID_WORDS,
    STANDINGS,
    InvoicedState,
    OrderStatus,
    ShippedState,
    standing_of,
)
from portico.sales_orders.viewing import first_look
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

_CONFIRMED: Final = Q(status=OrderStatus.CONFIRMED)
_CLOSED: Final = Q(status=OrderStatus.CLOSED)
_DELIVERED: Final = Q(shipped_status=ShippedState.DELIVERED)
_INVOICED: Final = Q(invoiced_status=InvoicedState.FULLY)
NOT_INVOICED: Final = _CONFIRMED & ~_INVOICED
"""Of what is still going on: an order that staff have closed is not to be invoiced any more."""
UNFINISHED: Final = _CONFIRMED & ~_DELIVERED


_OPEN = Choice("open", _("Open"), lambda _today: _CONFIRMED & Q(shipped_status=ShippedState.PENDING))
_PART = Choice("part", _("Part shipped"), lambda _today: _CONFIRMED & Q(shipped_status=ShippedState.PARTLY))
_SHIPPED = Choice("shipped", _("Shipped"), lambda _today: _CONFIRMED & Q(shipped_status=ShippedState.SHIPPED))
_VOID = Choice("void", _("Cancelled"), lambda _today: Q(status=OrderStatus.VOID))
_RANGES: Final = (
    Range(
        "date",
        "date",
        amount=False,
        label_from=_("Ordered from"),
        label_to=_("Ordered to"),
        chip_from=_("Ordered from %(value)s"),
        chip_to=_("Ordered by %(value)s"),
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
)
_SORTS: Final = by_name(
    Sort("date", "date", KeyKind.DATE, _("Oldest first"), _("Newest first")),
    Sort("number", "number", KeyKind.TEXT, _("Number, rising"), _("Number, falling")),
    Sort("total", "total_thousandths", KeyKind.NUMBER, _("Smallest total first"), _("Largest total first")),
)


def _standing(*, billing: bool) -> Callable[[Mapping[str, Any], date], str]:
    def told(values: Mapping[str, Any], _today: date) -> str:
        states = (values["status"], values["shipped_status"], values["invoiced_status"])
        return str(STANDINGS[standing_of(*states, billing=billing)])

    return told


def _invoiced(values: Mapping[str, Any], _today: date) -> str:
    return "" if values["status"] == OrderStatus.VOID else str(INVOICED_WORDS[values["invoiced_status"]])


def _paid(values: Mapping[str, Any], _today: date) -> str:
    return "" if values["invoiced_status"] == InvoicedState.NOT else str(PAID_WORDS[values["paid_status"]])


def _columns(*, billing: bool) -> tuple[Column, ...]:
    states = ("status", "shipped_status", "invoiced_status")
    every = (
        plain("number", _("Sales order"), fixed=True),
        plain("reference", _("Your reference"), shown=False),
        plain("date", _("Ordered")),
        plain("expected_on", _("To be shipped")),
        Column("status", _("Status"), states, _standing(billing=billing)),
        Column("invoiced", _("Invoiced"), states, _invoiced),
        Column("paid", _("Paid"), ("invoiced_status", "paid_status"), _paid),
        amount("total", _("Total")),
    )
    return tuple(each for each in every if billing or each.name not in {"invoiced", "paid"})


ORDERS: Final = ListSpec(
    tabs=(
        Tab(
            "not_invoiced",
            _("Not invoiced"),
            choices=("open", "part", "shipped", "delivered"),
            sort="-date",
            # One section, without a heading: what this tab holds whichever statuses are ticked.
            sections=(Section("not_invoiced", _("Not invoiced"), lambda _today: NOT_INVOICED),),
        ),
        Tab(
            "all",
            _("All"),
            choices=("open", "part", "shipped", "delivered", "completed", "closed", "void"),
            sort="-date",
            otherwise=lambda _today: ~Q(status=OrderStatus.VOID),
        ),
    ),
    choices=choices_by_name(
        _OPEN,
        _PART,
        _SHIPPED,
        Choice("delivered", _("Delivered"), lambda _today: _CONFIRMED & _DELIVERED & ~_INVOICED),
        Choice("completed", _("Completed"), lambda _today: (_CLOSED | _CONFIRMED & _DELIVERED) & _INVOICED),
        Choice("closed", _("Closed"), lambda _today: _CLOSED & ~_INVOICED),
        _VOID,
    ),
    ranges=_RANGES,
    sorts=_SORTS,
    search=search_in(DocumentKind.SALES_ORDER),
    columns=_columns(billing=True),
)
ORDERS_WITHOUT_BILLING: Final = ListSpec(
    tabs=(
        Tab(
            "unfinished",
            _("To be delivered"),
            choices=("open", "part", "shipped"),
            sort="-date",
            otherwise=lambda _today: UNFINISHED,
        ),
        Tab(
            "all",
            _("All"),
            choices=("open", "part", "shipped", "delivered", "closed", "void"),
            sort="-date",
            otherwise=lambda _today: ~Q(status=OrderStatus.VOID),
        ),
    ),
    choices=choices_by_name(
        _OPEN,
        _PART,
        _SHIPPED,
        Choice("delivered", _("Delivered"), lambda _today: _CONFIRMED & _DELIVERED),
        Choice("closed", _("Closed"), lambda _today: _CLOSED),
        _VOID,
    ),
    ranges=_RANGES,
    sorts=_SORTS,
    search=search_in(DocumentKind.SALES_ORDER),
    columns=_columns(billing=False),
)

LISTING: Final = Listing(DocumentKind.SALES_ORDER, ORDERS, first_look, ORDERS_WITHOUT_BILLING)
register(LISTING)
