"""A light HTTP client: one kept-alive connection to 127.0.0.1, which costs the machine next to nothing."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

_AGENT: Final = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
_SEVERAL: Final = 65_536


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `seconds` from the first byte sent to the last one received, `wire` bytes in all."""

    status: int
    head: bytes
    body: bytes
    seconds: float

    @property
    def wire(self) -> int:
        """Bytes received."""
        return len(self.head) + len(self.body)

    def header(self, name: str) -> str:
        """A header's value; empty when there is none."""
        for line in self.head.decode("latin-1").split("\r\n")[1:]:
            key, _, value = line.partition(":")
            if key.lower() == name.lower():
                return value.strip()
        return ""


class Wire:
    """A connection; a request waits for the answer to the one before it."""

    def __init__(self, port: int, cookie: str = "") -> None:
        self._port = port
        self._cookie = cookie
        self._socket = self._connect()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def get(self, path: str, *, cookie: str = "", expect: int = 200) -> Answer:
        """Ask for a page.

        Raises:
            RuntimeError: another status than the expected one.
        """
        request = (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nUser-Agent: {_AGENT}\r\n"
            f"Accept: text/html,*/*\r\nAccept-Encoding: gzip, deflate, br\r\nCookie: {cookie or self._cookie}\r\n\r\n"
        ).encode()
        begun = time.perf_counter()
        self._socket.sendall(request)
        head, body = self._read()
        seconds = time.perf_counter() - begun
        status = int(head[9:12])
        if status != expect:
            raise RuntimeError(f"{path} answered {status}:\n{body[:600]!r}")
        return Answer(status, head, body, seconds)

    def _connect(self) -> socket.socket:
        made = socket.create_connection(("127.0.0.1", self._port), timeout=120)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def _read(self) -> tuple[bytes, bytes]:
        found = self._some()
        while (end := found.find(b"\r\n\r\n")) < 0:
            found += self._some()
        head, body = found[: end + 4], bytearray(found[end + 4 :])
        at = head.lower().find(b"content-length:")
        if at < 0:
            raise RuntimeError(f"an answer without its length:\n{head.decode('latin-1')}")
        length = int(head[at + 15 : head.index(b"\r\n", at)])
        while len(body) < length:
            body += self._some()
        return head, bytes(body)

    def _some(self) -> bytes:
        got = self._socket.recv(_SEVERAL)
        if not got:
            raise RuntimeError("the server closed the connection")
        return got
