"""Reading the connected billing systems: each every half hour, page after page."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import connection
from procrastinate.contrib.django import app

from portico.access.actors import JobActor
from portico.access.scope import scope
from portico.subscriptions.actions.connect import SYNC
from portico.subscriptions.actions.sync import Went, read_on
from portico.subscriptions.models import BillingConnection

PAGES_A_JOB: Final = 10
"""Then the job makes room for others, and another goes on where it stopped."""


@app.task(name=SYNC)
def sync(organisation_id: str, connection_id: str) -> None:
    """Read some pages; a rest that the system wants ends the job, and the next half hour goes on."""
    for _page in range(PAGES_A_JOB):
        if read_on(UUID(organisation_id), UUID(connection_id)) is not Went.ON:
            return
    sync.defer(organisation_id=organisation_id, connection_id=connection_id)


@app.periodic(cron="7,37 * * * *")
@app.task(name="subscriptions.sync_all")
def sync_all(timestamp: int) -> None:
    """Begin a round of every connection, or go on with the one that is under way."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM door_organisations()")
        organisations = [row[0] for row in cursor.fetchall()]
    for organisation_id in organisations:
        actor = JobActor(organisation_id)
        with scope(actor, read_only=True):
            found = list(
                BillingConnection.objects.visible_to(actor)
                .filter(is_active=True)
                .values_list("pk", flat=True)
            )
        for each in found:
            sync.defer(organisation_id=str(organisation_id), connection_id=str(each))
