"""How long a filtered list is, counted only so far as it costs little."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet

COUNTED: Final = 1_000


@dataclass(frozen=True, slots=True)
class Count:
    """A number of rows, or “more than” it."""

    number: int
    is_exact: bool = True


def count_rows(rows: QuerySet[Any, Any]) -> Count:
    """Count the rows, at most COUNTED of them; one statement."""
    number = rows.order_by()[: COUNTED + 1].count()
    return Count(min(number, COUNTED), number <= COUNTED)
