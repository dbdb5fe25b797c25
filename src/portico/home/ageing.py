"""What a customer owes by its age, from the sums that are kept by due date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q, Sum

from portico.access.actors import Actor, Permission, require
from portico.invoices.models import DueTally
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


def ageing(actor: Actor, today: date) -> tuple[Ageing, ...]:
    """One for each currency in which something is outstanding, by currency; one statement.

    Args:
        actor: a contact person with *view billing*; asks about the customer of its scope.
        today: the organisation's calendar day; an invoice is late from the day after its due date.

    Raises:
        ForbiddenError: the person may not see amounts.
    """
    require(actor, Permission.VIEW_BILLING)
    rows = (
        DueTally.objects.visible_to(actor)
        .filter(count__gt=0)
        .values("currency")
        .annotate(
            number=Sum("count"),
            late_number=Sum("count", filter=Q(due_date__lt=today), default=0),
            whole=Sum("balance"),
            not_due=Sum("balance", filter=Q(due_date__gte=today), default=Decimal(0)),
            first=Sum("balance", filter=_late(today, 1, 30), default=Decimal(0)),
            second=Sum("balance", filter=_late(today, 31, 60), default=Decimal(0)),
            third=Sum("balance", filter=_late(today, 61, 90), default=Decimal(0)),
            fourth=Sum("balance", filter=Q(due_date__lt=today - timedelta(days=90)), default=Decimal(0)),
        )
        .order_by("currency")
    )
    return tuple(
        Ageing(
            row["currency"],
            row["number"],
            row["late_number"],
            *(
                Money(row[name], row["currency"])
                for name in ("whole", "not_due", "first", "second", "third", "fourth")
            ),
        )
        for row in rows
    )


def _late(today: date, least: int, most: int) -> Q:
    return Q(due_date__lte=today - timedelta(days=least), due_date__gte=today - timedelta(days=most))
