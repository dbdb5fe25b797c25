"""Six customers pay fifty times in every way while a fifth of it goes wrong: the bank and the books agree to the cent."""

from __future__ import annotations

from pathlib import Path

import pytest

from portico.sandbox_bank.running import running_bank
from portico.testing.people import make_world
from portico.testing.simulation import Simulation
from portico.testing.till import open_till

pytestmark = pytest.mark.xdist_group("simulation")


def test_the_bank_and_the_books_agree_whatever_goes_wrong(tmp_path: Path) -> None:
    with running_bank(tmp_path / "bank.sqlite3") as bank:
        simulation = Simulation(open_till(make_world(), bank.url), buyers=6, seed=1)
        outcome = simulation.run(50)
    assert outcome.differences == []
    assert outcome.pending == 0
    assert outcome.findings == []
    ways = {name.partition(":")[0] for name in outcome.made}
    assert {"fault", "card", "3-D Secure", "saved card", "bank debit", "refund", "autopay"} <= ways
