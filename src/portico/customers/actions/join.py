"""Accepting an invitation: with a new password, or with the login one has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, connection, transaction

from portico.access import audit
from portico.access.actors import Actor, ContactActor, JobActor
from portico.access.models import User
from portico.access.people import check_password, find_person
from portico.access.scope import scope
from portico.customers.actions.invite import hash_of
from portico.customers.history import note_change
from portico.customers.letters import DAYS
from portico.customers.models import PORTAL_MOVES, ContactPerson, PortalState
from portico.kit import clock
from portico.kit.errors import ConflictError, ForbiddenError, NotFoundError
from portico.notifications.actions import tell_staff
from portico.organisations.models import Organisation


class SignInFirstError(ConflictError):
    """There is a login with the invited address: whoever accepts must be signed in with it."""

    code = "sign_in_first"


@dataclass(frozen=True, slots=True)
class Invitation:
    """What the page of an invitation shows."""

    organisation_name: str
    customer_name: str
    person_name: str
    email: str
    has_login: bool


def read_invitation(token: str) -> Invitation:
    """Look at an invitation, changing nothing.

    Raises:
        NotFoundError: there is no such open invitation, or it is too old.
    """
    with _opened(token, lock=False) as (_, person):
        organisation = Organisation.objects.get(pk=person.organisation_id)
        return Invitation(
            organisation.name,
            person.customer.display_name,
            person.full_name,
            person.email,
            find_person(person.email) is not None,
        )


def accept_invitation(token: str, password: str) -> User:
    """Make the login of an invited person, with this password, and let them in. Returns the login.

    Raises:
        NotFoundError: there is no such open invitation, or it is too old.
        SignInFirstError: a login with this address exists; see `join_invitation`.
        InvalidError: the password is too weak; `field` is “password”.
    """
    with _opened(token, lock=True) as (_, person):
        if find_person(person.email) is not None:
            raise SignInFirstError("You have a login with this address already. Sign in to accept.")
        user = User(email=person.email.lower(), name=person.full_name)
        check_password(password, user)
        user.set_password(password)
        try:
            with transaction.atomic():
                user.save(force_insert=True)
        except IntegrityError as error:  # made by somebody else meanwhile
            raise SignInFirstError(
                "You have a login with this address already. Sign in to accept."
            ) from error
        _let_in(person, user)
    return user


def join_invitation(token: str, user: User) -> ContactActor:
    """Accept an invitation as the human who is signed in. Returns who they are at the customer.

    Raises:
        NotFoundError: there is no such open invitation, or it is too old.
        ForbiddenError: the invitation is for another address than the login's.
    """
    with _opened(token, lock=True) as (_, person):
        if user.email.lower() != person.email.lower():
            raise ForbiddenError(
                f"This invitation is for {person.email}. Sign in with that address to accept it."
            )
        return _let_in(person, user)


def _let_in(person: ContactPerson, user: User) -> ContactActor:
    PORTAL_MOVES.check(PortalState(person.portal_state), PortalState.ACTIVE)
    person.portal_state = PortalState.ACTIVE
    person.user = user
    person.invitation_token_hash = ""  # a link works once
    person.accepted_at = clock.now()
    person.save(update_fields=["portal_state", "user", "invitation_token_hash", "accepted_at"])
    actor = ContactActor(
        person.organisation_id, person.customer_id, person.pk, user.pk, person.full_name, person.permissions
    )
    audit.record(
        actor,
        "accept_invitation",
        person,
        f"{person.full_name} accepted the invitation",
        {"portal_state": [PortalState.INVITED, PortalState.ACTIVE]},
    )
    note_change(actor, person, "joined")
    title = f"{person.full_name} of {person.customer.display_name} has joined the portal"
    tell_staff(actor, "invitation_accepted", title, customer=person.customer_id)
    return actor


@contextmanager
def _opened(token: str, *, lock: bool) -> Iterator[tuple[Actor, ContactPerson]]:
    """The invited person, in a scope of its organisation, if the token opens the door."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT person_id, organisation_id FROM door_invitation(%s)", [hash_of(token)])
        row = cursor.fetchone()
    if row is None:
        raise NotFoundError("This invitation is not open any more. Ask for a new one.")
    actor = JobActor(row[1])
    with scope(actor):
        found = ContactPerson.objects.select_related("customer").filter(
            pk=row[0], invitation_token_hash=hash_of(token), portal_state=PortalState.INVITED
        )
        # Two tabs that accept at once: the second waits, and then finds the token used.
        person = (found.select_for_update(no_key=True, of=("self",)) if lock else found).first()
        if person is None or not person.customer.is_active or _too_old(person):
            raise NotFoundError("This invitation is not open any more. Ask for a new one.")
        yield actor, person


def _too_old(person: ContactPerson) -> bool:
    return person.invited_at is None or clock.now() - person.invited_at > timedelta(days=DAYS)
