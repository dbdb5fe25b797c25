"""Jobs of customers: many invitations at once, and the e-mail to who signs up."""

from __future__ import annotations

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from portico.customers.actions.sign_up import SIGN_UP, answer_sign_up, forget_old
from portico.customers.actions.waves import SEND_WAVE, send_some


@app.task(name=SEND_WAVE, retry=RetryStrategy(max_attempts=8, exponential_wait=4))
def send_wave(organisation_id: str, wave_id: str) -> None:
    """Send a wave of invitations, a few in each transaction; tried again, it goes on where it stopped."""
    while send_some(UUID(organisation_id), UUID(wave_id)):
        pass


@app.task(name=SIGN_UP, retry=RetryStrategy(max_attempts=5, exponential_wait=4))
def sign_up(sign_up_id: str) -> None:
    """Write to an address that was typed to sign up, where it belongs to somebody."""
    answer_sign_up(UUID(sign_up_id))


@app.periodic(cron="17 * * * *")
@app.task(name="customers.forget_sign_ups")
def forget_sign_ups(timestamp: int) -> None:
    """Forget addresses that were typed more than a day ago."""
    forget_old()
