"""Contact persons: added, changed, removed, and which of them comes first."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import ProtectedError

from portico.access import audit
from portico.access.actors import Actor, ContactActor
from portico.access.changes import naming, save_changed, set_fields
from portico.access.scope import scope
from portico.customers import fields
from portico.customers.actions.invite import send_invitation
from portico.customers.doors import locked_customer, locked_person, require_keeper, require_open_profile
from portico.customers.models import ContactPerson, Customer, PortalState
from portico.kit.errors import ConflictError, ForbiddenError, InvalidError
from portico.notifications.actions import tell_staff


def add_contact(*, actor: Actor, customer: Customer, first_name: str, **details: object) -> ContactPerson:
    """Add a contact person, without portal access until invited.

    The first one of a customer comes first and has every permission (S1.5), whatever is given.

    Args:
        actor: staff who keep customers; or a contact person who may manage contacts, who can give no
            permission that they lack themselves.
        customer: whose.
        first_name: needed.
        details: further fields (customers.fields.CONTACT): salutation, last_name, email, phone, mobile,
            designation, department, can_view_orders, can_view_billing, can_pay, can_manage_profile.

    Raises:
        ForbiddenError: the actor may not, or gives a permission that they lack.
        NotFoundError: not a customer of the actor's.
        InvalidError: a value cannot be taken; `field` names it.
        ConflictError: the customer has a contact person with this address already.
    """
    require_keeper(actor)
    with scope(actor):
        # The customer is held, so that two who are added at once are not both the first.
        fresh = locked_customer(actor, customer)
        require_open_profile(actor)
        person = ContactPerson(organisation_id=actor.organisation_id, customer=fresh)
        if isinstance(actor, ContactActor):
            _none(person)
        set_fields(
            person,
            {"first_name": first_name, **details},
            allowed=fields.CONTACT,
            checks=fields.CONTACT_CHECKS,
        )
        if not ContactPerson.objects.filter(customer=fresh).exists():
            person.is_primary = True
            for name in fields.PERMISSIONS:
                setattr(person, name, True)
        _refuse_more_than_own(actor, person, ())
        with naming(fields.CONTACT_TAKEN):
            person.save(force_insert=True)
        audit.record(actor, "add_contact", person, f"Added {person.full_name} at {fresh.display_name}")
        _tell(actor, person, f"{actor.name} added {person.full_name} as a contact person")
    return person


def edit_contact(*, actor: Actor, person: ContactPerson, **changes: object) -> ContactPerson:
    """Change a contact person's details and permissions; returns it as it is now.

    A new address while the invitation is open ends the old link and sends a new one. A person's login keeps
    the address it was made with.

    Raises:
        ForbiddenError: the actor may not, or gives a permission that they lack.
        NotFoundError: not a contact person of the actor's customers.
        InvalidError: a value cannot be taken; `field` names it.
        ConflictError: the customer has a contact person with this address already.
    """
    require_keeper(actor)
    with scope(actor):
        fresh = locked_person(actor, person)
        require_open_profile(actor)
        before = fields.held_permissions(fresh)
        done = set_fields(fresh, changes, allowed=fields.CONTACT, checks=fields.CONTACT_CHECKS)
        _refuse_more_than_own(actor, fresh, before)
        _check_address(fresh, done)
        if done:
            with naming(fields.CONTACT_TAKEN):
                save_changed(fresh, done)
            audit.record(actor, "edit_contact", fresh, changes=done)
            _tell(actor, fresh, f"{actor.name} changed the contact person {fresh.full_name}")
        if "email" in done and fresh.portal_state == PortalState.INVITED:
            send_invitation(actor, fresh)
    return fresh


def make_primary(*, actor: Actor, person: ContactPerson) -> ContactPerson:
    """Let this contact person come first: whom documents are addressed to when nobody else is named.

    Raises:
        ForbiddenError: the actor may not.
        NotFoundError: not a contact person of the actor's customers.
    """
    require_keeper(actor)
    with scope(actor):
        customer = locked_customer(actor, locked_person(actor, person).customer)
        require_open_profile(actor)
        fresh = locked_person(actor, person)
        if not fresh.is_primary:
            for other in ContactPerson.objects.filter(customer=customer, is_primary=True):
                other.is_primary = False
                other.save(update_fields=["is_primary"])
            fresh.is_primary = True
            fresh.save(update_fields=["is_primary"])
            audit.record(actor, "make_primary", fresh, f"{fresh.full_name} comes first")
    return fresh


def remove_contact(*, actor: Actor, person: ContactPerson) -> None:
    """Remove a contact person who never had portal access. Of others the access is revoked: what they did stays.

    Raises:
        ForbiddenError: the actor may not.
        NotFoundError: not a contact person of the actor's customers.
        ConflictError: the person comes first, has or had access, or stands in the history of a document.
    """
    require_keeper(actor)
    with scope(actor):
        fresh = locked_person(actor, person)
        require_open_profile(actor)
        if fresh.is_primary:
            raise ConflictError("Let another contact person come first, then remove this one.")
        if fresh.user_id is not None or fresh.portal_state == PortalState.INVITED:
            raise ConflictError("This person has or had portal access. Revoke it instead.")
        name = fresh.full_name
        audit.record(actor, "remove_contact", fresh, f"Removed {name}", {"email": [fresh.email, None]})
        try:
            fresh.delete()
        except ProtectedError as error:
            raise ConflictError(
                "This person stands in the history of documents. Revoke access instead."
            ) from error


def _none(person: ContactPerson) -> None:
    """What a contact person adds starts with no permissions; staff's start with the usual ones."""
    for name in fields.PERMISSIONS:
        setattr(person, name, False)


def _refuse_more_than_own(actor: Actor, person: ContactPerson, before: frozenset[str] | tuple[()]) -> None:
    """Nobody gives away what they do not have, to another or to themselves."""
    if not isinstance(actor, ContactActor):
        return
    own = {f"can_{permission}" for permission in actor.permissions}
    given = fields.held_permissions(person) - set(before) - own
    if given:
        raise ForbiddenError("You can give only the permissions that you have.", field=min(given))


def _check_address(person: ContactPerson, done: Mapping[str, object]) -> None:
    if (
        "email" in done
        and not person.email
        and person.portal_state in (PortalState.INVITED, PortalState.ACTIVE)
    ):
        raise InvalidError("Someone with portal access needs an e-mail address.", field="email")


def _tell(actor: Actor, person: ContactPerson, title: str) -> None:
    if isinstance(actor, ContactActor):
        tell_staff(actor, "contacts_changed", title, customer=person.customer_id)
