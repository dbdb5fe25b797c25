"""`post()`: the one writer of the ledger, and `reverse()`: the one way to undo."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from portico.kit.ids import new_id
from portico.kit.money import Money
from portico.ledger.models import Account, Entry, EntryKind, Posting


class HasLedger(Protocol):
    """A customer's books: whose they are and in which currency."""

    organisation_id: UUID
    customer_id: UUID
    currency: str


@dataclass(frozen=True, slots=True)
class Leg:
    """An amount above zero taken from one account and put on another."""

    debit: Account
    credit: Account
    amount: Money


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry about to be posted."""

    organisation_id: UUID
    customer_id: UUID
    currency: str
    kind: EntryKind
    source_id: UUID
    day: date
    legs: tuple[Leg, ...]


class UnbalancedError(ValueError):
    """The program is wrong: a leg that is zero, negative or of another currency than its entry."""


def post(row: HasLedger, *, kind: EntryKind, source_id: UUID, day: date, legs: Iterable[Leg]) -> Entry:
    """Write one entry; must be called inside a scope, in the transaction of the write it belongs to.

    Args:
        row: gives organisation, customer and currency.
        kind: what happened.
        source_id: the transaction it comes from (an invoice, a payment, …).
        day: the day it counts for, in the organisation's time zone.
        legs: pairs of debit and credit; legs of amount zero are left out.

    Raises:
        UnbalancedError: a leg is negative or of another currency, or nothing is left to post.
    """
    entry = NewEntry(
        row.organisation_id,
        row.customer_id,
        row.currency,
        kind,
        source_id,
        day,
        tuple(leg for leg in legs if leg.amount),
    )
    return post_all([entry])[0]


def post_all(entries: Sequence[NewEntry]) -> list[Entry]:
    """Write many entries in two statements (for import); the rules are those of `post()`."""
    rows: list[Entry] = []
    postings: list[Posting] = []
    for new in entries:
        if not new.legs:
            raise UnbalancedError("nothing to post")
        row = Entry(
            id=new_id(),
            organisation_id=new.organisation_id,
            customer_id=new.customer_id,
            currency=new.currency,
            kind=new.kind,
            source_id=new.source_id,
            day=new.day,
        )
        rows.append(row)
        for leg in new.legs:
            if leg.amount.currency != new.currency or leg.amount.amount <= 0:
                raise UnbalancedError(f"a leg of {leg.amount} in an entry of {new.currency}")
            postings.append(_posting(row, leg.debit, leg.amount))
            postings.append(_posting(row, leg.credit, -leg.amount))
    Entry.objects.bulk_create(rows)
    Posting.objects.bulk_create(postings)
    return rows


def reverse(source_id: UUID, *, day: date, kinds: Iterable[EntryKind] | None = None) -> list[Entry]:
    """Undo what a transaction posted: the same postings with the other sign, on the given day.

    Entries that are reversals, or have been reversed, are left alone, so doing it twice does nothing more.

    Args:
        source_id: the transaction whose entries are undone.
        day: the day the reversal counts for.
        kinds: only entries of these kinds; all when not given.
    """
    found = Entry.objects.filter(source_id=source_id, reverses=None, reversed_by=None)
    if kinds is not None:
        found = found.filter(kind__in=list(kinds))
    done: list[Entry] = []
    for entry in found.order_by("id").prefetch_related("postings"):
        undo = Entry(
            id=new_id(),
            organisation_id=entry.organisation_id,
            customer_id=entry.customer_id,
            currency=entry.currency,
            kind=entry.kind,
            source_id=source_id,
            day=day,
            reverses=entry,
        )
        undo.save(force_insert=True)
        Posting.objects.bulk_create(
            [_posting(undo, Account(posting.account), -posting.amount) for posting in entry.postings.all()]
        )
        done.append(undo)
    return done


def is_cash(source_id: UUID) -> bool:
    """Whether a document's other side is cash: it is over money that the bank moved, which no voiding can undo."""
    documents = (EntryKind.INVOICE, EntryKind.CREDIT_NOTE)
    return Posting.objects.filter(
        entry__source_id=source_id, kind__in=documents, account=Account.CASH
    ).exists()


def _posting(entry: Entry, account: Account, amount: Money) -> Posting:
    return Posting(
        organisation_id=entry.organisation_id,
        customer_id=entry.customer_id,
        entry=entry,
        currency=entry.currency,
        account=account,
        kind=entry.kind,
        day=entry.day,
        amount=amount,
    )
