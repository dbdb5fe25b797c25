"""GoCardless does what every gateway must do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import pytest
from tests.fakes.gocardless import FakeGoCardless, running_gocardless

from portico.gateways.gocardless.tests.bench import GoCardlessBench, bench_at
from portico.payments.gateway import MethodKind
from portico.testing.gateway_contract import GatewayContract


@pytest.fixture(scope="module")
def server() -> Iterator[FakeGoCardless]:
    """The stand-in."""
    with running_gocardless() as server:
        yield server


class TestGoCardless(GatewayContract):
    """The contract, at the stand-in."""

    kind = MethodKind.BANK
    amounts: ClassVar = (("60.00", "USD", 6000), ("45.10", "EUR", 4510), ("0.99", "GBP", 99))

    @pytest.fixture
    def bench(self, server: FakeGoCardless) -> GoCardlessBench:
        """An account of its own."""
        return bench_at(server)
