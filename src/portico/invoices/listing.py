"""What the list of invoices can do: Outstanding and All, statuses, ranges, search, sorts (S4.1, S4.2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portico.invoices.models import InvoiceStatus
from portico.invoices.queries import standing_in_words
from portico.invoices.viewing import first_look
from portico.kit.money import Money
from portico.transactions.lists import (
    Choice,
    Column,
    KeyKind,
    Linked,
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


def _settled(values: Mapping[str, Any], _today: date) -> Money:
    void = values["status"] == InvoiceStatus.VOID
    return Money(values["total"] - values["balance"] if not void else values["total"] * 0, values["currency"])


COLUMNS: Final = (
    plain("number", _("Invoice"), fixed=True),
    plain("reference", _("Your reference"), shown=False),
    plain("date", _("Issued")),
    plain("due_date", _("Due")),
    Column("status", _("Status"), ("status", "balance", "due_date", "currency"), standing_in_words),
    amount("total", _("Total")),
    Column(
        "settled",
        _("Settled"),
        ("status", "total", "balance", "currency"),
        _settled,
        shown=False,
        is_amount=True,
    ),
    amount("balance", _("Balance")),
)


INVOICES: Final = ListSpec(
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
            choices=("unpaid", "overdue", "partially_paid", "paid", "void"),
            sort="-date",
            otherwise=lambda _today: ~Q(status=InvoiceStatus.VOID),
        ),
    ),
    choices=choices_by_name(
        Choice("unpaid", _("Unpaid"), lambda _today: _OPEN),
        Choice("due", _("Due later"), lambda today: _OPEN & Q(due_date__gte=today)),
        Choice("overdue", _("Overdue"), lambda today: _OPEN & Q(due_date__lt=today)),
        Choice("partially_paid", _("Part paid"), lambda _today: Q(status=InvoiceStatus.PARTIALLY_PAID)),
        Choice("paid", _("Paid"), lambda _today: Q(status=InvoiceStatus.PAID)),
        Choice("void", _("Void"), lambda _today: Q(status=InvoiceStatus.VOID)),
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
            # Of numeric, PostgreSQL cannot estimate under row-level security, and would read all invoices.
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
    search=search_in(DocumentKind.INVOICE),
    columns=COLUMNS,
    linked=(
        Linked(
            "subscription",
            _("Subscription"),
            model="subscriptions.Subscription",
            called="plan",
            through="subscriptions.SubscriptionInvoice",
            key="invoice_id",
            by="subscription_id",
            preference="show_subscriptions",
        ),
        Linked(
            "order",
            _("Sales order"),
            model="sales_orders.SalesOrder",
            called="number",
            through="sales_orders.InvoicedLine",
            key="invoice_id",
            by="order_id",
            preference="show_sales_orders",
        ),
    ),
)

LISTING: Final = Listing(DocumentKind.INVOICE, INVOICES, first_look)
register(LISTING)
