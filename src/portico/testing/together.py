"""Doing several things at the same moment, each on a database connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connections

from portico.kit.errors import PorticoError

T = TypeVar("T")


def together(*things: Callable[[], T]) -> list[T | PorticoError]:
    """Start all at once and wait for all; each gives its result, or the named error that refused it.

    Any other error (a deadlock, a broken constraint) is raised here.
    """
    start = Barrier(len(things))

    def run(thing: Callable[[], T]) -> T | PorticoError:
        try:
            start.wait()
            return thing()
        except PorticoError as refused:
            return refused
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(things)) as pool:
        return list(pool.map(run, things))
