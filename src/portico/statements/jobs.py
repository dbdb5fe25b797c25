"""The hourly look for statements that are due: an organisation's month ends at midnight in its own time zone."""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from procrastinate.contrib.django import app

from portico.access.actors import JobActor
from portico.access.scope import refuse_open_scope
from portico.statements.actions import send_due_statements


@app.periodic(cron="7 * * * *")
@app.task(name="statements.send_due", queueing_lock="statements.send_due")
def send_all_due(timestamp: int) -> None:
    """Send what is due in every organisation; what was sent already is not sent again.

    Args:
        timestamp: when it was due, as procrastinate passes it.
    """
    refuse_open_scope()
    for organisation_id in _organisations():
        send_due_statements(actor=JobActor(organisation_id))


def _organisations() -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM door_organisations()")
        return [row[0] for row in cursor.fetchall()]
