"""`portico worker`: does the jobs — e-mail, reconciling payments, the nightly check of the books."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from portico.config import embedded
from portico.config.stopping import unwind_on_sigterm


class Command(BaseCommand):
    """Works until Ctrl-C or SIGTERM; then finishes what it has begun, and stops the database it started."""

    help = "Do the jobs that wait in the database."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--concurrency", type=int, default=4, help="jobs at once")

    def handle(self, *_: Any, concurrency: int, **__: Any) -> None:
        unwind_on_sigterm()
        try:
            call_command(
                "procrastinate",
                "worker",
                "--name",
                "portico",
                "--concurrency",
                str(concurrency),
                "--shutdown-graceful-timeout",
                "20",
                # Done jobs carry nothing anybody asks for again; what they did is in the books.
                "--delete-jobs",
                "successful",
            )
        finally:
            embedded.stop_what_was_started()
