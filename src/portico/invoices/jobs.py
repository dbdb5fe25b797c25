"""Jobs of invoices: the reminders of each morning."""

from __future__ import annotations

from procrastinate.contrib.django import app

from portico.access.actors import JobActor
from portico.invoices.reminders import send_reminders
from portico.notifications.jobs import organisations


@app.periodic(cron="*/15 * * * *")
@app.task(name="invoices.remind")
def remind(timestamp: int) -> None:
    """Write the reminders of all organisations whose morning has come; what is written already stays so."""
    for organisation_id in organisations():
        send_reminders(JobActor(organisation_id))
