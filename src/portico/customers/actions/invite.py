"""Inviting contact persons into the portal."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, ContactActor
from portico.access.scope import scope
from portico.customers.doors import locked_person, require_keeper, require_open_profile
from portico.customers.history import note_change
from portico.customers.letters import wording_of, write_invitation
from portico.customers.models import PORTAL_MOVES, ContactPerson, DetailChange, PortalState
from portico.kit import clock
from portico.kit.errors import ConflictError, ForbiddenError, InvalidError, PorticoError
from portico.notifications.actions import send_mail
from portico.notifications.customers import portal_url, reading_as
from portico.organisations.models import Organisation

_BYTES = 32
MOST_A_DAY: Final = 50
"""Invitations that one contact person can send within 24 hours."""
MOST_A_DAY_TO_ONE: Final = 5
"""Those of them to the same colleague."""


def hash_of(token: str) -> str:
    """What is stored of an invitation's token: its SHA-256. Random 32 bytes need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def invite_contact(*, actor: Actor, person: ContactPerson, message: str = "") -> str:
    """Invite a contact person, or send the invitation again; an earlier link then ends.

    Args:
        actor: staff who keep customers; or a contact person who may manage contacts, for somebody who may do no
            more than they may themselves.
        person: whom.
        message: a personal one from staff, beside the organisation's text. A contact person writes none: what
            strangers write in the organisation's name would be believed.

    Returns:
        The link, which is also in the e-mail. Only its hash is kept, so it cannot be shown again.

    Raises:
        ForbiddenError: the actor may not, or the person may do more than the actor.
        NotFoundError: not a contact person of the actor's customers.
        InvalidError: the person has no e-mail address.
        ConflictError: the person has access already, or the customer is inactive; or a contact person has sent
            very many today.
    """
    require_keeper(actor)
    with scope(actor):
        fresh = locked_person(actor, person)
        require_open_profile(actor)
        return send_invitation(actor, fresh, "" if isinstance(actor, ContactActor) else message)


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


def send_invitation(actor: Actor, person: ContactPerson, message: str = "") -> str:
    """Make a new token, mail the link, return it; within a scope, with the person held."""
    refuse_stronger(actor, person)
    if isinstance(actor, ContactActor):
        _refuse_too_many(actor, person)
    obstacle = obstacle_to(person)
    if obstacle is not None:
        raise obstacle
    was = PortalState(person.portal_state)
    _move(person, PortalState.INVITED)
    token = secrets.token_urlsafe(_BYTES)
    person.invitation_token_hash = hash_of(token)
    person.invited_at = clock.now()
    person.save(update_fields=["portal_state", "invitation_token_hash", "invited_at"])
    changes = {"portal_state": [was, PortalState.INVITED], "email": [None, person.email]}
    audit.record(actor, "invite_contact", person, f"Invited {person.full_name}", changes)
    note_change(actor, person, "invited", {"portal_state": changes["portal_state"]})
    organisation = Organisation.objects.defer("logo").get(pk=person.organisation_id)
    link = portal_url(organisation, f"/account/invitation/{token}/")
    _mail(organisation, person, link, message)
    return link


def obstacle_to(person: ContactPerson) -> PorticoError | None:
    """Why this person cannot be invited now; None when nothing is in the way."""
    if not person.email:
        return InvalidError(f"{person.full_name} has no e-mail address to invite.", field="email")
    if not person.customer.is_active:
        return ConflictError(f"{person.customer.display_name} is inactive, so nobody there can be invited.")
    if person.portal_state == PortalState.ACTIVE:
        return ConflictError(f"{person.full_name} has access already.")
    return None


def refuse_stronger(actor: Actor, person: ContactPerson, *, field: str | None = None) -> None:
    """Raise ForbiddenError when a contact person would let in, or redirect, somebody who may more than they do."""
    if isinstance(actor, ContactActor) and not person.permissions <= actor.permissions:
        raise ForbiddenError(
            f"{person.full_name} may do more here than you. Only the organisation can do this.", field=field
        )


def _refuse_too_many(actor: ContactActor, person: ContactPerson) -> None:
    """Each is an e-mail in the organisation's name to whatever address somebody has typed."""
    since = clock.now() - timedelta(days=1)
    lately = DetailChange.objects.filter(
        customer_id=actor.customer_id, actor_id=actor.person_id, event="invited", at__gt=since
    )
    if lately.count() >= MOST_A_DAY or lately.filter(subject_id=person.pk).count() >= MOST_A_DAY_TO_ONE:
        raise ConflictError(_("You have sent many invitations today. Please try again tomorrow."))


def _mail(organisation: Organisation, person: ContactPerson, link: str, message: str) -> None:
    with reading_as(person, organisation) as language:
        letter = write_invitation(wording_of(organisation), organisation, person, link, message)
    # Each token has an e-mail of its own, so that sending again sends again.
    key = f"invitation:{person.pk}:{person.invitation_token_hash[:16]}"
    send_mail(
        person.organisation_id,
        key,
        person.email,
        letter.subject,
        letter.text,
        language=language,
        event="account",
        person_id=person.pk,
    )


def _move(person: ContactPerson, there: PortalState) -> None:
    PORTAL_MOVES.check(PortalState(person.portal_state), there)
    person.portal_state = there
