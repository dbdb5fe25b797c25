"""The bank as its pages and calls know it: a store, an origin, and work done in one transaction."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from portico.sandbox_bank import ids, payments
from portico.sandbox_bank.accounts import Account, Work, account_by_id
from portico.sandbox_bank.store import Store


@dataclass(frozen=True)
class Bank:
    """``origin`` is where browsers find the bank; bank debits settle after ``settlement_ms`` unless an account says otherwise."""

    store: Store
    origin: str
    settlement_ms: int

    @contextmanager
    def work(self, account: Account) -> Iterator[Work]:
        """One transaction for the account."""
        with self.store.write() as db:
            yield Work(db, account, self.origin, ids.now())


class Settlement(threading.Thread):
    """Lets time pass for payments: bank debits arrive, and some come back."""

    def __init__(self, bank: Bank) -> None:
        """Watches the bank's payments once started."""
        super().__init__(name="settlement", daemon=True)
        self._bank = bank
        self._stopping = threading.Event()

    def run(self) -> None:
        """Until stopped: move the payments whose time has come, then wait for the next."""
        seen = 0
        while not self._stopping.is_set():
            with self._bank.store.read() as db:
                due = payments.due_payments(db, ids.now())
                row = db.execute(
                    "SELECT MIN(due) AS due FROM payments WHERE due > ?", (ids.now(),)
                ).fetchone()
                accounts = {each.account: account_by_id(db, each.account) for each in due}
            for payment in due:
                with self._bank.work(accounts[payment.account]) as work:
                    payments.pass_time(work, payment.id)
            if due:
                continue
            seconds = 5.0 if row["due"] is None else min(max(row["due"] - ids.now(), 1) / 1000, 5.0)
            seen = self._bank.store.wait(seen, seconds=seconds)

    def stop(self) -> None:
        """Finish what is under way."""
        self._stopping.set()
        self._bank.store.touch()
        self.join(2)


def settle_now(bank: Bank, account: Account, payment_id: str | None) -> list[str]:
    """Settle the account's processing payments, or the one named; gives the ids that settled."""
    with bank.work(account) as work:
        if payment_id is not None:
            before = payments.find_payment(work.db, account, payment_id)
            chosen = [payment_id] if before.status == "processing" else []
        else:
            rows = work.db.execute(
                "SELECT id FROM payments WHERE account = ? AND status = 'processing' ORDER BY position",
                (account.id,),
            )
            chosen = [row["id"] for row in rows]
        for each in chosen:
            payments.settle(work, each)
    return chosen
