"""`portico demo` on a machine with nothing: it runs, Maya signs in, Ctrl-C ends all of it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from portico.config.demo.processes import is_free
from portico.testing.ports import free_ports

READY_WITHIN = 240.0
"""Seconds, on two cores that are busy with other tests; alone it takes about fifteen."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder that the database's own user may enter."""
    with tempfile.TemporaryDirectory(prefix="portico-demo-") as name:
        yield Path(name)


def demo(folder: Path, port: int) -> subprocess.Popen[str]:
    """Start the demo with its data in this folder, and none of the tests' settings."""
    # Where these tests run in the background Ctrl-C is ignored, and would be by all that they start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    environment |= {"PORTICO_DATA": str(folder / "var"), "PORTICO_PORT": str(port)}
    return subprocess.Popen(
        [sys.executable, "-m", "portico.config.command", "demo"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def wait_until_ready(running: subprocess.Popen[str]) -> str:
    """What it says until it is ready."""
    said, last = "", time.monotonic() + READY_WITHIN
    assert running.stdout is not None
    while "Ctrl-C stops everything" not in said:
        line = running.stdout.readline()
        assert line, f"the demo ended:\n{said}"
        assert time.monotonic() < last, said
        said += line
    return said


def sign_in(browser: httpx.Client) -> None:
    """Maya signs in as anybody would."""
    page = browser.get("/account/login/").text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    form = {"login": "maya@greenleaf.example", "password": "portico-demo", "csrfmiddlewaretoken": token[1]}
    answer = browser.post("/account/login/", data=form, headers={"Referer": str(browser.base_url)})
    assert answer.url.path == "/", answer.text


@pytest.mark.timeout(600)  # READY_WITHIN, and then some
def test_the_demo_runs_from_nothing_and_ends_with_ctrl_c(folder: Path) -> None:
    port = free_ports(2)
    with demo(folder, port) as running:
        try:
            said = wait_until_ready(running)
            assert f"http://127.0.0.1:{port}/" in said
            with httpx.Client(
                base_url=f"http://127.0.0.1:{port}", follow_redirects=True, timeout=60
            ) as browser:
                sign_in(browser)
                assert "Outstanding invoices" in browser.get("/").text
                assert "Balance due" in browser.get("/statements/?preset=all").text
            running.send_signal(signal.SIGINT)
            assert running.wait(120) == 0
        finally:
            if running.poll() is None:
                os.killpg(running.pid, signal.SIGKILL)
    assert not (folder / "var/postgres/postmaster.pid").exists()
    assert is_free(port)
    assert is_free(port + 1)
