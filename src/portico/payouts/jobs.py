"""The job that reads payouts, every morning."""

from __future__ import annotations

from django.db import connection
from procrastinate.contrib.django import app

from portico.payouts.actions.read import read_payouts


@app.periodic(cron="40 5 * * *")
@app.task(queue="payments", queueing_lock="read_payouts", pass_context=False)
def read_all_payouts(timestamp: int) -> None:
    """Read what the gateways have paid out, in every organisation."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM door_organisations()")
        ids = [row[0] for row in cursor.fetchall()]
    for organisation_id in ids:
        read_payouts(organisation_id=organisation_id)
