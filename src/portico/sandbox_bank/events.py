"""Events: what happened, written down in the transaction in which it happened, and the duty to tell of it."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Final

from portico.sandbox_bank import faults, ids
from portico.sandbox_bank.accounts import Account, Work
from portico.sandbox_bank.problems import missing

FIRST_WAIT_MS: Final = 500
LONGEST_WAIT_MS: Final = 60_000
MOST_ATTEMPTS: Final = 12
REORDER_WINDOW_MS: Final = 1500
"""How long an account must have been quiet before events that are to be reordered go out, newest first."""


@dataclass(frozen=True)
class Dispatch:
    """One duty to deliver one event once."""

    position: int
    event: str
    attempts: int
    body: str


def record(work: Work, kind: str, *, payment_id: str, data: dict[str, object]) -> None:
    """Write the event down, and the duty to deliver it where the account has an address for it."""
    event = {"id": ids.new_id("evt"), "type": kind, "created": ids.iso(work.now), "data": data}
    work.db.execute(
        "INSERT INTO events (id, account, type, payment, body, created) VALUES (?, ?, ?, ?, ?, ?)",
        (event["id"], work.account.id, kind, payment_id, json.dumps(event), work.now),
    )
    if work.account.webhook_url:
        times = faults.read(work.db, work.account).duplicate_events or 1
        _owe(work, str(event["id"]), times=times, by_hand=False)


def resend(work: Work, event_id: str, *, times: int) -> None:
    """Deliver an event once more, or ``times`` more, even while events are held. Problem 404 if there is none."""
    row = work.db.execute(
        "SELECT id FROM events WHERE id = ? AND account = ?", (event_id, work.account.id)
    ).fetchone()
    if row is None:
        raise missing("event")
    _owe(work, event_id, times=times, by_hand=True)


def account_of(db: sqlite3.Connection, event_id: str) -> str:
    """The id of the account an event belongs to; Problem 404 if there is none."""
    row = db.execute("SELECT account FROM events WHERE id = ?", (event_id,)).fetchone()
    if row is None:
        raise missing("event")
    return str(row["account"])


def next_dispatch(db: sqlite3.Connection, account: Account, now: int) -> Dispatch | None:
    """The delivery to try now: in order, or as the account's switches say."""
    switches = faults.read(db, account)
    if switches.hold_events:
        held = True
    elif switches.reorder_events:
        newest = db.execute(
            "SELECT MAX(created) AS newest FROM events WHERE account = ?", (account.id,)
        ).fetchone()["newest"]
        held = newest is not None and now - newest < REORDER_WINDOW_MS
    else:
        held = False
    row = db.execute(
        "SELECT dispatches.position, dispatches.event, dispatches.attempts, events.body FROM dispatches"
        " JOIN events ON events.id = dispatches.event"
        " WHERE dispatches.account = :account AND dispatches.state = 'open' AND dispatches.due <= :now"
        " AND (dispatches.by_hand OR NOT :held)"
        " ORDER BY CASE WHEN :reorder THEN -dispatches.position ELSE dispatches.position END LIMIT 1",
        {"account": account.id, "now": now, "held": held, "reorder": switches.reorder_events},
    ).fetchone()
    return Dispatch(**dict(row)) if row else None


def accounts_owing(db: sqlite3.Connection) -> list[str]:
    """The ids of accounts with deliveries still open."""
    return [
        row["account"] for row in db.execute("SELECT DISTINCT account FROM dispatches WHERE state = 'open'")
    ]


def next_due(db: sqlite3.Connection, now: int) -> int | None:
    """When the next delivery that waits for its time comes due."""
    row = db.execute(
        "SELECT MIN(due) AS due FROM dispatches WHERE state = 'open' AND due > ?", (now,)
    ).fetchone()
    return None if row["due"] is None else int(row["due"])


def note_delivery(
    db: sqlite3.Connection, dispatch: Dispatch, *, started: int, status: int | None, error: str, took_ms: int
) -> None:
    """Log a try, and close the duty after a 2xx or the twelfth try; otherwise set when to try again."""
    attempts = dispatch.attempts + 1
    db.execute(
        "INSERT INTO deliveries (event, attempt, tried, status, error, took_ms) VALUES (?, ?, ?, ?, ?, ?)",
        (dispatch.event, attempts, started, status, error, took_ms),
    )
    if status is not None and 200 <= status < 300:  # noqa: PLR2004 (HTTP's class of success)
        state = "delivered"
    else:
        state = "given_up" if attempts >= MOST_ATTEMPTS else "open"
    wait = min(FIRST_WAIT_MS * 2 ** (attempts - 1), LONGEST_WAIT_MS)
    db.execute(
        "UPDATE dispatches SET attempts = ?, state = ?, due = ? WHERE position = ?",
        (attempts, state, started + took_ms + wait, dispatch.position),
    )


def events_of(
    db: sqlite3.Connection, account: Account, *, payment: str | None = None, limit: int = 100
) -> list[dict[str, object]]:
    """The account's events, newest first, each with its delivery log."""
    rows = db.execute(
        "SELECT * FROM events WHERE account = :account AND (:payment IS NULL OR payment = :payment)"
        " ORDER BY position DESC LIMIT :limit",
        {"account": account.id, "payment": payment, "limit": limit},
    ).fetchall()
    return [_with_log(db, row) for row in rows]


def _with_log(db: sqlite3.Connection, row: sqlite3.Row) -> dict[str, object]:
    owed = db.execute("SELECT state FROM dispatches WHERE event = ?", (row["id"],)).fetchall()
    tries = db.execute("SELECT * FROM deliveries WHERE event = ? ORDER BY position", (row["id"],))
    return {
        **json.loads(row["body"]),
        "open": sum(each["state"] == "open" for each in owed),
        "delivered": sum(each["state"] == "delivered" for each in owed),
        "given_up": sum(each["state"] == "given_up" for each in owed),
        "deliveries": [
            {
                "attempt": each["attempt"],
                "tried": ids.iso(each["tried"]),
                "status": each["status"],
                "error": each["error"] or None,
                "took_ms": each["took_ms"],
            }
            for each in tries
        ],
    }


def _owe(work: Work, event_id: str, *, times: int, by_hand: bool) -> None:
    work.db.executemany(
        "INSERT INTO dispatches (event, account, by_hand, due, created) VALUES (?, ?, ?, ?, ?)",
        [(event_id, work.account.id, by_hand, work.now, work.now)] * times,
    )
