"""Ports of 127.0.0.1 for servers that tests start."""

from __future__ import annotations

import fcntl
import os
import secrets
import socket
import tempfile
from pathlib import Path
from typing import Final

RANGE: Final = range(20_000, 32_000)
"""Below what systems give to those who ask for any port or only call out (from 32,768 on Linux, 49,152 elsewhere): what
is free here stays free until the server that was promised it listens."""


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens; it is given to nobody else while this process lives."""
    return free_ports(1)


def free_ports(count: int) -> int:
    """The first of so many such ports that follow each other."""
    while True:
        first = RANGE[secrets.randbelow(len(RANGE) - count)]
        locks = [_locked(first + each) for each in range(count)]
        if None not in locks and all(_is_free(first + each) for each in range(count)):
            return first
        for lock in locks:
            if lock is not None:
                os.close(lock)


def _locked(port: int) -> int | None:
    """Other processes of tests, also of other runs on this machine, see by the lock that it is taken.

    Whoever locks it keeps the file open to the end of the process.
    """
    folder = Path(tempfile.gettempdir()) / f"portico-ports-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    lock = os.open(folder / str(port), os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
