"""Jobs of disputes: reminders and asking again, every morning."""

from __future__ import annotations

from django.db import connection
from procrastinate.contrib.django import app

from portico.disputes.actions.remind import ask_about_disputes, remind


@app.periodic(cron="10 5 * * *")
@app.task(queue="payments", queueing_lock="disputes", pass_context=False)
def look_after_disputes(timestamp: int) -> None:
    """Ask how undecided disputes stand, then remind staff of those whose evidence is due."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM door_organisations()")
        ids = [row[0] for row in cursor.fetchall()]
    for organisation_id in ids:
        ask_about_disputes(organisation_id=organisation_id)
        remind(organisation_id=organisation_id)
