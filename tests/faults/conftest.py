"""The shop that is killed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from portico.sandbox_bank.running import RunningBank
from portico.testing.site import Site
from tests.faults.paying import Shop, open_shop, running_shop_site


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, RunningBank, Path]]:
    """One site and bank for the tests of a file."""
    with running_shop_site(tmp_path_factory.mktemp("shop")) as parts:
        yield parts


@pytest.fixture
def shop(running: tuple[Site, RunningBank, Path]) -> Shop:
    """An organisation of the test's own; everything runs."""
    site, bank, order = running
    site.start_web()
    site.start_worker()
    bank.start()
    return open_shop(site, bank, order)
