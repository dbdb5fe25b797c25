"""The bank's customers: the businesses that take payments through it."""

from __future__ import annotations

import base64
import json
import secrets
import sqlite3
from dataclasses import dataclass

from portico.sandbox_bank import ids
from portico.sandbox_bank.problems import missing


@dataclass(frozen=True)
class Account:
    """A business with its keys, where it wants its events and which pages may show its fields."""

    id: str
    name: str
    publishable_key: str
    secret_key: str
    webhook_secret: str
    webhook_url: str
    parent_origins: tuple[str, ...]
    settlement_ms: int

    def public(self) -> dict[str, object]:
        """What the control API shows: everything, keys included."""
        return {
            "id": self.id,
            "name": self.name,
            "publishable_key": self.publishable_key,
            "secret_key": self.secret_key,
            "webhook_secret": self.webhook_secret,
            "webhook_url": self.webhook_url,
            "parent_origins": list(self.parent_origins),
            "settlement_ms": self.settlement_ms,
        }


@dataclass(frozen=True)
class Work:
    """One open writing transaction, for whom it works, and what time it is in it."""

    db: sqlite3.Connection
    account: Account
    origin: str
    now: int


def _account(row: sqlite3.Row) -> Account:
    return Account(
        id=row["id"],
        name=row["name"],
        publishable_key=row["publishable_key"],
        secret_key=row["secret_key"],
        webhook_secret=row["webhook_secret"],
        webhook_url=row["webhook_url"],
        parent_origins=tuple(json.loads(row["parent_origins"])),
        settlement_ms=row["settlement_ms"],
    )


def all_accounts(db: sqlite3.Connection) -> list[Account]:
    """Every account, oldest first."""
    return [_account(row) for row in db.execute("SELECT * FROM accounts ORDER BY created, id")]


def account_by_id(db: sqlite3.Connection, account_id: str) -> Account:
    """The account with this id; Problem 404 where there is none."""
    row = db.execute("SELECT * FROM accounts WHERE id = ?", (account_id,)).fetchone()
    if row is None:
        raise missing("account")
    return _account(row)


def account_by_secret(db: sqlite3.Connection, secret_key: str) -> Account | None:
    """The account whose secret key this is."""
    row = db.execute("SELECT * FROM accounts WHERE secret_key = ?", (secret_key,)).fetchone()
    return _account(row) if row else None


def account_by_publishable(db: sqlite3.Connection, publishable_key: str) -> Account:
    """The account whose publishable key this is; Problem 404 where it is nobody's."""
    row = db.execute("SELECT * FROM accounts WHERE publishable_key = ?", (publishable_key,)).fetchone()
    if row is None:
        raise missing("account")
    return _account(row)


def open_account(
    db: sqlite3.Connection,
    *,
    name: str,
    webhook_url: str | None,
    parent_origins: tuple[str, ...] | None,
    settlement_ms: int | None,
    usual_settlement_ms: int,
) -> Account:
    """The account of that name, made if need be; what is given changes it, its keys never change."""
    row = db.execute("SELECT * FROM accounts WHERE name = ?", (name,)).fetchone()
    if row is None:
        account = Account(
            id=ids.new_id("acct", 16),
            name=name,
            publishable_key=ids.new_id("pk"),
            secret_key=ids.new_id("sk", 40),
            webhook_secret=f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}",
            webhook_url=webhook_url or "",
            parent_origins=parent_origins or (),
            settlement_ms=usual_settlement_ms if settlement_ms is None else settlement_ms,
        )
        db.execute(
            "INSERT INTO accounts (id, name, publishable_key, secret_key, webhook_secret, webhook_url,"
            " parent_origins, settlement_ms, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                account.id,
                account.name,
                account.publishable_key,
                account.secret_key,
                account.webhook_secret,
                account.webhook_url,
                json.dumps(account.parent_origins),
                account.settlement_ms,
                ids.now(),
            ),
        )
        return account
    known = _account(row)
    db.execute(
        "UPDATE accounts SET webhook_url = ?, parent_origins = ?, settlement_ms = ? WHERE id = ?",
        (
            known.webhook_url if webhook_url is None else webhook_url,
            json.dumps(known.parent_origins if parent_origins is None else parent_origins),
            known.settlement_ms if settlement_ms is None else settlement_ms,
            known.id,
        ),
    )
    return account_by_id(db, known.id)


def summary(db: sqlite3.Connection, account: Account) -> dict[str, object]:
    """What was charged, refunded and returned per currency, in minor units, summed from the money that moved."""
    rows = db.execute(
        "SELECT charges.currency, COUNT(*) AS count, SUM(charges.amount) AS charged,"
        " SUM(payments.amount_refunded) AS refunded,"
        " SUM(CASE WHEN charges.returned IS NULL THEN 0 ELSE charges.amount END) AS returned"
        " FROM charges JOIN payments ON payments.id = charges.payment"
        " WHERE payments.account = ? GROUP BY charges.currency ORDER BY charges.currency",
        (account.id,),
    ).fetchall()
    return {
        "account": account.id,
        "charges": {
            "count": sum(row["count"] for row in rows),
            "by_currency": {
                row["currency"]: {
                    "count": row["count"],
                    "charged": row["charged"],
                    "refunded": row["refunded"],
                    "returned": row["returned"],
                    "net": row["charged"] - row["refunded"] - row["returned"],
                }
                for row in rows
            },
        },
    }
