"""`selfcheck()`: proves that the books of an organisation add up, or says where they do not."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import connection

from portico.access.actors import JobActor
from portico.access.scope import scope
from portico.ledger.checks import CHECKS, Check


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a sentence of `portico.ledger.checks` does not hold."""

    check: str
    sentence: str
    customer_id: UUID
    customer: str
    currency: str
    subject: str
    expected: Decimal
    found: Decimal


def selfcheck(organisation_id: UUID) -> list[Finding]:
    """Check all books of one organisation; an empty list when all is well.

    Each check is one statement, so it sees one moment of the books and need not stop anybody's work. It reads all
    postings once, whatever their number.
    """
    with scope(JobActor(organisation_id), read_only=True):
        return [finding for check in CHECKS for finding in _run(check, organisation_id)]


def _run(check: Check, organisation_id: UUID) -> list[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT f.customer_id, coalesce(c.display_name, ''), f.currency, f.subject,"  # noqa: S608 (our own checks)
            f" f.expected, coalesce(f.found, 0) FROM ({check.sql})"
            " AS f (customer_id, currency, subject, expected, found)"
            " LEFT JOIN customers_customer c ON c.id = f.customer_id ORDER BY 2, 3, 4",
            {"organisation": organisation_id},
        )
        return [Finding(check.name, check.sentence, *row) for row in cursor.fetchall()]
