"""Single-use tokens for what was typed into the hosted fields, and methods saved for later."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Final

from portico.sandbox_bank import ids
from portico.sandbox_bank.accounts import Account, Work
from portico.sandbox_bank.instruments import Instrument
from portico.sandbox_bank.problems import Problem, missing

TOKEN_LIFE_MS: Final = 15 * 60 * 1000


@dataclass(frozen=True)
class Method:
    """A saved card or bank account."""

    id: str
    customer_reference: str
    instrument: Instrument
    created: int

    def public(self) -> dict[str, object]:
        """What the API shows."""
        return {
            "id": self.id,
            "customer_reference": self.customer_reference,
            **self.instrument.public(),
            "created": ids.iso(self.created),
        }


def _method(row: sqlite3.Row) -> Method:
    return Method(
        row["id"], row["customer_reference"], Instrument.restored(row["instrument"]), row["created"]
    )


def issue_token(work: Work, instrument: Instrument) -> str:
    """A token for the instrument, good for one use within 15 minutes."""
    token = ids.new_id("tok")
    work.db.execute(
        "INSERT INTO tokens (id, account, instrument, created, expires) VALUES (?, ?, ?, ?, ?)",
        (token, work.account.id, instrument.stored(), work.now, work.now + TOKEN_LIFE_MS),
    )
    return token


def spend_token(work: Work, token: str) -> Instrument:
    """The instrument behind the token, which is good for nothing afterwards.

    Raises:
        Problem: 422 when it is unknown, another account's, used or expired.
    """
    row = work.db.execute(
        "SELECT * FROM tokens WHERE id = ? AND account = ?", (token, work.account.id)
    ).fetchone()
    if row is None:
        raise Problem(422, "token_unknown", "There is no such token.", param="method_token")
    if row["spent"] is not None:
        raise Problem(422, "token_used", "This token has been used.", param="method_token")
    if row["expires"] <= work.now:
        raise Problem(422, "token_expired", "This token is older than 15 minutes.", param="method_token")
    work.db.execute("UPDATE tokens SET spent = ? WHERE id = ?", (work.now, token))
    return Instrument.restored(row["instrument"])


def save_method(work: Work, *, instrument: Instrument, customer_reference: str) -> Method:
    """Keep the instrument for later payments."""
    method = Method(ids.new_id("pm"), customer_reference, instrument, work.now)
    work.db.execute(
        "INSERT INTO methods (id, account, customer_reference, instrument, created) VALUES (?, ?, ?, ?, ?)",
        (method.id, work.account.id, customer_reference, instrument.stored(), work.now),
    )
    return method


def find_method(db: sqlite3.Connection, account: Account, method_id: str) -> Method:
    """The account's saved method; Problem 404 when there is none or it was deleted."""
    row = db.execute(
        "SELECT * FROM methods WHERE id = ? AND account = ? AND deleted IS NULL", (method_id, account.id)
    ).fetchone()
    if row is None:
        raise missing("method")
    return _method(row)


def methods_of(db: sqlite3.Connection, account: Account, customer_reference: str) -> list[Method]:
    """The saved methods of one customer of the account, newest first."""
    rows = db.execute(
        "SELECT * FROM methods WHERE account = ? AND customer_reference = ? AND deleted IS NULL"
        " ORDER BY position DESC",
        (account.id, customer_reference),
    )
    return [_method(row) for row in rows]


def delete_method(work: Work, method_id: str) -> None:
    """Forget a saved method; doing it again changes nothing. Problem 404 when it never was."""
    found = work.db.execute(
        "UPDATE methods SET deleted = COALESCE(deleted, ?) WHERE id = ? AND account = ?",
        (work.now, method_id, work.account.id),
    )
    if found.rowcount == 0:
        raise missing("method")
