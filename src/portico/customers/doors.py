"""Who may change a customer: staff who keep customers, and its own contact persons where they may."""

from __future__ import annotations

from portico.access.actors import Actor, ContactActor, Duty, Permission, require
from portico.customers.models import ContactPerson, Customer
from portico.kit.errors import ForbiddenError, NotFoundError
from portico.organisations.models import Preferences


def require_keeper(actor: Actor) -> None:
    """Raise ForbiddenError unless the actor may change customers, or manage its own profile and contacts."""
    require(actor, Permission.MANAGE_PROFILE if isinstance(actor, ContactActor) else Duty.KEEP_CUSTOMERS)


def require_open_profile(actor: Actor) -> None:
    """Raise ForbiddenError when customers may not edit their details (preference 8); within a scope."""
    if isinstance(actor, ContactActor):
        preferences = Preferences.objects.visible_to(actor).get()
        if not preferences.customers_may_upload:
            raise ForbiddenError("Details are changed by the organisation here. Please write to them.")


def locked_customer(actor: Actor, customer: Customer) -> Customer:
    """The customer as it is now, held until the transaction ends; NotFoundError for a stranger's."""
    found = Customer.objects.select_for_update(no_key=True).visible_to(actor).filter(pk=customer.pk).first()
    if found is None:
        raise NotFoundError
    return found


def locked_person(actor: Actor, person: ContactPerson) -> ContactPerson:
    """The contact person as it is now, held until the transaction ends; NotFoundError for a stranger's."""
    found = (
        ContactPerson.objects.select_for_update(no_key=True, of=("self",))
        .visible_to(actor)
        .select_related("customer")
        .filter(pk=person.pk, removed_at=None)
        .first()
    )
    if found is None:
        raise NotFoundError
    return found
