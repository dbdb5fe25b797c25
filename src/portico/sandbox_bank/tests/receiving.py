"""A merchant's webhook address: a real HTTP server that keeps what it is sent."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Delivery:
    """One request that came in."""

    headers: dict[str, str]
    raw: bytes

    @property
    def event(self) -> dict[str, Any]:
        """What the body says."""
        content: dict[str, Any] = json.loads(self.raw)
        return content


@dataclass
class Receiver:
    """Answers with the statuses in ``refusals`` first, then with 204."""

    url: str
    deliveries: list[Delivery] = field(default_factory=list)
    refusals: list[int] = field(default_factory=list)

    def types(self) -> list[str]:
        """The types of the events that came, in the order in which they came."""
        return [each.event["type"] for each in self.deliveries]

    def wait_for(self, count: int) -> list[Delivery]:
        """The deliveries, once there are ``count``."""
        wait_until(lambda: len(self.deliveries) >= count)
        return self.deliveries


def wait_until(is_so: Callable[[], bool], *, seconds: float = 60) -> None:
    """Return when it is so; fail when it is not within ``seconds``."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "It did not happen."
        time.sleep(0.02)


@contextmanager
def running_receiver(port: int = 0) -> Iterator[Receiver]:
    """A receiver on a free port, or on ``port``."""
    receiver = Receiver("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.deliveries.append(Delivery(headers, raw))
            self.send_response(receiver.refusals.pop(0) if receiver.refusals else 204)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/webhook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
