"""Contact persons: added, changed, removed, and which of them comes first."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, ContactActor
from portico.access.changes import naming, save_changed, set_fields
from portico.access.scope import scope
from portico.customers import fields
from portico.customers.actions.address import is_other_address, move_to_address
from portico.customers.actions.invite import refuse_stronger, send_invitation
from portico.customers.actions.revoke import end_access
from portico.customers.doors import locked_customer, locked_person, require_keeper, require_open_profile
from portico.customers.history import note_change
from portico.customers.models import ContactPerson, Customer, PortalState
from portico.kit import clock
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
        person = _gone_before(fresh, details.get("email")) or ContactPerson(
            organisation_id=actor.organisation_id, customer=fresh
        )
        if isinstance(actor, ContactActor):
            _none(person)
        set_fields(
            person,
            {"first_name": first_name, **details},
            allowed=fields.CONTACT,
            checks=fields.CONTACT_CHECKS,
        )
        if not ContactPerson.objects.filter(customer=fresh, removed_at=None).exists():
            person.is_primary = True
            for name in fields.PERMISSIONS:
                setattr(person, name, True)
        _refuse_more_than_own(actor, person, ())
        with naming(fields.CONTACT_TAKEN):
            person.removed_at = None
            person.save(force_insert=person._state.adding)
        audit.record(actor, "add_contact", person, f"Added {person.full_name} at {fresh.display_name}")
        note_change(actor, person, "contact_added", _given(person))
        _tell(actor, person, f"{actor.name} added {person.full_name} as a contact person")
    return person


def edit_contact(*, actor: Actor, person: ContactPerson, **changes: object) -> ContactPerson:
    """Change a contact person's details and permissions; returns it as it is now.

    A new address while the invitation is open ends the old link and sends a new one. A login is its owner's alone
    and may lead elsewhere too, so it keeps its address: who has access and gets another address than their login's
    is taken off the login, loses the access at once, and is invited at the new address; the old one is told.

    Raises:
        ForbiddenError: the actor may not, or gives a permission that they lack.
        NotFoundError: not a contact person of the actor's customers.
        InvalidError: a value cannot be taken; `field` names it.
        ConflictError: the customer has a contact person with this address already; or it is one's own address.
    """
    require_keeper(actor)
    with scope(actor):
        fresh = locked_person(actor, person)
        require_open_profile(actor)
        before = fields.held_permissions(fresh)
        if "email" in changes and changes["email"] != fresh.email:
            # Whoever reads the new address could take the invitation, or sign up, with what this person may do.
            refuse_stronger(actor, fresh, field="email")
        old_address = fresh.email
        done = set_fields(fresh, changes, allowed=fields.CONTACT, checks=fields.CONTACT_CHECKS)
        _refuse_more_than_own(actor, fresh, before)
        _refuse_locking_out(actor, fresh, done)
        _check_address(fresh, done)
        leaves_login = "email" in done and is_other_address(fresh)
        if leaves_login and isinstance(actor, ContactActor) and actor.person_id == fresh.pk:
            raise ConflictError(
                _("You sign in with this address. Ask somebody else here to change it."), field="email"
            )
        if done:
            with naming(fields.CONTACT_TAKEN):
                save_changed(fresh, done)
            audit.record(actor, "edit_contact", fresh, changes=done)
            note_change(actor, fresh, "contact", done)
            _tell(actor, fresh, f"{actor.name} changed the contact person {fresh.full_name}")
        if leaves_login:
            move_to_address(actor, fresh, old_address)
        elif "email" in done and fresh.portal_state == PortalState.INVITED:
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
            note_change(actor, fresh, "primary")
            _tell(actor, fresh, f"{actor.name} made {fresh.full_name} the primary contact")
    return fresh


def remove_contact(*, actor: Actor, person: ContactPerson) -> None:
    """Take a contact person off the customer. Access ends at once; what they did stays, under their name.

    Who never had access and stands nowhere is deleted; of everybody else the row is kept out of sight, and comes
    back when somebody with the same address is added.

    Raises:
        ForbiddenError: the actor may not.
        NotFoundError: not a contact person of the actor's customers.
        ConflictError: the person comes first, or is the actor.
    """
    require_keeper(actor)
    with scope(actor):
        fresh = locked_person(actor, person)
        require_open_profile(actor)
        if isinstance(actor, ContactActor) and actor.person_id == fresh.pk:
            raise ConflictError("You cannot remove yourself. Ask somebody else to.")
        if fresh.is_primary:
            raise ConflictError("Let another contact person come first, then remove this one.")
        name = fresh.full_name
        if fresh.portal_state in (PortalState.INVITED, PortalState.ACTIVE):
            end_access(actor, fresh)
        audit.record(actor, "remove_contact", fresh, f"Removed {name}", {"email": [fresh.email, None]})
        note_change(actor, fresh, "removed", {"email": [fresh.email, ""]})
        _tell(actor, fresh, f"{actor.name} removed the contact person {name}")
        if fresh.user_id is None:
            try:
                with transaction.atomic():
                    fresh.delete()
                    return
            except ProtectedError:
                pass  # stands in the history of documents
        fresh.removed_at = clock.now()
        fresh.save(update_fields=["removed_at"])


def _gone_before(customer: Customer, email: object) -> ContactPerson | None:
    """Somebody who had this address here and was removed."""
    if not isinstance(email, str) or not email.strip():
        return None
    return ContactPerson.objects.filter(
        customer=customer, email__iexact=email.strip(), removed_at__isnull=False
    ).first()


def _given(person: ContactPerson) -> dict[str, list[object]]:
    """What a new contact person was added with, as changes from nothing."""
    return {name: [None, getattr(person, name)] for name in sorted(fields.CONTACT) if getattr(person, name)}


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


def _refuse_locking_out(actor: Actor, person: ContactPerson, done: Mapping[str, object]) -> None:
    """The last who can manage the profile cannot give that away from themselves; staff can repair all else."""
    if not isinstance(actor, ContactActor) or "can_manage_profile" not in done or person.can_manage_profile:
        return
    others = ContactPerson.objects.filter(
        customer_id=person.customer_id, can_manage_profile=True, portal_state=PortalState.ACTIVE
    ).exclude(pk=person.pk)
    if not others.exists():
        raise ConflictError(
            "You would be the last who could undo this. Give somebody else with access this permission first.",
            field="can_manage_profile",
        )


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
