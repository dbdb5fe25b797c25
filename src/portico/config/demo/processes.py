"""The demo's processes: started with a log each, watched, and stopped together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx

STARTS_WITHIN: Final = 60.0
STOPS_WITHIN: Final = 25.0
"""Seconds; longer than a request may wait for a gateway."""
TAIL: Final = 3_000
"""Characters of a log that are shown when its process ended by itself."""


class EndedError(RuntimeError):
    """A process of the demo ended that should not have."""


@dataclass
class Process:
    """One process; its output goes to its log."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    running: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> None:
        """Start it in a session of its own: Ctrl-C reaches the demo, which stops everything in order."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            self.running = subprocess.Popen(  # noqa: S603 (our own programs)
                self.command,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def check(self) -> None:
        """Raise EndedError, with the end of the log, if it runs no more."""
        if self.running.poll() is not None:
            said = self.log.read_text(errors="replace")[-TAIL:]
            raise EndedError(f"{self.name} ended by itself ({self.log}):\n{said}")

    def wait_for(self, url: str) -> None:
        """Wait until it answers there with 200."""
        last = time.monotonic() + STARTS_WITHIN
        while not _answers(url):
            self.check()
            if time.monotonic() > last:
                raise EndedError(f"{self.name} did not answer at {url} in time; see {self.log}")
            time.sleep(0.05)


def stop_all(processes: Sequence[Process]) -> None:
    """Ask each to end, wait for all, kill what does not end in time."""
    for each in processes:
        if each.running.poll() is None:
            each.running.send_signal(signal.SIGTERM)
    last = time.monotonic() + STOPS_WITHIN
    for each in processes:
        try:
            each.running.wait(max(last - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            os.killpg(each.running.pid, signal.SIGKILL)
            each.running.wait()


def is_free(port: int) -> bool:
    """Whether nobody listens on this port of 127.0.0.1."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
