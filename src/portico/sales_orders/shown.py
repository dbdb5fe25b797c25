"""Whether customers see orders at all (S2, preference 12)."""

from __future__ import annotations

from uuid import UUID

from portico.organisations.models import Preferences


def shows_orders(organisation_id: UUID) -> bool:
    """Whether the organisation shows orders to its customers; within its scope."""
    return Preferences.objects.values_list("show_sales_orders", flat=True).get(
        organisation_id=organisation_id
    )
