"""A real Chromium for tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from playwright.sync_api import Browser, expect, sync_playwright

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# Without a process of its own that would draw in software what no screen shows: a third less work.
ARGUMENTS += ["--in-process-gpu", "--disable-software-rasterizer"]

PATIENCE: Final = 45_000
"""Milliseconds until something that does not come is given up; on two busy cores what comes may take its time."""
expect.set_options(timeout=PATIENCE)


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Start the Chromium of PORTICO_CHROMIUM, by default /usr/bin/chromium, without a window."""
    path = os.environ.get("PORTICO_CHROMIUM", "/usr/bin/chromium")
    # Playwright's calls run inside an event loop of this thread, where Django would refuse to ask the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()
