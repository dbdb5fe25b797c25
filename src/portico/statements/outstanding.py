"""What is outstanding now, document by document, and how old it is; it adds up to the balance due (S8.2).

Open invoices stand above zero; credit notes and payments of which something is left stand below. So their sum is
receivable less credit, the same as the closing balance of the activity. Retainer invoices are no receivables (S8.3).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import islice
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum, Value

from portico.access.actors import ContactActor
from portico.access.scope import scope
from portico.credit_notes.models import CreditNote
from portico.home.ageing import ageing
from portico.invoices.models import Invoice
from portico.kit.money import Money
from portico.payments.models import Payment
from portico.transactions.models import DocumentKind

AT_ONCE: Final = 2_000
"""How many documents a streamed statement reads at once."""


class Age(StrEnum):
    """How long ago a document fell due; credit has no age."""

    NOT_DUE = "not_due"
    DAYS_1_TO_30 = "days_1_to_30"
    DAYS_31_TO_60 = "days_31_to_60"
    DAYS_61_TO_90 = "days_61_to_90"
    OVER_90_DAYS = "over_90_days"
    CREDIT = "credit"


_AT_MOST: Final = (
    (0, Age.NOT_DUE),
    (30, Age.DAYS_1_TO_30),
    (60, Age.DAYS_31_TO_60),
    (90, Age.DAYS_61_TO_90),
)
"""So many days late."""


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """An invoice, credit note or payment of which something is open; credit stands below zero."""

    kind: DocumentKind
    id: UUID
    number: str
    reference: str
    day: date
    due: date | None
    total: Money
    left: Money
    days_late: int

    @property
    def settled(self) -> Money:
        """What has been paid, credited, applied or paid back of it, as its effect on what is open."""
        return self.left - self.total

    @property
    def age(self) -> Age:
        """The bucket it is counted in."""
        if self.due is None:
            return Age.CREDIT
        return next((age for most, age in _AT_MOST if self.days_late <= most), Age.OVER_90_DAYS)


@dataclass(frozen=True, slots=True)
class Outstanding:
    """Everything that is open in one currency on one day.

    Attributes:
        documents: open invoices, the longest due first, then credit notes, then payments with something left.
        ages: the sum of each age; together they are `balance`.
        count: of how many documents.
        balance: what is owed; below zero, the organisation owes the customer.
    """

    currency: str
    today: date
    documents: tuple[OpenDocument, ...]
    ages: dict[Age, Money]
    count: int

    @property
    def invoiced(self) -> Money:
        """What is open on invoices: Home's figure."""
        return self.balance - self.ages[Age.CREDIT]

    @property
    def balance(self) -> Money:
        """What is owed in all."""
        return sum((self.ages[age] for age in Age), Money.zero(self.currency))

    @property
    def more(self) -> int:
        """How many documents are left out."""
        return self.count - len(self.documents)

    @property
    def rest(self) -> Money:
        """What is open on those that are left out."""
        return self.balance - sum((each.left for each in self.documents), Money.zero(self.currency))


def outstanding(actor: ContactActor, currency: str, today: date, *, limit: int) -> Outstanding:
    """What is open in one currency now; six statements at most for a page of it.

    Args:
        actor: a contact person with *view billing*.
        currency: one of the customer's currencies.
        today: the organisation's calendar day, by which lateness is judged.
        limit: at most so many documents are named; the sums are of all.

    Raises:
        ForbiddenError: the person may not see amounts.
    """
    found: list[OpenDocument] = []
    for rows in _kinds(actor, currency):
        if len(found) < limit:
            found += [_document(row, currency, today) for row in _ordered(rows)[: limit - len(found)]]
    zero = Money.zero(currency)
    ages = dict.fromkeys(Age, zero)
    count = 0
    for each in ageing(actor, today):
        if each.currency == currency:
            count = each.count
            ages |= {age: getattr(each, age) for age in Age if age is not Age.CREDIT}
    for rows in _kinds(actor, currency)[1:]:
        said = rows.order_by().aggregate(sum=Sum("open", default=Decimal(0)), number=Count("id"))
        ages[Age.CREDIT] -= Money(said["sum"], currency)
        count += said["number"]
    return Outstanding(currency, today, tuple(found), ages, count)


def each_open(
    actor: ContactActor, currency: str, today: date, *, at_once: int = AT_ONCE
) -> Iterator[OpenDocument]:
    """Every open document, for a file that is streamed; opens a scope for each part it reads."""
    for number in range(3):
        last: tuple[date, UUID] | None = None
        while True:
            with scope(actor, read_only=True):
                rows = _ordered(_kinds(actor, currency)[number])
                if last is not None:
                    rows = rows.filter(Q(day__gt=last[0]) | Q(day=last[0], id__gt=last[1]), day__gte=last[0])
                chunk = list(islice(rows[:at_once], at_once))
            yield from (_document(row, currency, today) for row in chunk)
            if len(chunk) < at_once:
                break
            last = chunk[-1]["day"], chunk[-1]["id"]


def _kinds(actor: ContactActor, currency: str) -> list[QuerySet[Any, Any]]:
    """The three queries: `day` orders them, `open` is what is left, above zero in each."""
    return [
        Invoice.objects.visible_to(actor)
        .filter(balance__gt=0, currency=currency)
        .annotate(kind=Value(DocumentKind.INVOICE), day=F("due_date"), whole=F("total"), open=F("balance")),
        CreditNote.objects.visible_to(actor)
        .filter(balance__gt=0, currency=currency)
        .annotate(kind=Value(DocumentKind.CREDIT_NOTE), day=F("date"), whole=F("total"), open=F("balance")),
        Payment.objects.visible_to(actor)
        .filter(unused__gt=0, currency=currency)
        .annotate(kind=Value(DocumentKind.PAYMENT), day=F("date"), whole=F("amount"), open=F("unused")),
    ]


def _ordered(rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    columns = ("id", "number", "reference", "date", "kind", "day", "whole", "open")
    return rows.order_by("day", "id").values(*columns)


def _document(row: dict[str, Any], currency: str, today: date) -> OpenDocument:
    kind = DocumentKind(row["kind"])
    owed = kind is DocumentKind.INVOICE
    sign = 1 if owed else -1
    return OpenDocument(
        kind=kind,
        id=row["id"],
        number=row["number"],
        reference=row["reference"],
        day=row["date"],
        due=row["day"] if owed else None,
        total=Money(row["whole"] * sign, currency),
        left=Money(row["open"] * sign, currency),
        days_late=max((today - row["day"]).days, 0) if owed else 0,
    )
