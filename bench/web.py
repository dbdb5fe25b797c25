"""`portico serve` as it runs in production, on a free port of 127.0.0.1, and signed-in people to ask it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from bench.place import PAGES, Place
from bench.wire import Wire

STARTS_WITHIN: Final = 60.0
ENDS_WITHIN: Final = 10.0
_WORKERS: Final = 2


@dataclass(frozen=True, slots=True)
class Web:
    """A running web server, and how long it took to its first answer."""

    port: int
    seconds: float


@contextmanager
def serving(place: Place, *, settings: str = "bench.settings") -> Iterator[Web]:
    """Run the web server with two workers until the end of the context."""
    from portico.testing.ports import free_port

    port = free_port()
    environment = place.environment(
        PAGES, DJANGO_SETTINGS_MODULE=settings, PORTICO_URL=f"http://127.0.0.1:{port}"
    )
    serve = [sys.executable, "-m", "portico.config.command", "serve", "--port", str(port)]
    begun = time.perf_counter()
    with (place.data / "serve.log").open("ab") as log:
        process = subprocess.Popen(
            [*serve, "--workers", str(_WORKERS)],
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait(port)
        yield Web(port, time.perf_counter() - begun)
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end, and whatever it leaves behind to end at once."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(ENDS_WITHIN)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _wait(port: int) -> None:
    """Until the sign-in page is answered."""
    last = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < last:
        try:
            with Wire(port) as wire:
                wire.get("/account/login/")
                return
        except (ConnectionError, TimeoutError):
            time.sleep(0.01)
    raise RuntimeError("the web server did not start; see serve.log in the bench's folder")
