"""`portico selfcheck`: prove that all books add up; ends with 1 and a table where they do not."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from portico.ledger.checks import CHECKS
from portico.ledger.selfcheck import Finding, selfcheck

_HEAD: Final = ("Portal", "Check", "Customer", "Currency", "What", "Expected", "Found")
_NUMBERS_FROM: Final = 5


class Command(BaseCommand):
    """Checks every organisation, or the one that is named."""

    help = "Prove that the books add up: balances, documents, tallies, payments."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the portal name of one organisation."""
        parser.add_argument("--portal", help="only the organisation with this portal name")

    def handle(self, *, portal: str | None = None, **_options: object) -> None:
        """Check, print what was found, and fail if there is anything."""
        organisations = _organisations(portal)
        rows = [
            (name, *_row(finding))
            for organisation_id, name in organisations
            for finding in selfcheck(organisation_id)
        ]
        if rows:
            self.stdout.write(_table([_HEAD, *rows]))
            raise CommandError(f"The books do not add up in {len(rows)} places.", returncode=1)
        self.stdout.write(f"The books add up: {len(CHECKS)} checks of {len(organisations)} organisations.")


def _organisations(portal: str | None) -> list[tuple[UUID, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, portal_name FROM door_organisations()")
        found = [(row[0], row[1]) for row in cursor.fetchall()]
    if portal is None:
        return found
    named = [each for each in found if each[1].lower() == portal.lower()]
    if not named:
        raise CommandError(f"There is no portal “{portal}”.")
    return named


def _row(finding: Finding) -> tuple[str, ...]:
    return (
        finding.check,
        finding.customer or str(finding.customer_id),
        finding.currency,
        finding.subject,
        f"{finding.expected:f}",
        f"{finding.found:f}",
    )


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column >= _NUMBERS_FROM else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
