"""selfcheck finds refunds, returns and takings back that do not add up."""

from __future__ import annotations

import pytest

from portico.ledger.selfcheck import selfcheck
from portico.ledger.tests.test_selfcheck import BROKEN, as_owner, forgotten
from portico.payments.tests.gone_back import Counter, open_counter
from portico.testing.people import World

__all__ = ["forgotten"]

MINE = "WHERE organisation_id = '{organisation}' AND"
GONE_BACK = {
    "refunds through gateways": f"UPDATE payments_gatewayrefund SET amount = amount - 1 {MINE} true",
    "refunds within charges": "UPDATE payments_payment SET amount = 3, allocated = 0, unused = 0, refunded = 3"
    f" {MINE} refunded > 0",
    "takings back posted": f"UPDATE payments_takenback SET amount = amount + 1 {MINE} true",
    "taken within payments": f"UPDATE payments_takenback SET amount = amount + 1000 {MINE} true",
    "payment.taken_back": f"UPDATE payments_takenback SET amount = amount + 1 {MINE} true",
    "taken off invoices": f"UPDATE payments_unallocation SET amount = amount + 1 {MINE} true",
    "returns": "UPDATE payments_payment SET taken_back = taken_back - 1, unused = 1"
    f" {MINE} returned_at IS NOT NULL",
}


@pytest.fixture
def counter(world: World, forgotten: None) -> Counter:
    """One payment of which part went back, and one that came back whole."""
    counter = open_counter(world)
    counter.paid((counter.books.invoice("100"), "100")).refunded_there("40")
    counter.paid((counter.books.invoice("50"), "50")).comes_back()
    counter.books.assert_clean()
    return counter


@pytest.mark.parametrize("check", GONE_BACK)
def test_what_is_broken_is_found(counter: Counter, check: str) -> None:
    as_owner(GONE_BACK[check].format(organisation=counter.world.organisation.pk))
    assert check in {finding.check for finding in selfcheck(counter.world.organisation.pk)}


def test_every_check_that_ledger_does_not_break_is_broken_here() -> None:
    assert not set(GONE_BACK) & set().union(*BROKEN.values())
