"""Doing a thing once however often it is asked: the answer is kept in the transaction that does the work."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from portico.sandbox_bank.accounts import Work
from portico.sandbox_bank.problems import Problem


@dataclass(frozen=True)
class Answer:
    """What a call answers."""

    status: int
    body: dict[str, object]
    replayed: bool = False


def once(work: Work, *, key: str, fingerprint: str, act: Callable[[Work], Answer]) -> Answer:
    """The answer kept under ``key``, or that of ``act``, which is then kept.

    The caller's transaction sees the store alone, so a second caller with the same key waits for the first and then
    finds its answer. A refusal changes nothing and is not kept.

    Raises:
        Problem: 409 when the key was used for another request.
    """
    row = work.db.execute(
        "SELECT fingerprint, status, body FROM answers WHERE account = ? AND key = ?", (work.account.id, key)
    ).fetchone()
    if row is not None:
        if row["fingerprint"] != fingerprint:
            detail = "This Idempotency-Key was used for another request."
            raise Problem(409, "idempotency_key_reused", detail)
        return Answer(row["status"], json.loads(row["body"]), replayed=True)
    answer = act(work)
    work.db.execute(
        "INSERT INTO answers (account, key, fingerprint, status, body, created) VALUES (?, ?, ?, ?, ?, ?)",
        (work.account.id, key, fingerprint, answer.status, json.dumps(answer.body), work.now),
    )
    return answer
