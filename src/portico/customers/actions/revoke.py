"""Taking portal access away, at once."""

from __future__ import annotations

from portico.access import audit
from portico.access.actors import Actor, ContactActor
from portico.access.people import end_sessions_without_access
from portico.access.scope import scope
from portico.customers.doors import locked_person, require_keeper, require_open_profile
from portico.customers.history import note_change
from portico.customers.models import PORTAL_MOVES, ContactPerson, PortalState
from portico.kit.errors import ConflictError
from portico.notifications.actions import tell_staff


def revoke_access(*, actor: Actor, person: ContactPerson) -> ContactPerson:
    """Take away portal access, or an open invitation, at once.

    The person's next request is refused at this customer, because access is read anew for each. Where it was
    their last access, their sessions end; where they belong to other customers too, they stay signed in there.

    Raises:
        ForbiddenError: the actor may not.
        NotFoundError: not a contact person of the actor's customers.
        ConflictError: there is no access to take away, or it is the actor's own.
    """
    require_keeper(actor)
    with scope(actor):
        fresh = locked_person(actor, person)
        require_open_profile(actor)
        if isinstance(actor, ContactActor) and actor.person_id == fresh.pk:
            raise ConflictError("You cannot take away your own access.")
        if fresh.portal_state in (PortalState.NOT_INVITED, PortalState.REVOKED):
            raise ConflictError(f"{fresh.full_name} has no access to take away.")
        end_access(actor, fresh)
        if isinstance(actor, ContactActor):
            title = f"{actor.name} ended the access of {fresh.full_name}"
            tell_staff(actor, "contacts_changed", title, customer=fresh.customer_id)
    return fresh


def end_access(actor: Actor, person: ContactPerson) -> None:
    """Revoke, and end the sessions of somebody with no other access; within a scope, with the person held."""
    was = PortalState(person.portal_state)
    PORTAL_MOVES.check(was, PortalState.REVOKED)
    person.portal_state = PortalState.REVOKED
    person.invitation_token_hash = ""
    person.save(update_fields=["portal_state", "invitation_token_hash"])
    changes = {"portal_state": [was, PortalState.REVOKED]}
    audit.record(actor, "revoke_access", person, f"Revoked the access of {person.full_name}", changes)
    note_change(actor, person, "revoked", changes)
    if person.user_id is not None:
        end_sessions_without_access([person.user_id])
