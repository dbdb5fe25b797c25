"""`defer()`: put a job in the queue in the transaction of the write it follows, wherever that write happens."""

from __future__ import annotations

from uuid import UUID

from procrastinate import types
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task
from procrastinate.types import TimeDeltaParams

# A worker gives procrastinate's app a connection pool of its own, so a job deferred through the app from within
# a job would be committed even when the job's own write is rolled back. Django's connection has no such gap.
_QUEUE = JobManager(DjangoConnector())


def defer(task: str, *arguments: dict[str, UUID | str | int], seconds: int = 0) -> None:
    """Queue one job of the named task for each mapping of arguments, in one statement.

    Args:
        task: the task's name, such as “notifications.deliver”; naming it keeps actions from importing jobs.
        arguments: ids and other small values, never contents: the queue has no policy. UUIDs are written as text.
        seconds: how long to wait before it runs.
    """
    if arguments:
        later: TimeDeltaParams | None = {"seconds": seconds} if seconds else None
        made = configure_task(name=task, job_manager=_QUEUE, schedule_in=later)
        made.batch_defer(*(_plain(each) for each in arguments))


def _plain(arguments: dict[str, UUID | str | int]) -> types.JSONDict:
    return {key: str(value) if isinstance(value, UUID) else value for key, value in arguments.items()}
