"""The bank's store: one SQLite file, written by one transaction at a time."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCHEMA = Path(__file__).with_name("schema.sql")
BUSY_SECONDS = 60


class Store:
    """Opens connections to the file and tells those who wait that something was written."""

    def __init__(self, path: Path) -> None:
        """Opens or makes the file at ``path``, and its folder."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._turn = threading.Lock()
        self._changed = threading.Condition()
        self._changes = 0
        # Closing a database's last connection makes SQLite fold its log into the file, so one stays open.
        self._anchor = self._connect()
        self._anchor.execute("PRAGMA journal_mode = WAL")
        self._anchor.executescript(SCHEMA.read_text(encoding="utf-8"))
        known = {row["name"] for row in self._anchor.execute("PRAGMA table_info(payments)")}
        if "amount_disputed" not in known:  # a store from before there were disputes
            self._anchor.execute("ALTER TABLE payments ADD COLUMN amount_disputed INTEGER NOT NULL DEFAULT 0")

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """One consistent view of the store."""
        db = self._connect()
        try:
            db.execute("BEGIN")
            yield db
        finally:
            db.close()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction that sees and writes the store alone; an exception undoes all of it."""
        # The lock gives threads their turn fairly; BEGIN IMMEDIATE holds off other processes.
        with self._turn:
            db = self._connect()
            try:
                db.execute("BEGIN IMMEDIATE")
                yield db
                db.execute("COMMIT")
            finally:
                db.close()
        self.touch()

    def touch(self) -> None:
        """Wake those who wait for a change."""
        with self._changed:
            self._changes += 1
            self._changed.notify_all()

    def wait(self, seen: int, *, seconds: float) -> int:
        """Return once there were changes after the ``seen``-th, or when ``seconds`` are over; gives the count."""
        with self._changed:
            self._changed.wait_for(lambda: self._changes > seen, timeout=seconds)
            return self._changes

    def close(self) -> None:
        """Fold the log into the file and let go of it."""
        with self._turn:
            self._anchor.close()

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, isolation_level=None, timeout=BUSY_SECONDS, check_same_thread=False)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA foreign_keys = ON")
        # A bank does not forget what it has answered, not even when the power goes.
        db.execute("PRAGMA synchronous = FULL")
        return db
