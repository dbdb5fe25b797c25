"""`portico serve` as it runs in production, on a free port of 127.0.0.1, and signed-in people to ask it."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from bench.place import PAGES, Place
from bench.wire import Wire

STARTS_WITHIN: Final = 60.0
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
    from portico.testing.site import Process

    port = free_port()
    environment = place.environment(
        PAGES, DJANGO_SETTINGS_MODULE=settings, PORTICO_URL=f"http://127.0.0.1:{port}"
    )
    serve = [sys.executable, "-m", "portico.config.command", "serve", "--port", str(port)]
    process = Process([*serve, "--workers", str(_WORKERS)], environment, place.data / "serve.log")
    begun = time.perf_counter()
    process.start()
    try:
        _wait(port)
        yield Web(port, time.perf_counter() - begun)
    finally:
        process.stop()


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
