"""The one place that changes an attempt's state: a legal move, by compare-and-set, with its history row."""

from __future__ import annotations

from datetime import datetime

from portico.kit import clock
from portico.payments.models import ATTEMPT_MOVES, AttemptChange, AttemptState, PaymentAttempt


def move(
    attempt: PaymentAttempt,
    became: AttemptState,
    *,
    via: str,
    reason: str = "",
    **facts: str | datetime | None,
) -> bool:
    """Move an attempt; within a scope.

    Args:
        attempt: as read; brought up to date when the move is made.
        became: the next state.
        via: page, return, event or reconcile.
        reason: for the history.
        facts: other columns to set with it, such as gateway_reference.

    Returns:
        False when somebody else moved it first; nothing is changed then.

    Raises:
        IllegalMoveError: the table of moves does not have it.
    """
    was = AttemptState(attempt.state)
    ATTEMPT_MOVES.check(was, became)
    now = clock.now()
    changed = PaymentAttempt.objects.filter(pk=attempt.pk, state=was).update(
        state=became, changed_at=now, **facts
    )
    if not changed:
        return False
    attempt.state = became
    attempt.changed_at = now
    for name, value in facts.items():
        setattr(attempt, name, value)
    note(attempt, was, became, via=via, reason=reason)
    return True


def note(attempt: PaymentAttempt, was: str, became: str, *, via: str, reason: str = "") -> None:
    """Write one row of an attempt's history."""
    AttemptChange.objects.bulk_create(
        [
            AttemptChange(
                organisation_id=attempt.organisation_id,
                customer_id=attempt.customer_id,
                attempt=attempt,
                was=was,
                became=became,
                via=via,
                reason=reason,
            )
        ]
    )
