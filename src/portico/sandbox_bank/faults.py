"""The switches that make the bank misbehave as real ones do, kept per account in the store."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Final

from portico.sandbox_bank import reading
from portico.sandbox_bank.accounts import Account
from portico.sandbox_bank.problems import Problem

LONGEST_DELAY_MS: Final = 600_000
MOST_TIMES: Final = 1000
OPERATIONS: Final = (
    "payments.create",
    "payments.confirm",
    "payments.cancel",
    "payments.get",
    "payments.list",
    "refunds.create",
    "refunds.get",
    "refunds.list",
    "methods.create",
    "methods.delete",
    "methods.get",
    "methods.list",
)
READS: Final = frozenset(name for name in OPERATIONS if name.endswith((".get", ".list")))
DELAYS: Final = frozenset({"delay_ms", "delay_answer_ms"})


@dataclass(frozen=True)
class Faults:
    """Delays last until cleared, counts are used up call by call, flags last until cleared."""

    delay_ms: int = 0
    delay_answer_ms: int = 0
    drop_before: int = 0
    error_500: int = 0
    drop_answer: int = 0
    drop_answer_after_charge: int = 0
    duplicate_events: int = 0
    hold_events: bool = False
    reorder_events: bool = False
    wrong_amount_events: bool = False
    wrong_currency_events: bool = False
    wrong_signature_events: bool = False
    only: tuple[str, ...] = ()

    def public(self) -> dict[str, object]:
        """What the control API shows."""
        return {**asdict(self), "only": list(self.only)}

    def concerns(self, operation: str) -> bool:
        """Whether delays, drops and errors apply to this call: to those named, or to every call that writes."""
        return operation in self.only if self.only else operation not in READS


def read(db: sqlite3.Connection, account: Account) -> Faults:
    """The account's switches."""
    row = db.execute("SELECT faults FROM accounts WHERE id = ?", (account.id,)).fetchone()
    kept = json.loads(row["faults"])
    return Faults(**{**kept, "only": tuple(kept.get("only", ()))})


def change(db: sqlite3.Connection, account: Account, body: Mapping[str, object]) -> Faults:
    """Set the switches that are given and leave the others; Problem 422 for a wrong one."""
    reading.only(body, *(each.name for each in fields(Faults)))
    given: dict[str, object] = {}
    for name in body:
        if name == "only":
            given[name] = _operations(body[name])
        elif name in DELAYS:
            given[name] = reading.count(body, name, largest=LONGEST_DELAY_MS)
        elif isinstance(getattr(Faults, name), bool):
            given[name] = reading.flag(body, name)
        else:
            given[name] = reading.count(body, name, largest=MOST_TIMES)
    changed = Faults(**{**asdict(read(db, account)), **given})
    _keep(db, account, changed)
    return changed


def clear(db: sqlite3.Connection, account: Account) -> Faults:
    """All switches off."""
    _keep(db, account, Faults())
    return Faults()


def use_up(db: sqlite3.Connection, account: Account, name: str) -> bool:
    """Whether a counted fault is to strike now; its count goes down by one if so."""
    switches = read(db, account)
    left: int = getattr(switches, name)
    if left > 0:
        _keep(db, account, replace(switches, **{name: left - 1}))  # type: ignore[arg-type]  # a count
    return left > 0


def _keep(db: sqlite3.Connection, account: Account, switches: Faults) -> None:
    db.execute("UPDATE accounts SET faults = ? WHERE id = ?", (json.dumps(asdict(switches)), account.id))


def _operations(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or any(each not in OPERATIONS for each in value):
        raise Problem(
            422, "parameter_invalid", f"only must be a list of {', '.join(OPERATIONS)}.", param="only"
        )
    return tuple(value)
