"""What a customer owes by its age, from the sums that are kept by due date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import IntegerField, Value
from django.db.models.expressions import RawSQL

from portico.access.actors import ContactActor, Permission, require
from portico.kit.money import Money


@dataclass(frozen=True, slots=True)
class Ageing:
    """Outstanding invoices of one currency; the buckets are by days past the due date and add up to `total`."""

    currency: str
    count: int
    late_count: int
    total: Money
    not_due: Money
    days_1_to_30: Money
    days_31_to_60: Money
    days_61_to_90: Money
    over_90_days: Money

    @property
    def late(self) -> Money:
        """All that is past its due date."""
        return self.total - self.not_due


def ageing(actor: ContactActor, today: date) -> tuple[Ageing, ...]:
    """One for each currency in which something is outstanding, by currency; one statement.

    Args:
        actor: a contact person with *view billing*; asks about the customer of its scope.
        today: the organisation's calendar day; an invoice is late from the day after its due date.

    Raises:
        ForbiddenError: the person may not see amounts.
    """
    require(actor, Permission.VIEW_BILLING)
    with connection.cursor() as cursor:
        cursor.execute(
            _OPEN,
            {
                "organisation": actor.organisation_id,
                "customer": actor.customer_id,
                "today": today,
                **{f"day_{days}": today - timedelta(days=days) for days in (30, 60, 90)},
            },
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return tuple(
        Ageing(currency, count, late_count, *(Money(each, currency) for each in sums))
        for currency, count, late_count, *sums in rows
    )


def open_count(actor: ContactActor) -> RawSQL | Value:
    """How many invoices are open, as part of another statement; 0, and nothing is asked, without *view billing*."""
    if not actor.may(Permission.VIEW_BILLING):
        return Value(0)
    return RawSQL(
        "SELECT coalesce(sum(count), 0) FROM invoices_duetally"
        " WHERE organisation_id = %s AND customer_id = %s",
        [actor.organisation_id, actor.customer_id],
        output_field=IntegerField(),
    )


_OPEN: Final = """
SELECT currency, sum(count), coalesce(sum(count) FILTER (WHERE due_date < %(today)s), 0),
       sum(balance),
       coalesce(sum(balance) FILTER (WHERE due_date >= %(today)s), 0),
       coalesce(sum(balance) FILTER (WHERE due_date < %(today)s AND due_date >= %(day_30)s), 0),
       coalesce(sum(balance) FILTER (WHERE due_date < %(day_30)s AND due_date >= %(day_60)s), 0),
       coalesce(sum(balance) FILTER (WHERE due_date < %(day_60)s AND due_date >= %(day_90)s), 0),
       coalesce(sum(balance) FILTER (WHERE due_date < %(day_90)s), 0)
  FROM invoices_duetally
 WHERE organisation_id = %(organisation)s AND customer_id = %(customer)s AND count > 0
 GROUP BY currency
 ORDER BY currency
"""
