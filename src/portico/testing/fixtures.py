"""Fixtures of the whole site: its processes, its mail, a browser. The root conftest.py imports them."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache


@pytest.fixture(scope="session", autouse=True)
def static_folder() -> None:
    """WhiteNoise warns of a folder that is not there, and a warning is an error here."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """All tests come from one address: what one test tried does not count against the next."""
    cache.clear()
