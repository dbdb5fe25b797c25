"""What the office's frame shows on every page."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Q, Sum

from portico.access.actors import Actor
from portico.access.scope import is_open, scope
from portico.invoices.models import DueTally
from portico.kit.money import Money, format_money
from portico.notifications.staff import Heard, latest, unread_count
from portico.organisations.models import Organisation


def office_name(actor: Actor) -> str:
    """The organisation's name."""
    return Organisation.objects.visible_to(actor).values_list("name", flat=True).get()


def zone_of(actor: Actor) -> ZoneInfo:
    """The organisation's time zone; within the open scope, or one of its own."""
    with nullcontext() if is_open() else scope(actor, read_only=True):
        return ZoneInfo(Organisation.objects.visible_to(actor).values_list("time_zone", flat=True).get())


__all__ = [
    "Outstanding",
    "latest_notices",
    "office_name",
    "outstanding_by_currency",
    "unread_count",
    "zone_of",
]


@dataclass(frozen=True, slots=True)
class Outstanding:
    """What customers owe in one currency."""

    currency: str
    text: str
    note: str


def latest_notices(actor: Actor, most: int = 12) -> list[Heard]:
    """The newest notifications, as the one who asks sees them."""
    return latest(actor, most)


def outstanding_by_currency(actor: Actor, today: date) -> list[Outstanding]:
    """The open balance of all invoices, and how much of it is past due, from the kept tallies."""
    rows = (
        DueTally.objects.visible_to(actor)
        .filter(count__gt=0)
        .values_list("currency")
        .annotate(sum=Sum("balance"), late=Sum("balance", filter=Q(due_date__lt=today)))
        .order_by("currency")
    )
    return [
        Outstanding(
            currency,
            format_money(Money(Decimal(total), currency)),
            f"{format_money(Money(Decimal(late or 0), currency))} past due",
        )
        for currency, total, late in rows
    ]
