"""When a document falls due, and what day it is where the organisation is."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from portico.access.scope import scope
from portico.kit import clock
from portico.kit.errors import InvalidError
from portico.organisations.models import PaymentTerms
from portico.testing.people import World, make_world
from portico.transactions.days import check_day, check_happened, reversal_day, today_at
from portico.transactions.terms import due_date

NEW_YEARS_EVE = datetime(2026, 1, 1, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rule", "days", "day", "due"),
    [
        ("days", 0, date(2026, 1, 31), date(2026, 1, 31)),
        ("days", 30, date(2026, 1, 31), date(2026, 3, 2)),
        ("end_of_month", 0, date(2024, 2, 3), date(2024, 2, 29)),
        ("end_of_month", 15, date(2026, 12, 31), date(2027, 1, 15)),
    ],
)
def test_terms_say_when_it_is_due(rule: str, days: int, day: date, due: date) -> None:
    assert due_date(PaymentTerms(name="Terms", rule=rule, days=days), day) == due


def test_without_terms_it_is_due_at_once() -> None:
    assert due_date(None, date(2026, 1, 31)) == date(2026, 1, 31)


def test_it_is_still_yesterday_in_seattle() -> None:
    seattle = make_world(time_zone="America/Los_Angeles")
    with clock.held_at(NEW_YEARS_EVE), scope(seattle.olive):
        assert today_at(seattle.organisation.pk) == date(2025, 12, 31)
        with pytest.raises(InvalidError, match="future"):
            check_happened(date(2026, 1, 1), seattle.organisation.pk)


def test_an_undoing_is_never_dated_before_the_deed(world: World) -> None:
    with clock.held_at(NEW_YEARS_EVE), scope(world.olive):
        assert reversal_day(world.organisation.pk, date(2025, 5, 5)) == date(2026, 1, 1)
        assert reversal_day(world.organisation.pk, date(2026, 5, 5)) == date(2026, 5, 5)


@pytest.mark.parametrize("slip", [date(206, 1, 1), date(1899, 12, 31), date(2200, 1, 1)])
def test_a_slip_of_the_keyboard_is_no_date(slip: date) -> None:
    with pytest.raises(InvalidError) as refused:
        check_day(slip, "due_date")
    assert refused.value.field == "due_date"
