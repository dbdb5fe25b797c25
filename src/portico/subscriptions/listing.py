"""What the list of subscriptions can do: running ones or all, by status, start and plan (S10)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portico.access.actors import Permission
from portico.subscriptions.models import ENDED, Status, Subscription
from portico.subscriptions.words import STATUSES, period
from portico.transactions.lists import (
    Choice,
    Column,
    KeyKind,
    Listing,
    ListSpec,
    Range,
    Sort,
    Tab,
    Things,
    amount,
    by_name,
    choices_by_name,
    plain,
    register,
)
from portico.transactions.models import OtherList


def _search(text: str) -> Q:
    """Subscriptions with the text in their plan, its code or their description."""
    return Q(plan__icontains=text) | Q(plan_code__icontains=text) | Q(description__icontains=text)


def _choice(status: Status) -> Choice:
    return Choice(status.value, STATUSES[status], lambda _today: Q(status=status))


def _status(values: Mapping[str, Any], _today: date) -> str:
    return str(STATUSES[values["status"]])


def _period(values: Mapping[str, Any], _today: date) -> str:
    return period(values["every"], values["unit"])


COLUMNS: Final = (
    plain("plan", _("Plan"), fixed=True),
    plain("description", _("Description"), shown=False),
    Column("status", _("Status"), ("status",), _status),
    plain("next", _("Billed next"), "next_billing_on"),
    Column("period", _("Period"), ("every", "unit"), _period),
    amount("amount", _("Amount")),
)

SUBSCRIPTIONS: Final = ListSpec(
    tabs=(
        Tab(
            "running",
            _("Running"),
            choices=tuple(status.value for status in Status if status not in ENDED),
            sort="-started",
            otherwise=lambda _today: ~Q(status__in=ENDED),
        ),
        Tab("all", _("All"), choices=tuple(status.value for status in Status), sort="-started"),
    ),
    choices=choices_by_name(*map(_choice, Status)),
    ranges=(
        Range(
            "next",
            "next_billing_on",
            amount=False,
            label_from=_("Billed next from"),
            label_to=_("Billed next to"),
            chip_from=_("Billed next from %(value)s"),
            chip_to=_("Billed next by %(value)s"),
        ),
    ),
    sorts=by_name(
        Sort("started", "sort_day", KeyKind.DATE, _("Oldest first"), _("Newest first")),
        Sort("plan", "plan", KeyKind.TEXT, _("Plan, rising"), _("Plan, falling")),
    ),
    search=_search,
    columns=COLUMNS,
)

LISTING: Final = Listing(
    OtherList.SUBSCRIPTION,
    SUBSCRIPTIONS,
    things=Things(
        _("Subscriptions"),
        Subscription,
        "subscriptions",
        asks=Permission.VIEW_BILLING,
        preference="show_subscriptions",
    ),
)
register(LISTING)
