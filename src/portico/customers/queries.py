"""What is read of customers and their contact persons."""

from __future__ import annotations

from uuid import UUID

from portico.access.actors import Actor
from portico.access.scope import scope
from portico.customers.models import Address, ContactPerson, Customer, DetailChange


def customer_for(actor: Actor, customer_id: UUID) -> Customer:
    """One customer that the actor may see, with its payment terms; NotFoundError for a stranger's."""
    with scope(actor):
        return Customer.objects.select_related("payment_terms").one_for(actor, pk=customer_id)


def addresses_of(actor: Actor, customer: Customer) -> dict[str, Address]:
    """The customer's addresses by kind (“billing”, “shipping”)."""
    with scope(actor):
        found = Address.objects.visible_to(actor).filter(customer_id=customer.pk)
        return {address.kind: address for address in found}


def contacts_of(actor: Actor, customer: Customer) -> list[ContactPerson]:
    """The customer's contact persons, the first one first, then by name."""
    with scope(actor):
        found = ContactPerson.objects.visible_to(actor).filter(customer_id=customer.pk, removed_at=None)
        return list(found.order_by("-is_primary", "first_name", "last_name", "id"))


def contact_for(actor: Actor, person_id: UUID) -> ContactPerson:
    """One contact person that the actor may see, with the customer; NotFoundError for a stranger's."""
    with scope(actor):
        return ContactPerson.objects.select_related("customer").one_for(actor, pk=person_id)


def changes_of(actor: Actor, *, most: int = 50) -> list[DetailChange]:
    """The latest changes of the actor's customer's details and people, the newest first.

    Raises:
        ForbiddenError: the actor may not manage the profile.
    """
    with scope(actor):
        return list(DetailChange.objects.visible_to(actor).order_by("-at", "-id")[:most])
