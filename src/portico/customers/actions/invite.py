"""Inviting contact persons into the portal, and taking the access away."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, ContactActor
from portico.access.people import end_sessions_without_access
from portico.access.scope import scope
from portico.customers.doors import locked_person, require_keeper, require_open_profile
from portico.customers.models import PORTAL_MOVES, ContactPerson, PortalState
from portico.kit import clock
from portico.kit.errors import ConflictError, InvalidError
from portico.notifications.actions import send_mail
from portico.organisations.models import Organisation

DAYS = 30
"""How long an invitation can be accepted."""
_BYTES = 32


def hash_of(token: str) -> str:
    """What is stored of an invitation's token: its SHA-256. Random 32 bytes need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def invite_contact(*, actor: Actor, person: ContactPerson) -> str:
    """Invite a contact person, or send the invitation again; an earlier link then ends.

    Returns:
        The link, which is also in the e-mail. Only its hash is kept, so it cannot be shown again.

    Raises:
        ForbiddenError: the actor may not.
        NotFoundError: not a contact person of the actor's customers.
        InvalidError: the person has no e-mail address.
        ConflictError: the person has access already, or the customer is inactive.
    """
    require_keeper(actor)
    with scope(actor):
        fresh = locked_person(actor, person)
        require_open_profile(actor)
        return send_invitation(actor, fresh)


def invite_contacts(*, actor: Actor, people: Iterable[ContactPerson]) -> int:
    """Invite many at once, as many as are given; all of them or, when one cannot be invited, none.

    Who has access already is left out. Returns how many were invited.

    Raises:
        ForbiddenError: the actor may not.
        NotFoundError: one is not a contact person of the actor's customers.
        InvalidError: one has no e-mail address; the message names them.
        ConflictError: a customer is inactive.
    """
    require_keeper(actor)
    invited = 0
    with scope(actor):
        require_open_profile(actor)
        # In the order of their ids, so that two who invite the same people do not wait for each other.
        for person in sorted(people, key=lambda each: each.pk):
            fresh = locked_person(actor, person)
            if fresh.portal_state != PortalState.ACTIVE:
                send_invitation(actor, fresh)
                invited += 1
    return invited


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
        was = PortalState(fresh.portal_state)
        if was in (PortalState.NOT_INVITED, PortalState.REVOKED):
            raise ConflictError(f"{fresh.full_name} has no access to take away.")
        _move(fresh, PortalState.REVOKED)
        fresh.invitation_token_hash = ""
        fresh.save(update_fields=["portal_state", "invitation_token_hash"])
        audit.record(
            actor,
            "revoke_access",
            fresh,
            f"Revoked the access of {fresh.full_name}",
            {"portal_state": [was, PortalState.REVOKED]},
        )
        if fresh.user_id is not None:
            end_sessions_without_access([fresh.user_id])
    return fresh


def send_invitation(actor: Actor, person: ContactPerson) -> str:
    """Make a new token, mail the link, return it; within a scope, with the person held."""
    customer = person.customer
    if not person.email:
        raise InvalidError(f"{person.full_name} has no e-mail address to invite.", field="email")
    if not customer.is_active:
        raise ConflictError(f"{customer.display_name} is inactive, so nobody there can be invited.")
    was = PortalState(person.portal_state)
    if was == PortalState.ACTIVE:
        raise ConflictError(f"{person.full_name} has access already.")
    _move(person, PortalState.INVITED)
    token = secrets.token_urlsafe(_BYTES)
    person.invitation_token_hash = hash_of(token)
    person.invited_at = clock.now()
    person.save(update_fields=["portal_state", "invitation_token_hash", "invited_at"])
    audit.record(
        actor,
        "invite_contact",
        person,
        f"Invited {person.full_name}",
        {"portal_state": [was, PortalState.INVITED], "email": [None, person.email]},
    )
    link = f"{settings.PUBLIC_URL}/account/invitation/{token}/"
    _mail(person, link)
    return link


def _mail(person: ContactPerson, link: str) -> None:
    organisation = Organisation.objects.get(pk=person.organisation_id)
    with translation.override(person.customer.portal_language):
        subject = _("Your access to the customer portal of %(organisation)s") % {
            "organisation": organisation.name
        }
        text = "\n\n".join(
            [
                _("Dear %(name)s,") % {"name": person.full_name},
                _(
                    "%(organisation)s invites you to its customer portal, where you see the orders, invoices and"
                    " payments of %(customer)s."
                )
                % {"organisation": organisation.name, "customer": person.customer.display_name},
                f"{_('Accept the invitation')}: {link}",
                _("The link works for %(days)s days. If you did not expect it, you need not do anything.")
                % {"days": DAYS},
            ]
        )
    # Each token has an e-mail of its own, so that sending again sends again.
    key = f"invitation:{person.pk}:{person.invitation_token_hash[:16]}"
    send_mail(person.organisation_id, key, person.email, subject, text)


def _move(person: ContactPerson, there: PortalState) -> None:
    PORTAL_MOVES.check(PortalState(person.portal_state), there)
    person.portal_state = there
