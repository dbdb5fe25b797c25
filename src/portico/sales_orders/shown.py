"""Whether customers see orders at all (S2, preference 12), and whether a reader may know of their invoices (S1.5)."""

from __future__ import annotations

from uuid import UUID

from portico.access.actors import Actor, JobActor, Permission, StaffActor
from portico.organisations.models import Preferences


def shows_orders(organisation_id: UUID) -> bool:
    """Whether the organisation shows orders to its customers; within its scope."""
    return Preferences.objects.values_list("show_sales_orders", flat=True).get(
        organisation_id=organisation_id
    )


def sees_billing(actor: Actor) -> bool:
    """Whether the actor may know what of an order was invoiced and paid: staff, and who may see billing."""
    return isinstance(actor, StaffActor | JobActor) or actor.may(Permission.VIEW_BILLING)
