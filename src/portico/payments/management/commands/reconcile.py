"""`portico reconcile`: ask the gateways about every payment that has not ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portico.payments.actions.reconcile import GRACE, PATIENCE, reconcile_all


class Command(BaseCommand):
    """Clear up pending payments of every organisation, and say what became of them."""

    help = "Ask the gateways about every payment that has not ended, and bring each to an end that can be proved."

    def add_arguments(self, parser: CommandParser) -> None:
        """How long a payment is left alone."""
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

    def handle(self, *args: Any, grace: int, patience: int, **options: Any) -> None:
        """Reconcile; exit status 1 when a gateway did not answer."""
        done = reconcile_all(grace=timedelta(seconds=grace), patience=timedelta(seconds=patience))
        ended = sum(each.ended for each in done.values())
        waiting = sum(each.waiting for each in done.values())
        unreachable = sum(each.unreachable for each in done.values())
        self.stdout.write(f"{ended} ended, {waiting} still waiting, {unreachable} could not be asked.")
        if unreachable:
            raise SystemExit(1)
