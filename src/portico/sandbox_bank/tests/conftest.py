"""A bank for the tests of this folder, and merchants at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portico.sandbox_bank.running import RunningBank, running_bank
from portico.sandbox_bank.tests.merchants import PARENT, Merchant
from portico.sandbox_bank.tests.receiving import Receiver, running_receiver


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBank]:
    """One bank for all tests that do not kill it."""
    with running_bank(tmp_path_factory.mktemp("bank") / "bank.sqlite3") as running:
        yield running


@pytest.fixture
def mortal_bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBank]:
    """A bank of the test's own, to be killed."""
    with running_bank(tmp_path_factory.mktemp("bank") / "bank.sqlite3") as running:
        yield running


@pytest.fixture
def northwind(bank: RunningBank) -> Merchant:
    """A merchant whom nobody tells of events; bank debits settle when told to."""
    return Merchant(bank, parent_origins=[PARENT], settlement_ms=3_600_000)


@pytest.fixture
def stranger(bank: RunningBank) -> Merchant:
    """Another merchant at the same bank."""
    return Merchant(bank)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Where a merchant's events go."""
    with running_receiver() as running:
        yield running


@pytest.fixture
def listening(bank: RunningBank, receiver: Receiver) -> Merchant:
    """A merchant who is told of events."""
    return Merchant(bank, webhook_url=receiver.url, settlement_ms=3_600_000)
