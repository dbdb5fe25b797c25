"""The stand-in for Authorize.Net, started once for each module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.fakes.authorize_net import AuthorizeNet, running_authorize_net

from portico.gateways.authorize_net.api import _client
from portico.gateways.authorize_net.tests.benches import AuthorizeNetBench, open_bench


@pytest.fixture(scope="module")
def fake() -> Iterator[AuthorizeNet]:
    """A running stand-in."""
    with running_authorize_net() as running:
        yield running
    _client().close()
    _client.cache_clear()


@pytest.fixture
def bench(fake: AuthorizeNet) -> AuthorizeNetBench:
    """A new merchant."""
    return open_bench(fake)
