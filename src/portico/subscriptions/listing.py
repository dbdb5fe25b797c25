"""What the list of subscriptions can do: running ones or all, by status, start and plan (S10)."""

from __future__ import annotations

from typing import Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portico.subscriptions.models import ENDED, Status
from portico.subscriptions.words import STATUSES
from portico.transactions.lists import Choice, KeyKind, ListSpec, Range, Sort, Tab, by_name, choices_by_name


def _search(text: str) -> Q:
    """Subscriptions with the text in their plan, its code or their description."""
    return Q(plan__icontains=text) | Q(plan_code__icontains=text) | Q(description__icontains=text)


def _choice(status: Status) -> Choice:
    return Choice(status.value, STATUSES[status], lambda _today: Q(status=status))


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
)
