"""Runs the queued jobs of the test database by a real worker, until none is due."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

from django.db import connections
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector


def run_jobs() -> None:
    """Run every job that is due now, those that jobs defer included, as the application's role.

    A job that fails waits for its retry, as in production; what it wrote about the failure is to be asserted.
    To be called outside any scope: the worker has connections of its own and sees only what is committed.
    """
    # In a thread of its own: the test's thread may have a browser's event loop running.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(copy_context().run, _work).result()


def _work() -> None:
    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    try:
        with app.replace_connector(connector.get_worker_connector()):
            app.run_worker(wait=False, listen_notify=False, install_signal_handlers=False)
    finally:
        connections.close_all()
