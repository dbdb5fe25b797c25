"""Fixtures of the whole site: its processes, its mail, a browser. The root conftest.py imports them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.hashers import ScryptPasswordHasher
from django.core.cache import cache
from playwright.sync_api import Browser, BrowserContext, Page

from portico.access import hosts
from portico.testing.browsing import PATIENCE, running_browser
from portico.testing.jobs import mark_jobs
from portico.testing.mail import Mailbox, running_mailbox
from portico.testing.site import Site, running_site


@pytest.fixture(scope="session", autouse=True)
def static_folder() -> None:
    """WhiteNoise warns of a folder that is not there, and a warning is an error here."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> None:
    """The same way of hashing as in production, at a thousandth of its cost, which is high on purpose."""
    ScryptPasswordHasher.work_factor = 2**4


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """All tests come from one address: what one test tried does not count against the next.

    Nor is remembered whose address something was: that ends after five seconds, which would be in the midst of a test.
    """
    cache.clear()
    hosts.forget()


@pytest.fixture(autouse=True)
def own_jobs() -> Iterator[None]:
    """What other tests left in the queue is not this one's to run, nor its file's site's, which starts before it."""
    mark_jobs()
    yield
    mark_jobs()


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """The whole site, once for the tests of a file that only look at it; who kills parts of it runs one of its own.

    Not for longer: its worker takes the jobs of this process's database, also those of other tests.
    """
    with running_site() as running:
        yield running


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """A real SMTP server for the e-mails that this process sends."""
    with running_mailbox() as box:
        monkeypatch.setattr(settings, "EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
        monkeypatch.setattr(settings, "EMAIL_HOST", "127.0.0.1")
        monkeypatch.setattr(settings, "EMAIL_PORT", box.port)
        yield box


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium, started once."""
    with running_browser() as running:
        yield running


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser window of this test's own: no cookies, English, a desk's width."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A tab of this test's own."""
    return context.new_page()
