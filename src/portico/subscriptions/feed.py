"""A subscription as it comes from outside, before it is known whose it is here: plain, frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from portico.kit.money import Money
from portico.subscriptions.models import Status, Subscription


@dataclass(frozen=True, slots=True)
class Details:
    """What a subscription says. Amounts are for one period; dates are calendar days of the billing system's account.

    Attributes:
        external_id: its id where it comes from.
        plan: what is bought, for people.
        price: of one; `amount` of all.
        every, unit: a period is so many units.
        billing_details: (what, value), such as (“Card”, “Visa ending 4242”); never a whole number of a card.
        invoices: the numbers of the invoices that were written for it, as they are here.
    """

    external_id: str
    plan: str
    status: Status
    price: Money
    amount: Money
    quantity: Decimal = Decimal(1)
    plan_code: str = ""
    description: str = ""
    every: int = 1
    unit: Subscription.Unit = Subscription.Unit.MONTH
    started_on: date | None = None
    period_start: date | None = None
    period_end: date | None = None
    next_billing_on: date | None = None
    ended_on: date | None = None
    billing_details: tuple[tuple[str, str], ...] = ()
    invoices: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Billed:
    """Whose it is at the billing system."""

    external_id: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a round: subscriptions with whose they are, and where to go on; empty at the end.

    Attributes:
        unread: (id, why) of subscriptions that could not be understood; the others are taken all the same.
    """

    subscriptions: tuple[tuple[Billed, Details], ...]
    next: str
    unread: tuple[tuple[str, str], ...] = ()
