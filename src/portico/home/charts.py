"""Home's two charts: invoiced against paid by month, and what is owed by age."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from portico.home.ageing import Ageing
from portico.home.queries import Month
from portico.ui.charts import Part, Period
from portico.ui.dates import month_name, month_short


def by_month(months: Sequence[Month]) -> list[Period]:
    """Pairs of bars, the oldest month first."""
    return [
        Period(month_name(each.first_day), month_short(each.first_day), each.invoiced, each.paid)
        for each in months
    ]


def by_age(ageing: Ageing) -> list[Part]:
    """The five ages (S3.7), the freshest first."""
    return [
        Part(_("Not due yet"), ageing.not_due),
        Part(_("1 to 30 days late"), ageing.days_1_to_30),
        Part(_("31 to 60 days late"), ageing.days_31_to_60),
        Part(_("61 to 90 days late"), ageing.days_61_to_90),
        Part(_("Over 90 days late"), ageing.over_90_days),
    ]
