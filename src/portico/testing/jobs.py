"""Runs a test's queued jobs by a real worker, until none is due."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context

from django.db import connection, connections
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

_BEFORE: list[int] = [0]


def mark_jobs() -> None:
    """Remember which jobs there are between two tests: they are other tests', and nobody waits for them any more."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM procrastinate_jobs")
        (_BEFORE[0],) = cursor.fetchone()


def drop_jobs_of_others() -> None:
    """Call off what earlier tests left in the queue, such as a thousand e-mails, before a worker begins."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'cancelled' WHERE status = 'todo' AND id <= %s", _BEFORE
        )


def drop_jobs_of_the_dead() -> None:
    """Call off what workers killed by earlier tests had begun: the queue takes them for alive for half a minute."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'aborted' WHERE status = 'doing' AND id <= %s", _BEFORE
        )


def run_jobs() -> None:
    """Run every job of this test that is due now, those that jobs defer included, as the application's role.

    What the timetable asks for is not among them: it goes round in every organisation, also those of other tests,
    and would do so in whichever test happens to run when its minute comes. A test calls it by its name.
    A job that fails waits for its retry, as in production; what it wrote about the failure is to be asserted.
    To be called outside any scope: the worker has connections of its own and sees only what is committed.
    """
    # In a thread of its own: the test's thread may have a browser's event loop running.
    drop_jobs_of_others()
    with ThreadPoolExecutor(1) as thread:
        thread.submit(copy_context().run, _work).result()


@contextmanager
def _no_timetable() -> Iterator[None]:
    kept, app.periodic_registry.periodic_tasks = app.periodic_registry.periodic_tasks, {}
    try:
        yield
    finally:
        app.periodic_registry.periodic_tasks = kept


def _work() -> None:
    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    try:
        with _no_timetable(), app.replace_connector(connector.get_worker_connector()):
            app.run_worker(wait=False, listen_notify=False, install_signal_handlers=False)
    finally:
        connections.close_all()
