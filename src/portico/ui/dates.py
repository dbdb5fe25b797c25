"""How dates and times are shown: with the year, in the words of the page's language."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Final

from babel.dates import format_date, format_time, get_month_names
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markupsafe import Markup

from portico.kit.money import parse_locale
from portico.ui.money import language

# In English the day stands first, whatever the country: 4/5 is read in two ways, 4 May in one.
_ENGLISH: Final = {"long": "d MMMM y", "short": "d MMM y", "month": "MMM y"}
_CLDR: Final = {"long": "long", "short": "medium", "month": "MMM y"}


def date_long(day: date) -> str:
    """A date on a document: “26 November 2026”."""
    return _written(day, "long")


def date_short(day: date) -> str:
    """A date in a list: “26 Nov 2026”."""
    return _written(day, "short")


def month_short(day: date) -> str:
    """A month with its year: “Nov 2026”."""
    return _written(day, "month")


def month_name(day: date) -> str:
    """A month alone, short, for the axis of a chart: “Nov”."""
    names = get_month_names("abbreviated", "stand-alone", parse_locale(language()))
    return str(names[day.month])


def days_away(day: date, today: date) -> str:
    """How far a due date is from today: “in 2 days”, “today”, “13 days late”."""
    days = (day - today).days
    if days < 0:
        return ngettext("%(days)s day late", "%(days)s days late", -days) % {"days": -days}
    if days == 0:
        return _("today")
    if days == 1:
        return _("tomorrow")
    return ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days}


def moment(at: datetime, style: str = "long", *, with_zone: bool = False) -> Markup:
    """An aware moment as a `<time>` element, in the active time zone: “19 November 2026, 08:00”.

    Args:
        at: the moment; a naive one is refused.
        style: “long”, or “short” for “19 Nov 2026, 08:00”.
        with_zone: says the zone too, “08:00 UTC”, on pages that are no organisation's.

    Raises:
        ValueError: the moment has no time zone.
    """
    local = timezone.localtime(at)
    clock = format_time(local, "HH:mm", locale=parse_locale(language()))
    zone = f" {local.tzname()}" if with_zone else ""
    return Markup('<time datetime="{}">{}, {}{}</time>').format(
        local.isoformat(timespec="seconds"), _written(local.date(), style), clock, zone
    )


def day(at: date, style: str = "long") -> Markup:
    """A date as a `<time>` element: “26 November 2026”."""
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), _written(at, style))


def _written(at: date, style: str) -> str:
    return _printed(at, style, language())


@lru_cache(maxsize=4_096)  # the dates of a list are few, and the same on every page
def _printed(at: date, style: str, tongue: str) -> str:
    locale = parse_locale(tongue)
    pattern = (_ENGLISH if locale.language == "en" else _CLDR)[style]
    return format_date(at, pattern, locale=locale)
