"""Deleting what was removed a month ago, and what an interrupted upload has left."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import connection
from procrastinate.contrib.django import app

from portico.access.actors import JobActor
from portico.access.scope import scope
from portico.kit import clock
from portico.sharing.files.actions import UNDO
from portico.sharing.files.keeping import FOLDER, forget
from portico.sharing.files.models import SharedFile

ABANDONED: Final = timedelta(days=1)
"""Longer than any upload takes."""


@app.periodic(cron="41 3 * * *")
@app.task(name="files.tidy")
def tidy(timestamp: int) -> None:
    """Once a night, for every organisation."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM door_organisations()")
        organisations = [row[0] for row in cursor.fetchall()]
    for organisation_id in organisations:
        purge(organisation_id)
        sweep(organisation_id)


def purge(organisation_id: UUID) -> int:
    """Delete the bytes of files that were removed a month ago; their rows stay. Returns how many."""
    actor = JobActor(organisation_id)
    with scope(actor, read_only=True):
        due = list(
            SharedFile.objects.visible_to(actor).filter(removed_at__lt=clock.now() - UNDO, purged_at=None)
        )
    for file in due:
        with scope(actor):
            done = (
                SharedFile.objects.visible_to(actor)
                .filter(pk=file.pk, removed_at__isnull=False, purged_at=None)
                .update(purged_at=clock.now())
            )
        if done:
            forget(file.storage_key)
    return len(due)


def sweep(organisation_id: UUID) -> int:
    """Delete what is in the storage for over a day and belongs to no file. Returns how many."""
    folder = f"{FOLDER}/{organisation_id}"
    try:
        names = default_storage.listdir(folder)[1]
    except FileNotFoundError:
        return 0
    actor = JobActor(organisation_id)
    before, gone = clock.now() - ABANDONED, 0
    for start in range(0, len(names), 500):
        keys = {f"{folder}/{name}" for name in names[start : start + 500]}
        with scope(actor, read_only=True):
            known = set(
                SharedFile.objects.visible_to(actor)
                .filter(storage_key__in=keys, purged_at=None)
                .values_list("storage_key", flat=True)
            )
        for key in keys - known:
            if default_storage.get_modified_time(key) < before:
                forget(key)
                gone += 1
    return gone
