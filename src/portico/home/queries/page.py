"""Home as a whole: who is in touch for the customer, and how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portico.access.actors import ContactActor, Permission
from portico.customers.models import Address, ContactPerson
from portico.home.ageing import Ageing
from portico.home.queries.failed_charges import FAILED, FailedCharges, failed_from
from portico.home.queries.figures import SUMS, HomeFigures, figures_from
from portico.home.queries.last_payment import LAST, LastPayment, last_from
from portico.home.queries.months import MONTHS, Month, asked_months, months_from
from portico.home.queries.next_to_pay import NEXT, NextInvoice, next_from
from portico.home.queries.parts import answers
from portico.payments.models import PENDING


@dataclass(frozen=True, slots=True)
class People:
    """Who is in touch for the customer, and where it is (S3.3)."""

    persons: tuple[ContactPerson, ...]
    billing: Address | None
    shipping: Address | None


@dataclass(frozen=True, slots=True)
class Billing:
    """What Home tells somebody who may see amounts."""

    figures: tuple[HomeFigures, ...]
    months: dict[str, tuple[Month, ...]]
    ageing: dict[str, Ageing]
    next_to_pay: tuple[NextInvoice, ...]
    last_payment: LastPayment | None
    failed: FailedCharges


@dataclass(frozen=True, slots=True)
class HomePage:
    """All of Home; `billing` is None for somebody who may not see amounts."""

    people: People
    billing: Billing | None


def home_page(
    actor: ContactActor, base_currency: str, outstanding: Sequence[Ageing], today: date
) -> HomePage:
    """Everything on Home, in three statements, however long the history is.

    Args:
        actor: who looks.
        base_currency: the customer's own.
        outstanding: from `ageing()`; empty where the actor may not see amounts.
        today: the organisation's calendar day.
    """
    billing = None
    if actor.may(Permission.VIEW_BILLING):
        billing = _billing(actor, base_currency, outstanding, today)
    return HomePage(people(actor), billing)


def people(actor: ContactActor) -> People:
    """The customer's contact persons, primary first, and its addresses; two statements."""
    still_here = ContactPerson.objects.visible_to(actor).filter(removed_at=None)
    persons = still_here.order_by("-is_primary", "first_name", "last_name", "id")
    addresses = {each.kind: each for each in Address.objects.visible_to(actor)}
    return People(tuple(persons), addresses.get(Address.Kind.BILLING), addresses.get(Address.Kind.SHIPPING))


def _billing(actor: ContactActor, base_currency: str, outstanding: Sequence[Ageing], today: date) -> Billing:
    """All that is told of money; one statement."""
    given = {"pending": list(PENDING), **asked_months(today)}
    sums, months, due, paid, failed = answers(actor, SUMS, MONTHS, NEXT, LAST, FAILED, **given)
    shown = figures_from(sums, outstanding, base_currency)
    return Billing(
        figures=shown,
        months=months_from(months, [each.currency for each in shown], today),
        ageing={each.currency: each for each in outstanding},
        next_to_pay=next_from(due, today),
        last_payment=last_from(paid),
        failed=failed_from(failed),
    )
