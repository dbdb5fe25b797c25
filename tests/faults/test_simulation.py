"""Five customers pay forty-five times in every way while half of it goes wrong: providers and books agree to the cent."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import override_settings

from portico.sandbox_bank.running import running_bank
from portico.testing.people import make_world
from portico.testing.simulation import Simulation, make_stage
from portico.testing.simulation.faults import faults
from tests.fakes.providers import running_providers

pytestmark = pytest.mark.xdist_group("simulation")


@override_settings(GATEWAY_TIMEOUT_SECONDS=3)
def test_the_bank_and_the_books_agree_whatever_goes_wrong(tmp_path: Path) -> None:
    with running_bank(tmp_path / "bank.sqlite3") as bank, running_providers() as providers:
        stage = make_stage(make_world(), bank.url, buyers=5)
        outcome = Simulation(stage, seed=14, every=2, providers=providers).run(45)
    assert outcome.differences == []
    assert outcome.pending == 0
    assert outcome.findings == []
    assert outcome.unexpected == []
    assert outcome.payments == 45
    assert len(outcome.faults) == len(faults()), "every kind of fault"
    assert outcome.succeeded >= 0.6 * outcome.attempts
    assert {"card", "3-D Secure", "saved card", "bank debit", "refund", "other providers"} <= set(
        outcome.made
    )
