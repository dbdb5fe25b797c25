"""Autopay goes round every ten minutes: plan what falls due, charge what is due, take up what has ended."""

from __future__ import annotations

from procrastinate.contrib.django import app

from portico.access.actors import JobActor
from portico.autopay.actions import charge_due, plan_charges
from portico.notifications.jobs import organisations


@app.periodic(cron="*/10 * * * *")
@app.task(queue="payments", name="autopay.go_round", queueing_lock="autopay.go_round")
def go_round(timestamp: int) -> None:
    """Plan and charge in every organisation; what was done already is not done again.

    Args:
        timestamp: when it was due, as procrastinate passes it.
    """
    for organisation_id in organisations():
        plan_charges(actor=JobActor(organisation_id))
        charge_due(organisation_id=organisation_id)
