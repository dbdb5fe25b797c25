"""Payment terms: from the day of a document to the day it falls due."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from portico.organisations.models import PaymentTerms


def due_date(terms: PaymentTerms | None, day: date) -> date:
    """The day a document of the given day falls due; the same day when there are no terms.

    Net 30 counts days from the document; “end of month” counts them from the last day of its month.
    """
    if terms is None:
        return day
    if terms.rule == PaymentTerms.Rule.END_OF_MONTH:
        day = day.replace(day=calendar.monthrange(day.year, day.month)[1])
    return day + timedelta(days=terms.days)
