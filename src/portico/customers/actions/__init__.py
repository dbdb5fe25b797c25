"""What happens to a customer and its contact persons: made, changed, invited, let in, shut out."""

from portico.customers.actions.contacts import (
    add_contact,
    edit_contact,
    make_primary,
    remove_contact,
)
from portico.customers.actions.create import AddressDetails, create_customer
from portico.customers.actions.edit import edit_customer, set_active, set_address
from portico.customers.actions.invite import invite_contact, invite_contacts
from portico.customers.actions.join import accept_invitation, join_invitation
from portico.customers.actions.own import edit_own_details
from portico.customers.actions.revoke import revoke_access

__all__ = [
    "AddressDetails",
    "accept_invitation",
    "add_contact",
    "create_customer",
    "edit_contact",
    "edit_customer",
    "edit_own_details",
    "invite_contact",
    "invite_contacts",
    "join_invitation",
    "make_primary",
    "remove_contact",
    "revoke_access",
    "set_active",
    "set_address",
]
