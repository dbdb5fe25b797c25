"""What is under and around us fails: the database at commit, its disk, its connection, the clock, our own disk."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError

from portico.access.scope import scope
from portico.kit import clock
from portico.kit.ids import new_id
from portico.payments.actions.reconcile import clear_up, reconcile
from portico.sandbox_bank.running import running_bank
from portico.testing.bank import ASKS_3DS
from portico.testing.clients import signed_in
from portico.testing.people import World
from portico.testing.till import Till, open_till
from portico.transfers.actions import set_way
from portico.transfers.models import TransferNotice
from portico.transfers.tests.test_transfers import PDF
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


@contextmanager
def full_disk() -> Iterator[None]:
    """No file can grow any more, neither a log nor an upload, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_our_own_disk_is_full_while_maya_pays(till: Till) -> None:
    invoice = till.books.invoice("60")
    till.bank.faults(drop_answer_after_charge=1)  # which is logged, or would be
    form = {
        "submission_key": str(new_id()),
        "way": f"{till.account.pk}:card",
        "invoice": str(invoice.pk),
        f"amount-{invoice.pk}": "60.00",
        "token": till.bank.card(),
    }
    browser = signed_in(till.world.maya)
    with full_disk():
        sent = browser.post("/pay/", form)
        assert sent.status_code == 302
        assert browser.post("/pay/", form).headers["Location"] == sent.headers["Location"]
        _settle_all(till)
        assert browser.get(sent.headers["Location"], follow=True).status_code == 200
    assert till.taken() == 6000
    assert till.fresh(invoice).status == "paid"
    till.assert_agrees()


def test_our_own_disk_is_full_while_a_proof_is_sent(till: Till) -> None:
    set_way(actor=till.world.olive, mode="bank_transfer", instructions="IBAN DE89", is_offered=True)
    invoice = till.books.invoice("60")
    form = {
        "submission_key": str(new_id()),
        "invoice": str(invoice.pk),
        f"amount-{invoice.pk}": "60.00",
        "mode": "bank_transfer",
        "sent_on": "2026-03-02",
        "own_reference": "",
    }
    browser = signed_in(till.world.maya)
    with full_disk():
        refused = browser.post("/pay/transfer/", {**form, "proof": SimpleUploadedFile("order.pdf", PDF)})
    assert refused.status_code == 503
    assert "nothing was sent" in refused.content.decode()
    with scope(till.world.job):
        assert not TransferNotice.objects.exists()
    sent = browser.post("/pay/transfer/", {**form, "proof": SimpleUploadedFile("order.pdf", PDF)})
    assert sent.status_code == 302, "the same form, once there is room again"
