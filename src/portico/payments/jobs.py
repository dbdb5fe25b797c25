"""Jobs of payments: apply an event, ask a gateway, reconcile."""

from __future__ import annotations

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from portico.payments.actions.events import apply_received
from portico.payments.actions.reconcile import ask_again_all, clear_up, reconcile_all
from portico.payments.gateway import GatewayUnreachableError

_AGAIN = RetryStrategy(max_attempts=12, exponential_wait=2, retry_exceptions={GatewayUnreachableError})


@app.task(queue="payments", retry=_AGAIN)
def apply_event(organisation_id: str, event_row_id: str) -> None:
    """Apply an event of the inbox."""
    apply_received(organisation_id=UUID(organisation_id), event_row_id=UUID(event_row_id))


@app.task(queue="payments", retry=_AGAIN)
def ask_gateway(organisation_id: str, attempt_id: str) -> None:
    """Ask a gateway about an attempt whose outcome is unknown."""
    clear_up(organisation_id=UUID(organisation_id), attempt_id=UUID(attempt_id), via="reconcile")


@app.periodic(cron="20 4 * * *")
@app.task(queue="payments", queueing_lock="ask_again", pass_context=False)
def ask_again_every_day(timestamp: int) -> None:
    """Ask again about bank debits of the last weeks, whose return can come late."""
    ask_again_all()


@app.periodic(cron="* * * * *")
@app.task(queue="payments", queueing_lock="reconcile", pass_context=False)
def reconcile_every_minute(timestamp: int) -> None:
    """Ask about every attempt that has been pending for a while."""
    reconcile_all()
