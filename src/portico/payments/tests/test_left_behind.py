"""What is left behind when a job is lost: an event of the bank is applied all the same, once the bank tells."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from portico.access.scope import scope
from portico.disputes.models import Dispute
from portico.kit import clock
from portico.kit.ids import new_id
from portico.payments.actions.events import apply_left_behind, apply_received
from portico.payments.actions.gateways import replace_gateway_settings
from portico.payments.models import GatewayEvent
from portico.sandbox_bank.running import running_bank
from portico.testing.people import World
from portico.testing.till import Till, open_till


@pytest.fixture(scope="module")
def bank_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running bank."""
    with running_bank(tmp_path_factory.mktemp("bank") / "bank.sqlite3") as bank:
        yield bank.url


@pytest.fixture
def till(world: World, bank_url: str) -> Till:
    """A till at which Maya has paid, and the bank disputes it."""
    return open_till(world, bank_url)


def disputed(till: Till) -> GatewayEvent:
    """A payment by card that its bank disputes, and the event of it in the inbox, whose job was lost."""
    attempt = till.pay((till.books.invoice("60"), "60"))
    till.bank.dispute(attempt.gateway_reference)
    with scope(till.world.job):
        return GatewayEvent.objects.create(
            organisation=till.world.organisation,
            gateway_account=till.account,
            event_id=f"evt_{new_id()}",
            kind="dispute.opened",
            gateway_reference=attempt.gateway_reference,
            received_at=clock.now() - timedelta(minutes=6),
        )


def test_an_event_whose_job_was_lost_is_applied_in_the_next_round(till: Till) -> None:
    """The worker was killed while it applied a dispute: nothing else tells of it before the evidence is due."""
    event = disputed(till)
    assert apply_left_behind(organisation_id=till.organisation_id) == 1
    assert apply_left_behind(organisation_id=till.organisation_id) == 0
    with scope(till.world.job):
        assert Dispute.objects.count() == 1
        event.refresh_from_db()
    assert event.outcome == "applied"
    assert till.books.balances()["receivable"] == "60.00", "its invoice is open again"
    till.books.assert_clean()


def test_an_event_that_the_bank_would_not_explain_waits_until_it_does(till: Till) -> None:
    """The secret key is changed at the bank first, and in the office an hour later."""
    event = disputed(till)
    wrong = {**till.bank.settings, "secret_key": "sk_of_yesterday"}
    replace_gateway_settings(actor=till.world.olive, account=till.account, settings=wrong)
    row = apply_received(organisation_id=till.organisation_id, event_row_id=event.pk)
    assert (row.outcome, row.applied_at) == ("received", None)
    replace_gateway_settings(actor=till.world.olive, account=till.account, settings=till.bank.settings)
    assert apply_left_behind(organisation_id=till.organisation_id) == 1
    with scope(till.world.job):
        assert Dispute.objects.count() == 1
