"""`portico reconcile`: ask the gateways about every payment that has not ended."""

from __future__ import annotations

import csv
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portico.kit import clock
from portico.payments.actions.reconcile import GRACE, PATIENCE, organisations, reconcile
from portico.payouts.report import as_rows
from portico.payouts.report import report as report_of
from portico.transactions.lists.exporting import harmless


class Command(BaseCommand):
    """Clear up pending payments of every organisation, or of the one that is named, and say what became of them."""

    help = "Ask the gateways about every payment that has not ended, and bring each to an end that can be proved."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose payments, and how long they are left alone."""
        parser.add_argument("--portal", help="only the organisation with this portal name")
        parser.add_argument(
            "--grace",
            type=int,
            default=int(GRACE.total_seconds()),
            metavar="SECONDS",
            help="leave attempts alone that changed within so many seconds (default: %(default)s)",
        )
        parser.add_argument(
            "--patience",
            type=int,
            default=int(PATIENCE.total_seconds()),
            metavar="SECONDS",
            help="call off what has waited so long for the customer (default: %(default)s)",
        )

        parser.add_argument(
            "--report",
            action="store_true",
            help="instead, compare what the gateways have taken with what is here, and write it as CSV",
        )
        parser.add_argument(
            "--days", type=int, default=30, help="how many days back the report goes (default: %(default)s)"
        )

    def handle(
        self,
        *args: Any,
        grace: int,
        patience: int,
        report: bool,
        days: int,
        portal: str | None = None,
        **options: Any,
    ) -> None:
        """Reconcile, or report; exit status 1 when a gateway did not answer, or the two sides differ."""
        found = organisations(portal)
        if portal is not None and not found:
            raise CommandError(f"There is no portal “{portal}”.")
        if report:
            self._report(found, days)
            return
        waits = {"grace": timedelta(seconds=grace), "patience": timedelta(seconds=patience)}
        done = [reconcile(organisation_id=each, **waits) for each in found]
        ended = sum(each.ended for each in done)
        waiting = sum(each.waiting for each in done)
        unreachable = sum(each.unreachable for each in done)
        self.stdout.write(f"{ended} ended, {waiting} still waiting, {unreachable} could not be asked.")
        if unreachable:
            raise SystemExit(1)

    def _report(self, organisations_here: list[UUID], days: int) -> None:
        until = clock.now()
        writer = csv.writer(self.stdout)
        differ = False
        for number, organisation_id in enumerate(organisations_here):
            found = report_of(
                organisation_id=organisation_id, since=until - timedelta(days=days), until=until
            )
            rows = list(as_rows(found))
            for row in rows if number == 0 else rows[1:]:
                writer.writerow([harmless(cell) for cell in row])
            differ = differ or bool(found.differences)
        if differ:
            raise SystemExit(1)
