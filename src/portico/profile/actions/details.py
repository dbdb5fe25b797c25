"""Changing what a customer says about itself: details and both addresses at once."""

from __future__ import annotations

from collections.abc import Mapping

from portico.access.actors import ContactActor
from portico.access.scope import scope
from portico.customers.actions import AddressDetails, edit_customer, set_address
from portico.customers.models import Address, Customer


def change_details(
    *,
    actor: ContactActor,
    customer: Customer,
    own: Mapping[str, str],
    addresses: Mapping[str, AddressDetails],
) -> Customer:
    """Change details and addresses together, all of it or nothing; each change is kept in history, staff are told.

    Args:
        actor: who may manage the profile.
        customer: their own.
        own: display_name, phone, mobile, website.
        addresses: by kind (“billing”, “shipping”); an empty one takes the address away.

    Raises:
        ForbiddenError: the actor may not, or customers may not edit their details (preference 8).
        InvalidError: a value cannot be taken; `field` names it, such as “billing.country”.
    """
    with scope(actor):
        changed = edit_customer(actor=actor, customer=customer, **own)
        for kind, address in addresses.items():
            set_address(actor=actor, customer=changed, kind=Address.Kind(kind), details=address)
    return changed
