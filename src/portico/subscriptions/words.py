"""What subscriptions are called for people."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from portico.subscriptions.models import Status, Subscription

STATUSES: Final = {
    Status.FUTURE: lazy("Starts later"),
    Status.TRIAL: lazy("Trial"),
    Status.ACTIVE: lazy("Active"),
    Status.PAST_DUE: lazy("Payment overdue"),
    Status.PAUSED: lazy("Paused"),
    Status.ENDING: lazy("Ends soon"),
    Status.CANCELLED: lazy("Cancelled"),
    Status.EXPIRED: lazy("Expired"),
}
TONES: Final = {
    Status.FUTURE: "open",
    Status.TRIAL: "open",
    Status.ACTIVE: "paid",
    Status.PAST_DUE: "overdue",
    Status.PAUSED: "pending",
    Status.ENDING: "due",
    Status.CANCELLED: "void",
    Status.EXPIRED: "void",
}
"""The badge's look for each."""


def period(every: int, unit: str) -> str:
    """“every month”, “every 3 months”."""
    if every == 1:
        return {
            Subscription.Unit.DAY: _("every day"),
            Subscription.Unit.WEEK: _("every week"),
            Subscription.Unit.MONTH: _("every month"),
            Subscription.Unit.YEAR: _("every year"),
        }[Subscription.Unit(unit)]
    return {
        Subscription.Unit.DAY: ngettext("every %(count)d day", "every %(count)d days", every),
        Subscription.Unit.WEEK: ngettext("every %(count)d week", "every %(count)d weeks", every),
        Subscription.Unit.MONTH: ngettext("every %(count)d month", "every %(count)d months", every),
        Subscription.Unit.YEAR: ngettext("every %(count)d year", "every %(count)d years", every),
    }[Subscription.Unit(unit)] % {"count": every}
