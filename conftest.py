"""Fixtures that every test may use."""

from __future__ import annotations

import pytest

from portico.testing.fixtures import *  # noqa: F403 (pytest finds fixtures by their names here)
from portico.testing.people import World, make_world


@pytest.fixture
def world() -> World:
    """An organisation of this test's own, with its people."""
    return make_world()
