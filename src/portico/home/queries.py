"""What Home shows, read at a cost that does not grow with the customer's history (S3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, TypeAlias
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, Subquery, Sum, TextField, Value
from django.db.models.functions import Cast, Coalesce, JSONObject

from portico.access.actors import ContactActor, Permission, require
from portico.customers.models import Address, ContactPerson
from portico.home.ageing import Ageing
from portico.invoices.models import Invoice
from portico.invoices.queries import standing_of
from portico.kit.money import Money
from portico.ledger.models import Account, Balance, EntryKind, Period
from portico.payments.models import PENDING, Allocation, AttemptAllocation, Payment, PaymentAttempt
from portico.retainers.models import RetainerInvoice

NEXT_TO_PAY: Final = 5
"""How many invoices Home lists."""
NAMED_ALLOCATIONS: Final = 4
"""How many invoices of the last payment are named; the receipt has them all."""

SHOWN_PERSONS: Final = 30
"""How many contact persons Home lists."""

_RETAINERS: Final = "open retainers"
_PENDING: Final = "pending"
_NOTHING: Final = (Decimal(0), 0)
_Found: TypeAlias = dict[tuple[str, str], tuple[Decimal, int]]
"""A sum and how many it counts, by currency and account or one of the two names above."""


@dataclass(frozen=True, slots=True)
class HomeFigures:
    """The five figures of one currency (S3.1), and what of them is on its way."""

    currency: str
    available_retainer: Money
    outstanding_retainers: Money
    outstanding_retainer_count: int
    outstanding_invoices: Money
    outstanding_invoice_count: int
    late_invoice_count: int
    available_credits: Money
    on_its_way: Money
    on_its_way_count: int

    @property
    def balance(self) -> Money:
        """What is asked for less what the organisation holds of the customer; below zero, it owes the customer."""
        asked = self.outstanding_invoices + self.outstanding_retainers
        return asked - self.available_credits - self.available_retainer

    @property
    def balance_payable(self) -> Money:
        """The balance, not below zero."""
        return max(self.balance, Money.zero(self.currency))

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say about this currency."""
        return not any(
            (
                self.available_retainer,
                self.outstanding_retainers,
                self.outstanding_invoices,
                self.available_credits,
                self.on_its_way,
            )
        )


@dataclass(frozen=True, slots=True)
class Month:
    """What was invoiced and what was paid in one calendar month, net of what was undone in it."""

    first_day: date
    invoiced: Money
    paid: Money


@dataclass(frozen=True, slots=True)
class NextInvoice:
    """An open invoice; `standing` is a key of invoices.words.STANDINGS."""

    id: UUID
    number: str
    due_date: date
    balance: Money
    standing: str


@dataclass(frozen=True, slots=True)
class Applied:
    """What part of a payment went to which invoice or retainer invoice."""

    number: str
    amount: Money
    invoice_id: UUID | None = None
    retainer_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class LastPayment:
    """The latest payment (S3.2): allocations are the first few, with how many more there are."""

    id: UUID
    number: str
    date: date
    amount: Money
    method: str
    reference: str
    applied: tuple[Applied, ...]
    more: int
    unused: Money


def figures(
    actor: ContactActor, outstanding: Sequence[Ageing], base_currency: str
) -> tuple[HomeFigures, ...]:
    """The five figures for each currency that has any, the customer's own first; one statement.

    A customer with a history and all of it settled gets zeros in its own currency; a new one gets nothing.

    Args:
        actor: a contact person with *view billing*.
        outstanding: what is open on invoices, from `ageing()`.
        base_currency: the customer's own.

    Raises:
        ForbiddenError: the person may not see amounts.
    """
    require(actor, Permission.VIEW_BILLING)
    found = _sums(actor)
    invoices = {each.currency: each for each in outstanding}
    currencies = invoices.keys() | {currency for currency, _ in found}
    every = [_figures(currency, invoices.get(currency), found) for currency in currencies]
    shown = [each for each in every if not each.is_empty]
    if not shown:
        shown = [each for each in every if each.currency == base_currency] or every[:1]
    return tuple(sorted(shown, key=lambda each: (each.currency != base_currency, each.currency)))


def _figures(currency: str, open_: Ageing | None, found: _Found) -> HomeFigures:
    def sum_of(name: str) -> Money:
        return Money(found.get((currency, name), _NOTHING)[0], currency)

    def count_of(name: str) -> int:
        return found.get((currency, name), _NOTHING)[1]

    return HomeFigures(
        currency=currency,
        # What the organisation owes stands in the ledger below zero.
        available_retainer=-sum_of(Account.RETAINER),
        outstanding_retainers=sum_of(_RETAINERS),
        outstanding_retainer_count=count_of(_RETAINERS),
        outstanding_invoices=open_.total if open_ else Money.zero(currency),
        outstanding_invoice_count=open_.count if open_ else 0,
        late_invoice_count=open_.late_count if open_ else 0,
        available_credits=-sum_of(Account.CREDIT),
        on_its_way=sum_of(_PENDING),
        on_its_way_count=count_of(_PENDING),
    )


def _sums(actor: ContactActor) -> _Found:
    """Kept balances, open retainer invoices and pending attempts, by currency and name."""
    balances = (
        Balance.objects.visible_to(actor)
        .filter(account__in=[Account.RECEIVABLE, Account.CREDIT, Account.RETAINER])
        .values_list("currency", "account", "amount", Value(0))
    )
    retainers = (
        RetainerInvoice.objects.visible_to(actor)
        .filter(balance__gt=0)
        .values_list("currency", Value(_RETAINERS))
        .annotate(sum=Sum("balance"), number=Count("id"))
        .order_by()
    )
    pending = (
        PaymentAttempt.objects.visible_to(actor)
        .filter(state__in=PENDING)
        .values_list("currency", Value(_PENDING))
        .annotate(sum=Sum("amount"), number=Count("id"))
        .order_by()
    )
    rows: Iterable[tuple[str, str, Decimal, int]] = balances.union(retainers, pending, all=True)
    return {(currency, name): (amount, number) for currency, name, amount, number in rows}


def months(actor: ContactActor, currencies: Sequence[str], today: date) -> dict[str, tuple[Month, ...]]:
    """Invoiced against paid for this month and the eleven before it, for each currency; one statement.

    Invoiced is what invoices asked for less voids; paid is money received (payments, payments on retainer
    invoices) less returns. Refunds, credits and write-offs are neither.
    """
    require(actor, Permission.VIEW_BILLING)
    firsts = [_months_before(today, back) for back in range(11, -1, -1)]
    rows = (
        Period.objects.visible_to(actor)
        .filter(
            currency__in=currencies,
            account__in=[Account.RECEIVABLE, Account.CASH],
            kind__in=[EntryKind.INVOICE, EntryKind.PAYMENT, EntryKind.RETAINER_PAYMENT],
            month__gte=firsts[0],
            month__lte=firsts[-1],
        )
        .values_list("currency", "month", "account", "kind")
        .annotate(sum=Sum("amount"))
        .order_by()
    )
    sums: dict[tuple[str, date, bool], Decimal] = defaultdict(Decimal)
    for currency, month, account, kind, amount in rows:
        invoiced = kind == EntryKind.INVOICE
        if invoiced == (account == Account.RECEIVABLE):
            sums[currency, month, invoiced] += amount
    return {
        currency: tuple(
            Month(
                first,
                Money(sums[currency, first, True], currency),
                Money(sums[currency, first, False], currency),
            )
            for first in firsts
        )
        for currency in currencies
    }


def _months_before(day: date, back: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - back, 12)
    return date(year, month + 1, 1)


def next_to_pay(actor: ContactActor, today: date) -> tuple[NextInvoice, ...]:
    """The first few open invoices by due date; one statement."""
    pending = (
        AttemptAllocation.objects.visible_to(actor)
        .filter(invoice=OuterRef("pk"), attempt__state__in=PENDING)
        .order_by()
        .values("invoice")
        .annotate(sum=Sum("amount"))
        .values("sum")
    )
    rows = (
        Invoice.objects.visible_to(actor)
        .filter(balance__gt=0)
        .annotate(on_its_way=Coalesce(Subquery(pending), Decimal(0)))
        .order_by("due_date", "id")
        .only("number", "due_date", "status", "currency", "balance")[:NEXT_TO_PAY]
    )
    return tuple(
        NextInvoice(
            row.pk,
            row.number,
            row.due_date,
            row.balance,
            standing_of(row, Money(row.on_its_way, row.currency), today),
        )
        for row in rows
    )


def last_payment(actor: ContactActor) -> LastPayment | None:
    """The latest payment that stands, with what it was applied to; one statement."""
    allocations = (
        Allocation.objects.visible_to(actor).filter(payment=OuterRef("pk"), reversed_at=None).order_by("id")
    )
    counted = allocations.order_by().values("payment").annotate(number=Count("id")).values("number")
    row = (
        Payment.objects.visible_to(actor)
        .filter(voided_at=None)
        .annotate(
            applied=ArraySubquery(
                allocations.values(
                    part=JSONObject(
                        id="invoice_id", number="invoice__number", amount=Cast("amount", TextField())
                    )
                )[:NAMED_ALLOCATIONS]
            ),
            applied_count=Coalesce(Subquery(counted), 0),
            retainer_number=F("retainer__number"),
        )
        .order_by("-date", "-id")
        .first()
    )
    if row is None:
        return None
    applied = tuple(
        Applied(each["number"], Money(Decimal(each["amount"]), row.currency), UUID(each["id"]))
        for each in row.applied
    )
    if row.retainer_number:
        applied = (*applied, Applied(row.retainer_number, row.retained, retainer_id=row.retainer_id))
    return LastPayment(
        id=row.pk,
        number=row.number,
        date=row.date,
        amount=row.amount,
        method=row.method_label or row.get_mode_display(),
        reference=row.reference,
        applied=applied,
        more=row.applied_count - len(row.applied),
        unused=row.unused,
    )


@dataclass(frozen=True, slots=True)
class People:
    """Who is in touch for the customer, and where it is (S3.3)."""

    persons: tuple[ContactPerson, ...]
    billing: Address | None
    shipping: Address | None


def people(actor: ContactActor) -> People:
    """The customer's contact persons, primary first, and its addresses; two statements."""
    still_here = ContactPerson.objects.visible_to(actor).filter(removed_at=None)
    persons = still_here.order_by("-is_primary", "first_name", "last_name", "id")
    addresses = {each.kind: each for each in Address.objects.visible_to(actor)}
    return People(tuple(persons), addresses.get(Address.Kind.BILLING), addresses.get(Address.Kind.SHIPPING))


@dataclass(frozen=True, slots=True)
class Billing:
    """What Home tells somebody who may see amounts."""

    figures: tuple[HomeFigures, ...]
    months: dict[str, tuple[Month, ...]]
    ageing: dict[str, Ageing]
    next_to_pay: tuple[NextInvoice, ...]
    last_payment: LastPayment | None


@dataclass(frozen=True, slots=True)
class HomePage:
    """All of Home; `billing` is None for somebody who may not see amounts."""

    people: People
    billing: Billing | None


def home_page(
    actor: ContactActor, base_currency: str, outstanding: Sequence[Ageing], today: date
) -> HomePage:
    """Everything on Home, in seven statements at most, however long the history is.

    Args:
        actor: who looks.
        base_currency: the customer's own.
        outstanding: from `ageing()`; not asked for where the actor may not see amounts.
        today: the organisation's calendar day.
    """
    if not actor.may(Permission.VIEW_BILLING):
        return HomePage(people(actor), None)
    shown = figures(actor, outstanding, base_currency)
    billing = Billing(
        figures=shown,
        months=months(actor, [each.currency for each in shown], today) if shown else {},
        ageing={each.currency: each for each in outstanding},
        next_to_pay=next_to_pay(actor, today) if outstanding else (),
        last_payment=last_payment(actor) if shown else None,
    )
    return HomePage(people(actor), billing)
