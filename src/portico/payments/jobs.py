"""Jobs of payments: apply an event, ask a gateway, reconcile."""

from __future__ import annotations

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from portico.access.actors import JobActor
from portico.autopay.actions import stop_without_method
from portico.notifications.jobs import organisations
from portico.payments.actions.events import apply_left_behind, apply_received, tidy_events
from portico.payments.actions.methods import FORGET, forget, tidy_methods
from portico.payments.actions.reconcile import ask_again_all, clear_up, reconcile_all
from portico.payments.actions.saving import clear_up_savings
from portico.payments.gateway import GatewayUnreachableError
from portico.payments.letters import warn_of_expiry

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


@app.task(queue="payments", name=FORGET, retry=_AGAIN)
def forget_method(organisation_id: str, method_id: str) -> None:
    """Remove a method at its gateway that was removed here; automatic payments that use it stop first."""
    stop_without_method(actor=JobActor(UUID(organisation_id)), method_id=UUID(method_id))
    forget(organisation_id=UUID(organisation_id), method_id=UUID(method_id))


@app.periodic(cron="*/2 * * * *")
@app.task(queue="payments", queueing_lock="payments.tidy_methods", pass_context=False)
def tidy_all_methods(timestamp: int) -> None:
    """Remove the methods of people without access, ask gateways again that did not forget, ask about savings that people left."""
    for organisation_id in organisations():
        for method_id in tidy_methods(actor=JobActor(organisation_id)):
            try:
                forget(organisation_id=organisation_id, method_id=method_id)
            except GatewayUnreachableError:
                continue  # in the next round
        clear_up_savings(organisation_id=organisation_id)


@app.periodic(cron="17 * * * *")
@app.task(queue="payments", queueing_lock="payments.ask_about_savings", pass_context=False)
def ask_about_old_savings(timestamp: int) -> None:
    """Ask about methods that people began to save hours or days ago, such as by two small deposits."""
    for organisation_id in organisations():
        clear_up_savings(organisation_id=organisation_id, old=True)


@app.periodic(cron="20 6 * * *")
@app.task(queue="payments", queueing_lock="payments.warn_of_expiry", pass_context=False)
def warn_of_expiring_cards(timestamp: int) -> None:
    """Write to everybody whose card expires this month or next."""
    for organisation_id in organisations():
        warn_of_expiry(actor=JobActor(organisation_id))


@app.periodic(cron="*/10 * * * *")
@app.task(queue="payments", queueing_lock="payments.apply_left_behind", pass_context=False)
def apply_events_left_behind(timestamp: int) -> None:
    """Apply the events whose job was lost."""
    for organisation_id in organisations():
        apply_left_behind(organisation_id=organisation_id)


@app.periodic(cron="50 4 * * *")
@app.task(queue="payments", queueing_lock="payments.tidy_events", pass_context=False)
def tidy_old_events(timestamp: int) -> None:
    """Forget what gateways' events said months ago."""
    for organisation_id in organisations():
        tidy_events(actor=JobActor(organisation_id))
