"""Payouts: what was charged and not paid out yet goes to the merchant, less fees, refunds, returns and disputes."""

from __future__ import annotations

import sqlite3
from typing import Final

from portico.sandbox_bank import ids
from portico.sandbox_bank.accounts import Account, Work

PER_MILLE: Final = 29
FIXED: Final = 30
"""A charge costs 2.9 % and 30 minor units; 15.00, or 1500 minor units, for a dispute."""
DISPUTE_FEE: Final = 1500

_MOVED: Final = """
SELECT 'charge' AS kind, c.payment AS source, c.payment, c.amount AS gross, c.currency
  FROM charges c JOIN payments p ON p.id = c.payment WHERE p.account = :account
UNION ALL
SELECT 'return', c.payment, c.payment, -c.amount, c.currency
  FROM charges c JOIN payments p ON p.id = c.payment WHERE p.account = :account AND c.returned IS NOT NULL
UNION ALL
SELECT 'refund', r.id, r.payment, -r.amount, r.currency
  FROM refunds r JOIN payments p ON p.id = r.payment WHERE p.account = :account
UNION ALL
SELECT 'dispute', d.id, d.payment, -d.amount, d.currency
  FROM disputes d JOIN payments p ON p.id = d.payment WHERE p.account = :account
UNION ALL
SELECT 'dispute_won', d.id, d.payment, d.amount, d.currency
  FROM disputes d JOIN payments p ON p.id = d.payment WHERE p.account = :account AND d.status = 'won'
"""


def pay_out(work: Work) -> list[dict[str, object]]:
    """Sweep everything that moved and is in no payout yet into one payout for each currency; none where nothing did."""
    rows = work.db.execute(
        f"SELECT m.* FROM ({_MOVED}) m LEFT JOIN payout_lines l ON l.kind = m.kind AND l.source = m.source"  # noqa: S608
        " WHERE l.kind IS NULL ORDER BY m.currency, m.source, m.kind",
        {"account": work.account.id},
    ).fetchall()
    made = []
    for currency in dict.fromkeys(row["currency"] for row in rows):
        mine = [(row, fee_of(row["kind"], row["gross"])) for row in rows if row["currency"] == currency]
        payout_id = ids.new_id("po")
        work.db.execute(
            "INSERT INTO payouts (id, account, amount, currency, created) VALUES (?, ?, ?, ?, ?)",
            (
                *(payout_id, work.account.id),
                *(sum(row["gross"] - fee for row, fee in mine), currency, work.now),
            ),
        )
        work.db.executemany(
            "INSERT INTO payout_lines (kind, source, payout, payment, gross, fee) VALUES (?, ?, ?, ?, ?, ?)",
            [(row["kind"], row["source"], payout_id, row["payment"], row["gross"], fee) for row, fee in mine],
        )
        made.append(payout_id)
    return [each for each in payouts_of(work.db, work.account, since=0) if each["id"] in made]


def fee_of(kind: str, gross: int) -> int:
    """What a movement costs, in minor units."""
    if kind == "charge":
        return gross * PER_MILLE // 1000 + FIXED
    return DISPUTE_FEE if kind == "dispute" else 0


def payouts_of(db: sqlite3.Connection, account: Account, *, since: int) -> list[dict[str, object]]:
    """The account's payouts since a time, newest first, each with its lines."""
    found = []
    for row in db.execute(
        "SELECT * FROM payouts WHERE account = ? AND created >= ? ORDER BY position DESC",
        (account.id, since),
    ):
        lines = db.execute("SELECT * FROM payout_lines WHERE payout = ? ORDER BY rowid", (row["id"],))
        found.append(
            {
                "id": row["id"],
                "status": "paid",
                "amount": row["amount"],
                "currency": row["currency"],
                "arrives": ids.iso(row["created"])[:10],
                "lines": [
                    {
                        "kind": line["kind"],
                        "payment": line["payment"],
                        "gross": line["gross"],
                        "fee": line["fee"],
                        "net": line["gross"] - line["fee"],
                    }
                    for line in lines
                ],
            }
        )
    return found
