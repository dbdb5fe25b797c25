"""The subscriptions a person may see, and the invoices of one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from portico.access.actors import Actor
from portico.invoices.models import Invoice, InvoiceStatus
from portico.kit.money import Money
from portico.subscriptions.models import Subscription, SubscriptionInvoice
from portico.transactions.lists import Asked, Count, count_rows, read_page

SHOWN_INVOICES: Final = 50
_COLUMNS: Final = (
    "id", "plan", "description", "status", "currency", "quantity", "amount", "every", "unit", "period_end",
    "next_billing_on", "sort_day",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SubscriptionRow:
    """A subscription in a list; `amount` is for one period."""

    id: UUID
    plan: str
    description: str
    status: str
    amount: Money
    every: int
    unit: str
    next_billing_on: dt.date | None


@dataclass(frozen=True, slots=True)
class SubscriptionList:
    """One page of the list."""

    rows: tuple[SubscriptionRow, ...]
    offset: int | None
    previous: str | None
    next: str | None
    count: Count


def subscription_list(actor: Actor, asked: Asked) -> SubscriptionList:
    """One page of what was asked for; two statements at most."""
    rows = Subscription.objects.visible_to(actor).filter(asked.rows)
    page = read_page(rows.values(*_COLUMNS), asked.sections, asked.order, asked.cursor, asked.size)
    listed = tuple(_row(values) for _section, values in page.rows)
    return SubscriptionList(listed, page.offset, page.previous, page.next, page.whole or count_rows(rows))


def currencies_of(actor: Actor) -> tuple[str, ...]:
    """The currencies in which the customer subscribes."""
    found = Subscription.objects.visible_to(actor).order_by().values_list("currency", flat=True).distinct()
    return tuple(sorted(found))


def invoices_of(actor: Actor, subscription: Subscription) -> tuple[Invoice, ...]:
    """The latest invoices of a subscription, newest first, void ones left out; one statement."""
    linked = SubscriptionInvoice.objects.visible_to(actor).filter(subscription=subscription)
    return tuple(
        Invoice.objects.visible_to(actor)
        .filter(pk__in=linked.values("invoice_id"))
        .exclude(status=InvoiceStatus.VOID)
        .only("number", "date", "due_date", "status", "total", "balance", "currency")
        .order_by("-date", "-number")[:SHOWN_INVOICES]
    )


def _row(values: Mapping[str, Any]) -> SubscriptionRow:
    return SubscriptionRow(
        id=values["id"],
        plan=values["plan"],
        description=values["description"],
        status=values["status"],
        amount=Money(values["amount"], values["currency"]),
        every=values["every"],
        unit=values["unit"],
        next_billing_on=values["next_billing_on"],
    )
