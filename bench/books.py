"""The books the pages are measured on: customers with 1,000 and with 100,000 invoices, and two with long statements.

Some invoices are written by the office's own actions; all others are copies of those with dates, numbers, statuses
and payments of their own, sent to the database thousands at a time. `selfcheck` then finds nothing wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from django.db import connections

from portico.access.actors import ContactActor, JobActor, Permission
from portico.access.scope import scope
from portico.customers.models import Customer
from portico.importing.writing.columns import insert_columns
from portico.importing.writing.ids import new_ids
from portico.invoices.actions import InvoiceDraft, draft_invoice, issue_invoice
from portico.invoices.models import Invoice, InvoiceLine, InvoiceStatus
from portico.kit import clock
from portico.ledger.models import Account, Entry, EntryKind, Posting
from portico.ledger.selfcheck import selfcheck
from portico.payments.actions.gateways import add_gateway_account
from portico.payments.actions.record import record_payment
from portico.payments.models import Allocation, Payment, PaymentMode
from portico.testing.people import World, address, make_contact, make_customer, make_world
from portico.transactions.drafts import LineDraft
from portico.transactions.models import HistoryEvent
from portico.transactions.totals import Tax

CURRENCY: Final = "USD"
SMALL: Final = "smallbench"
LARGE: Final = "largebench"
STATEMENTS: Final = {1_000: "thousandlines", 10_000: "tenthousandlines"}
"""Lines of a statement → the customer that has so many."""

_TAG: Final = "bench"
_YEARS: Final = 3
_MODELS: Final = 40
_AT_ONCE: Final = 4_000
_WORDS: Final = (
    "Tulip bulbs",
    "Terracotta pot",
    "Seed tray",
    "Potting soil 40 l",
    "Watering can",
    "Garden twine",
)


@dataclass(frozen=True, slots=True)
class Size:
    """How long a customer's history is; with `paid` the oldest so many are paid, without it they are as in life."""

    company: str
    name: str
    invoices: int
    paid: int | None = None


SIZES: Final = (
    Size(SMALL, "Harbourview Hotel", 1_000),
    Size(LARGE, "Greenleaf Gardens Ltd", 100_000),
    Size(STATEMENTS[1_000], "Quayside Bakery", 600, 400),
    Size(STATEMENTS[10_000], "Millpond Stores", 6_000, 4_000),
)


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of an invoice."""

    status: InvoiceStatus
    paid: Decimal
    paid_on: date | None


def email(company: str) -> str:
    """Who signs in for a customer."""
    return address("maya", company, _TAG)


def prefix(company: str) -> str:
    """What the numbers of a customer's invoices begin with."""
    (size,) = (each for each in SIZES if each.company == company)
    return company[:3].upper() + str(size.invoices)


def build() -> None:
    """Fill a migrated, empty database.

    Raises:
        AssertionError: the books do not add up afterwards.
    """
    world = make_world(CURRENCY, name="Northwind Wholesale")
    owner = world.olive
    add_gateway_account(
        actor=owner,
        gateway="sandbox",
        name="Card",
        settings={
            "url": "http://127.0.0.1:9",
            "publishable_key": "pk_bench",
            "secret_key": "sk_bench",
            "webhook_secret": "whsec_bench",
        },
    )
    models = _Models(world)
    for size in SIZES:
        with scope(world.job):
            customer = make_customer(world.organisation, size.name, CURRENCY)
            make_contact(customer, "Maya", frozenset(Permission), tag=_TAG, company=size.company)
        _Copies(world, customer, models, size).write()
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")  # what PostgreSQL does by itself within minutes
    found = selfcheck(world.organisation.pk)
    assert not found, found[:5]


def actor_at(company: str) -> ContactActor:
    """The contact person of one of the customers, in a database that has been built."""
    from portico.access.memberships import memberships
    from portico.access.people import find_person

    user = find_person(email(company))
    assert user is not None
    (membership,) = memberships(user.pk)
    assert isinstance(membership.actor, ContactActor)
    return membership.actor


class _Models:
    """Invoices written and issued one by one, for a customer of their own, as rows to copy."""

    def __init__(self, world: World) -> None:
        random = Random(14911)
        day = clock.today(world.organisation.time_zone) - timedelta(days=40)
        made = []
        for number in range(_MODELS):
            lines = [_line(random) for _ in range(3 + number % 5)]
            draft = InvoiceDraft(
                date=day, lines=lines, reference=f"PO {7_000 + number}", terms="Payable in 30 days."
            )
            drafted = draft_invoice(actor=world.job, customer=world.harbourview, draft=draft)
            made.append(issue_invoice(actor=world.job, invoice=drafted))
        first = made[0]
        payment = record_payment(
            actor=world.job,
            customer=world.harbourview,
            amount=first.total,
            date=day,
            mode=PaymentMode.BANK_TRANSFER,
            allocations={first.pk: first.total},
        )
        with scope(world.job):
            self.payment = _row(payment)
            self.allocation = _row(payment.allocations.get())
            self.invoices = [_row(each) for each in made]
            self.lines = [[_row(line) for line in each.lines.order_by("position")] for each in made]
            events = HistoryEvent.objects.filter(document_id=first.pk)
            self.events = {event.event: _row(event) for event in events}


def _line(random: Random) -> LineDraft:
    return LineDraft(
        name=random.choice(_WORDS),
        sku=f"A-{random.randint(100, 999)}",
        quantity=Decimal(random.randint(1, 24)),
        rate=Decimal(random.randint(250, 9_900)) / 100,
        unit="pcs",
        taxes=(Tax("Sales tax", Decimal("8.5")),),
    )


def _row(found: Invoice | InvoiceLine | Payment | Allocation | HistoryEvent) -> dict[str, Any]:
    """The columns of a row as they are stored."""
    found.refresh_from_db()
    return {field.attname: found.__dict__[field.attname] for field in found._meta.local_concrete_fields}


class _Copies:
    """One customer's history, oldest first, batch by batch."""

    def __init__(self, world: World, customer: Customer, models: _Models, size: Size) -> None:
        self._job: JobActor = world.job
        self._owner = {"organisation_id": world.organisation.pk, "customer_id": customer.pk}
        self._prefix = prefix(size.company)
        self._models = models
        self._size = size
        self._random = Random(size.invoices)
        self._today = clock.today(world.organisation.time_zone)
        self._zone = ZoneInfo(world.organisation.time_zone)

    def write(self) -> None:
        """Write it, each batch in a transaction of its own."""
        for start in range(0, self._size.invoices, _AT_ONCE):
            with scope(self._job):
                self._batch(range(start, min(start + _AT_ONCE, self._size.invoices)))

    def _batch(self, numbers: Sequence[int]) -> None:
        invoices, lines, events, allocations, payments, entries, postings = (_Columns() for _ in range(7))
        ids = new_ids(len(numbers))
        payment_ids = new_ids(len(numbers))
        for number, invoice_id, payment_id in zip(numbers, ids, payment_ids, strict=True):
            model = self._models.invoices[number % _MODELS]
            day = self._day(number)
            due = day + timedelta(days=30)
            fate = self._fate(number, day, model["total"])
            issued = datetime.combine(day, time(9, 30), self._zone)
            seen = fate.status not in {InvoiceStatus.SENT, InvoiceStatus.VOID}
            own = {**self._owner, "id": invoice_id}
            balance = Decimal(0) if fate.status == InvoiceStatus.VOID else model["total"] - fate.paid
            changes = {
                "number": f"{self._prefix}-{number:06}", "date": day, "due_date": due, "status": fate.status.value,
                "paid": fate.paid, "balance": balance, "issued_at": issued, "created_at": issued,
                "first_viewed_at": issued + timedelta(hours=5) if seen else None,
            }  # fmt: skip
            invoices.add({**model, **own, **changes})
            for line in self._models.lines[number % _MODELS]:
                lines.add({**line, **self._owner, "id": None, "document_id": invoice_id})
            self._history(events, "issued", invoice_id, issued)
            self._post((entries, postings), EntryKind.INVOICE, invoice_id, day, model["total"])
            if fate.status == InvoiceStatus.VOID:
                self._post((entries, postings), EntryKind.INVOICE, invoice_id, day, -model["total"])
            if fate.paid_on is None:
                continue
            paid = {"amount": fate.paid, "date": fate.paid_on, "allocated": fate.paid}
            payments.add(
                {**self._models.payment, **self._owner, **paid, "id": payment_id,
                 "number": f"P{self._prefix}-{number:06}", "reference": f"Transfer {number}"}
            )  # fmt: skip
            allocations.add(
                {**self._models.allocation, **self._owner, "id": None, "amount": fate.paid, "payment_id": payment_id,
                 "invoice_id": invoice_id}
            )  # fmt: skip
            self._history(events, "paid", invoice_id, datetime.combine(fate.paid_on, time(12), self._zone))
            self._post((entries, postings), EntryKind.PAYMENT, payment_id, fate.paid_on, fate.paid)
        self._insert(invoices, lines, events, payments, allocations, entries, postings)

    def _insert(self, *columns: _Columns) -> None:
        tables = (Invoice, InvoiceLine, HistoryEvent, Payment, Allocation, Entry, Posting)
        for model, found in zip(tables, columns, strict=True):
            if found.count:
                insert_columns(model, found.with_ids())

    def _day(self, number: int) -> date:
        back = _YEARS * 365 * (self._size.invoices - 1 - number) // self._size.invoices
        return self._today - timedelta(days=back)

    def _fate(self, number: int, day: date, total: Decimal) -> Fate:
        """Old ones are nearly all paid, fresh ones nearly all open; one in a hundred is void."""
        age = (self._today - day).days
        paid_on = min(day + timedelta(days=self._random.randint(3, 45)), self._today)
        if self._size.paid is not None:
            if number < self._size.paid:
                return Fate(InvoiceStatus.PAID, total, paid_on)
            return Fate(InvoiceStatus.SENT, Decimal(0), None)
        lot = self._random.random()
        paid = 0.96 if age > 90 else 0.7 if age > 30 else 0.2
        if lot < paid:
            return Fate(InvoiceStatus.PAID, total, paid_on)
        if lot < paid + (1 - paid) / 4:
            return Fate(InvoiceStatus.PARTIALLY_PAID, (total / 2).quantize(Decimal("0.01")), paid_on)
        if lot > 0.99:
            return Fate(InvoiceStatus.VOID, Decimal(0), None)
        return Fate(InvoiceStatus.VIEWED if age > 10 else InvoiceStatus.SENT, Decimal(0), None)

    def _history(self, events: _Columns, event: str, invoice_id: str, at: datetime) -> None:
        model = self._models.events[event]
        events.add({**model, **self._owner, "id": None, "document_id": invoice_id, "at": at})

    def _post(self, books: _Ledger, kind: EntryKind, source: str, day: date, amount: Decimal) -> None:
        """An entry with its two postings; the other way round below zero, as a reversal is."""
        entries, postings = books
        (entry_id,) = new_ids(1)
        facts = {**self._owner, "currency": CURRENCY, "kind": kind.value, "day": day}
        undone = entries.last_id if amount < 0 else None
        entries.add(
            {**facts, "id": entry_id, "source_id": source, "posted_at": clock.now(), "reverses_id": undone}
        )
        other = Account.SALES if kind is EntryKind.INVOICE else Account.CASH
        receivable = amount if kind is EntryKind.INVOICE else -amount
        for account, leg in ((Account.RECEIVABLE, receivable), (other, -receivable)):
            postings.add({**facts, "entry_id": entry_id, "account": account.value, "amount": leg})


class _Columns:
    """Rows on their way into a table, column by column."""

    def __init__(self) -> None:
        self._columns: defaultdict[str, list[Any]] = defaultdict(list)
        self.count = 0

    def add(self, row: Mapping[str, Any]) -> None:
        """One more row, with the same columns as those before it."""
        for name, value in row.items():
            self._columns[name].append(value)
        self.count += 1

    @property
    def last_id(self) -> Any:
        """The id of the row added last."""
        return self._columns["id"][-1]

    def with_ids(self) -> dict[str, Sequence[Any]]:
        """The columns; rows that were copied without an id of their own get one."""
        if not self._columns["id"] or self._columns["id"][0] is None:
            self._columns["id"] = list(new_ids(self.count))
        return dict(self._columns)


_Ledger: TypeAlias = tuple[_Columns, _Columns]
"""Entries and postings."""
