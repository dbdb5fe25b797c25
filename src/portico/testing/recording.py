"""A relay in front of the site that keeps every byte sent to it: what a browser or a bank says, before anybody reads it."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class Relay:
    """Listens at `url`; passes on to `target`, once it is known."""

    url: str
    target: str = ""
    _said: list[bytearray] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def received(self) -> str:
        """Everything that came in, connection after connection: request lines, headers and bodies as they were sent."""
        with self._lock:
            return "\n".join(said.decode("latin-1") for said in self._said)

    def serve(self, listening: socket.socket) -> None:
        """Take connections until the socket is closed."""
        while True:
            try:
                near, _ = listening.accept()
            except OSError:
                return
            said = bytearray()
            with self._lock:
                self._said.append(said)
            threading.Thread(target=self._pass_on, args=(near, said), daemon=True).start()

    def _pass_on(self, near: socket.socket, said: bytearray) -> None:
        target = urlsplit(self.target)
        with near, contextlib.suppress(OSError):
            far = socket.create_connection((target.hostname or "", target.port or 80))
            with far:
                back = threading.Thread(target=_copy, args=(far, near), daemon=True)
                back.start()
                _copy(near, far, said)
                back.join()


def _copy(source: socket.socket, sink: socket.socket, said: bytearray | None = None) -> None:
    """Until one side closes; then the other one is told."""
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            if said is not None:
                said += piece
            sink.sendall(piece)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


@contextmanager
def running_relay() -> Iterator[Relay]:
    """A relay on an ephemeral port of 127.0.0.1; nothing is passed on before it has a target."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        relay = Relay(f"http://127.0.0.1:{listening.getsockname()[1]}")
        threading.Thread(target=relay.serve, args=(listening,), daemon=True).start()
        try:
            yield relay
        finally:
            with contextlib.suppress(OSError):  # wakes the thread that waits in accept()
                listening.shutdown(socket.SHUT_RDWR)
