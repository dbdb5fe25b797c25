"""Whether the organisation shows orders at all: where not, no address of theirs exists (S2, preference 12)."""

from __future__ import annotations

from portico.kit.errors import NotFoundError
from portico.organisations.models import Preferences


def check_shown(preferences: Preferences) -> None:
    """Raise NotFoundError where the organisation does not show orders to its customers."""
    if not preferences.show_sales_orders:
        raise NotFoundError
