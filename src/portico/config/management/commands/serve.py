"""`portico serve`: the portal's web server."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import Server

from portico.config import embedded
from portico.config.static_files import collect_if_changed
from portico.config.stopping import unwind_on_sigterm


class Command(BaseCommand):
    """Serves until Ctrl-C or SIGTERM; then answers what it has begun, and stops the database it started."""

    help = "Serve the portal on 127.0.0.1 (PORTICO_PORT, 8000)."
    requires_system_checks = "__all__" if settings.PRODUCTION else []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORTICO_PORT", "8000")))
        parser.add_argument("--workers", type=int, default=2, help="processes")
        parser.add_argument(
            "--threads", type=int, default=4, help="requests answered at once by each process"
        )

    def handle(self, *_: Any, host: str, port: int, workers: int, threads: int, **__: Any) -> None:
        unwind_on_sigterm()
        try:
            self._refuse_old_database()
            collect_if_changed()
            self._leave_the_database(threads)
            self.stdout.write(f"Portico serves http://{host}:{port}/ — Ctrl-C stops it.")
            self.stdout.flush()
            Server(
                "portico.config.wsgi:application",
                address=host,
                port=port,
                interface=Interfaces.WSGI,
                workers=workers,
                blocking_threads=threads,
                http=HTTPModes.http1,
                websockets=False,
                respawn_failed_workers=True,
                workers_kill_timeout=20,
                log_level=LogLevels.warning,
            ).serve()
        finally:
            embedded.stop_what_was_started()

    def _leave_the_database(self, threads: int) -> None:
        """The workers open connections of their own: a pool's threads do not survive the fork."""
        os.environ.setdefault("PORTICO_POOL", str(threads))
        connections.close_all()
        connection = connections["default"]
        assert isinstance(connection, DatabaseWrapper)
        connection.close_pool()
        if "pool" in connection.settings_dict["OPTIONS"]:
            connection.settings_dict["OPTIONS"]["pool"]["max_size"] = int(os.environ["PORTICO_POOL"])

    def _refuse_old_database(self) -> None:
        executor = MigrationExecutor(connections["default"])
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise CommandError("The database is not up to date. Run: portico migrate --database owner")
