"""The nightly proof that all books add up."""

from __future__ import annotations

import structlog
from django.db import connection
from procrastinate.contrib.django import app

from portico.access.scope import refuse_open_scope
from portico.ledger.selfcheck import selfcheck

log = structlog.get_logger(__name__)


class BooksError(RuntimeError):
    """Some books do not add up; the log says which, and `portico selfcheck` shows it."""


@app.periodic(cron="20 3 * * *")
@app.task(name="ledger.selfcheck", queueing_lock="ledger.selfcheck")
def check_all_books(timestamp: int) -> None:
    """Check every organisation; the job fails where something does not add up, so that it is seen.

    Args:
        timestamp: when it was due, as procrastinate passes it.

    Raises:
        BooksError: some books do not add up.
    """
    refuse_open_scope()
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM door_organisations()")
        organisations = [row[0] for row in cursor.fetchall()]
    wrong = 0
    for organisation_id in organisations:
        for finding in selfcheck(organisation_id):
            wrong += 1
            log.error(
                "books_do_not_add_up",
                organisation=str(organisation_id),
                check=finding.check,
                customer=str(finding.customer_id),
                currency=finding.currency,
                subject=finding.subject,
                expected=str(finding.expected),
                found=str(finding.found),
            )
    if wrong:
        raise BooksError(f"{wrong} findings")
