"""`post()` takes balanced legs only, and `reverse()` undoes once."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portico.access.scope import scope
from portico.kit.ids import new_id
from portico.kit.money import Money
from portico.ledger.models import Account, Balance, Entry, EntryKind, Period, Posting
from portico.ledger.post import Leg, UnbalancedError, post, reverse
from portico.ledger.selfcheck import selfcheck
from portico.testing.people import World, make_world

DAY = date(2026, 3, 2)


def owner(world: World, currency: str = "USD") -> Any:
    return SimpleNamespace(
        organisation_id=world.organisation.pk, customer_id=world.greenleaf.pk, currency=currency
    )


def leg(text: str, debit: Account = Account.RECEIVABLE, credit: Account = Account.SALES) -> Leg:
    return Leg(debit=debit, credit=credit, amount=Money.of(text, "USD"))


def write(world: World, *legs: Leg, kind: EntryKind = EntryKind.INVOICE, day: date = DAY) -> Entry:
    with scope(world.olive):
        return post(owner(world), kind=kind, source_id=new_id(), day=day, legs=legs)


def balances(world: World) -> dict[str, str]:
    with scope(world.olive):
        return {row.account: str(row.amount.amount) for row in Balance.objects.all()}


def test_debit_is_above_zero_and_credit_below(world: World) -> None:
    entry = write(world, leg("10"), leg("0"))
    with scope(world.olive):
        rows = {row.account: str(row.amount.amount) for row in entry.postings.all()}
    assert rows == {"receivable": "10.00", "sales": "-10.00"} == balances(world)


@pytest.mark.parametrize("legs", [[], [leg("0")], [leg("-1")]])
def test_nothing_and_less_than_nothing_are_not_posted(world: World, legs: list[Leg]) -> None:
    with pytest.raises(UnbalancedError):
        write(world, *legs)


def test_an_entry_is_of_one_currency(world: World) -> None:
    yen = Leg(debit=Account.CASH, credit=Account.CREDIT, amount=Money.of("5", "JPY"))
    with pytest.raises(UnbalancedError):
        write(world, yen)


def test_a_reversal_is_the_same_with_the_other_sign_and_happens_once(world: World) -> None:
    entry = write(world, leg("10"))
    for _ in range(2):
        with scope(world.olive):
            reverse(entry.source_id, day=date(2026, 4, 1))
    assert set(balances(world).values()) == {"0.00"}
    with scope(world.olive):
        assert Posting.objects.count() == 4
        undo = Entry.objects.get(reverses=entry)
        months = Period.objects.filter(account="receivable").order_by("month")
        assert [(row.month, str(row.amount)) for row in months] == [
            (date(2026, 3, 1), "10.00 USD"), (date(2026, 4, 1), "-10.00 USD"),
        ]  # fmt: skip
    assert undo.day == date(2026, 4, 1)
    assert not selfcheck(world.organisation.pk)


def test_only_the_kinds_asked_for_are_reversed(world: World) -> None:
    entry = write(world, leg("10"))
    with scope(world.olive):
        assert not reverse(entry.source_id, day=DAY, kinds=[EntryKind.PAYMENT])
        assert len(reverse(entry.source_id, day=DAY, kinds=[EntryKind.INVOICE])) == 1


ACCOUNTS = st.sampled_from(Account.values).map(Account)
LEGS = st.lists(st.tuples(ACCOUNTS, ACCOUNTS, st.integers(1, 10**9)), min_size=1, max_size=5)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(LEGS, st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.booleans()), max_size=4))
def test_balances_and_months_are_the_sums_of_whatever_is_posted(entries: list[Any]) -> None:
    """The documents behind these postings do not exist, so only the ledger's own checks are looked at."""
    world = make_world("KWD")
    expected = dict.fromkeys(Account, 0)
    with scope(world.job):
        for legs, day, undone in entries:
            entry = post(
                owner(world, "KWD"),
                kind=EntryKind.INVOICE,
                source_id=new_id(),
                day=day,
                legs=[Leg(debit, credit, Money.from_minor(units, "KWD")) for debit, credit, units in legs],
            )
            if undone:
                reverse(entry.source_id, day=day)
                continue
            for debit, credit, units in legs:
                expected[debit] += units
                expected[credit] -= units
    with scope(world.job):
        kept = {row.account: row.amount.to_minor() for row in Balance.objects.all()}
    assert all(kept.get(account, 0) == units for account, units in expected.items())
    broken = {finding.check for finding in selfcheck(world.organisation.pk)}
    assert not broken & {"balances", "periods", "entries"}
