"""Several small questions about one customer's money in one statement.

Written in SQL because Django takes longer to build five querysets than PostgreSQL to answer them all.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from django.db import connection

from portico.access.actors import ContactActor, Permission, require

Rows: TypeAlias = list[dict[str, Any]]
"""A part's answer: its columns by name, as JSON has them. Amounts are texts, for they are exact."""

OWN: Final = "organisation_id = %(organisation)s AND customer_id = %(customer)s"
"""Whose rows: compared beside the policies, and what the indexes begin with."""


def answers(actor: ContactActor, *parts: str, **given: Any) -> tuple[Rows, ...]:
    """The rows of each part; one statement.

    Args:
        actor: a contact person with *view billing*; the parts find its organisation and customer as parameters.
        parts: SELECTs whose amounts are cast to text.
        given: further parameters that they name.

    Raises:
        ForbiddenError: the person may not see amounts.
    """
    require(actor, Permission.VIEW_BILLING)
    columns = (f"(SELECT coalesce(json_agg(part), '[]') FROM ({sql}) AS part)" for sql in parts)  # noqa: S608 (constants)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(columns)}",
            {"organisation": actor.organisation_id, "customer": actor.customer_id, **given},
        )
        found: tuple[Rows, ...] = cursor.fetchone()
    return found
