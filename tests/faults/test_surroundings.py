"""What is under and around us fails: the database at commit, its disk, its connection, the clock, our own disk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import DatabaseError

from portico.kit import clock
from portico.payments.actions.reconcile import clear_up, reconcile
from portico.sandbox_bank.running import running_bank
from portico.testing.bank import ASKS_3DS
from portico.testing.people import World
from portico.testing.till import Till, open_till
from tests.faults.commits import HOW, failing_commit

pytestmark = pytest.mark.xdist_group("immunity")


@pytest.fixture(scope="module")
def bank_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running bank."""
    with running_bank(tmp_path_factory.mktemp("bank") / "bank.sqlite3") as bank:
        yield bank.url


@pytest.fixture
def till(world: World, bank_url: str) -> Till:
    """A till whose customer owes nothing yet."""
    return open_till(world, bank_url)


def _settle_all(till: Till) -> None:
    reconcile(organisation_id=till.organisation_id, grace=timedelta(0))


@pytest.mark.parametrize("how", HOW)
def test_the_database_fails_when_the_charge_is_written_down(till: Till, how: str) -> None:
    invoice = till.books.invoice("60")
    attempt = till.start((invoice, "60"))
    with failing_commit(till.world, "payments_payment", how), pytest.raises(DatabaseError):
        till.submit(attempt)
    assert till.taken() == 6000
    assert till.payments() == []
    _settle_all(till)
    assert till.fresh(invoice).status == "paid"
    till.assert_agrees()


@pytest.mark.parametrize("how", HOW)
def test_the_database_fails_before_anything_is_charged(till: Till, how: str) -> None:
    invoice = till.books.invoice("60")
    with failing_commit(till.world, "payments_paymentattempt", how), pytest.raises(DatabaseError):
        till.start((invoice, "60"))
    assert till.taken() == 0
    till.pay((invoice, "60"))
    assert till.taken() == 6000
    till.assert_agrees()


@pytest.mark.parametrize("how", HOW)
def test_the_database_fails_when_the_reference_is_committed(till: Till, how: str) -> None:
    invoice = till.books.invoice("60")
    attempt = till.start((invoice, "60"))
    with failing_commit(till.world, "payments_paymentattempt", how), pytest.raises(DatabaseError):
        till.submit(attempt)
    assert till.taken() == 0
    _settle_all(till)
    till.pay((invoice, "60"))
    assert till.taken() == 6000
    till.assert_agrees()


def test_the_clock_jumps_ahead_while_the_bank_asks_maya(till: Till) -> None:
    invoice = till.books.invoice("60")
    attempt = till.pay((invoice, "60"), token=till.bank.card(ASKS_3DS))
    with clock.held_at(clock.now() + timedelta(days=3)):
        _settle_all(till)
    assert till.attempt(attempt).state == "cancelled"
    till.bank.approve_late(attempt.action_url)
    clear_up(organisation_id=till.organisation_id, attempt_id=attempt.pk, via="return")
    assert till.taken() == 0
    till.pay((invoice, "60"))
    till.assert_agrees()


@pytest.mark.parametrize("days", [-400, 400], ids=["back", "ahead"])
def test_the_clock_is_wrong_by_a_year_while_a_payment_arrives(till: Till, days: int) -> None:
    invoice = till.books.invoice("60")
    till.bank.faults(drop_answer_after_charge=1)
    till.pay((invoice, "60"))
    with clock.held_at(clock.now() + timedelta(days=days)):
        _settle_all(till)
    _settle_all(till)
    assert till.fresh(invoice).status == "paid"
    assert till.taken() == 6000
    till.assert_agrees()
