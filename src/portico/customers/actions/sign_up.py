"""Signing up by oneself (S1.6): an address is typed, proved by a link, and lets in whom it belongs to.

Whether an address belongs to somebody is never answered to who types it: the request only writes it down, the same
for every address, and a job looks and writes an e-mail.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NamedTuple
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import ContactActor, JobActor
from portico.access.hosts import base_url
from portico.access.models import User
from portico.access.people import check_password, find_person
from portico.access.scope import scope
from portico.customers.actions.invite import hash_of
from portico.customers.actions.join import SignInFirstError
from portico.customers.history import note_change
from portico.customers.models import PORTAL_MOVES, ContactPerson, PortalState, SignUp
from portico.kit import clock
from portico.kit.errors import ForbiddenError, NotFoundError
from portico.notifications.actions import send_mail, tell_staff
from portico.notifications.customers import portal_url, reading_as
from portico.notifications.queue import defer
from portico.organisations import checks
from portico.organisations.models import Organisation

SIGN_UP: Final = "customers.sign_up"
"""The name of the task in jobs.py."""
HOURS: Final = 24
"""How long the link works."""
_GONE: Final = "This link does not work any more. Sign up again to get a new one."


class Candidate(NamedTuple):
    """A contact person whom an address belongs to, where signing up is allowed."""

    person_id: UUID
    organisation_id: UUID
    portal_state: str


@dataclass(frozen=True, slots=True)
class SignUpShown:
    """What the page behind the link shows."""

    email: str
    has_login: bool
    customers: tuple[str, ...]


def sign_up_is_open(organisation_id: UUID | None) -> bool:
    """Whether contact persons may sign up (preference 5) at this organisation; with None, at any."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT door_sign_up_open(%s)", [organisation_id])
        return bool(cursor.fetchone()[0])


def ask_to_sign_up(email: str) -> None:
    """Write an address down and let a job answer it; the same work for every address.

    Raises:
        InvalidError: it is no address; `field` is “email”.
    """
    address = checks.email(email.strip(), "email")
    with transaction.atomic():
        row = SignUp.objects.create(email=address)
        defer(SIGN_UP, {"sign_up_id": row.pk})


def answer_sign_up(sign_up_id: UUID) -> None:
    """E-mail the link to an address that belongs to somebody; nothing is sent to any other."""
    row = SignUp.objects.filter(pk=sign_up_id, token_hash="").first()
    found = _candidates(row.email) if row else []
    if row is None or not found:
        return
    first = found[0]
    token = secrets.token_urlsafe(32)
    with scope(JobActor(first.organisation_id)):
        person = ContactPerson.objects.select_related("customer", "user").get(pk=first.person_id)
        organisation = Organisation.objects.defer("logo").get(pk=first.organisation_id)
        row.token_hash = hash_of(token)
        row.save(update_fields=["token_hash"])
        with reading_as(person, organisation) as language:
            subject, text = _letter(organisation, person, token, found)
        send_mail(
            organisation.pk, f"sign-up:{row.pk}", row.email, subject, text,
            language=language, event="account", person_id=person.pk,
        )  # fmt: skip


def _letter(
    organisation: Organisation, person: ContactPerson, token: str, found: list[Candidate]
) -> tuple[str, str]:
    greeting = _("Dear %(name)s,") % {"name": person.full_name}
    if all(each.portal_state == PortalState.ACTIVE for each in found):
        return _("You have a login already"), "\n\n".join(
            [
                greeting,
                _("Somebody, perhaps you, asked to sign up with this address. It has a login already."),
                f"{_('Sign in')}: {portal_url(organisation, '/account/login/')}",
                _("If you do not know the password, you can sign in with a code sent to this address."),
            ]
        )
    return _("Finish signing up to the customer portal of %(organisation)s") % {
        "organisation": organisation.name
    }, "\n\n".join(
        [
            greeting,
            _("This address was used to sign up to the customer portal of %(organisation)s.")
            % {"organisation": organisation.name},
            # Not at an own domain: it lets in at other organisations too, and whoever has the domain could read it.
            f"{_('Choose a password')}: {base_url(organisation.portal_name)}/account/signup/{token}/",
            _("The link works once, for %(hours)s hours. If it was not you, you need not do anything.")
            % {"hours": HOURS},
        ]
    )


def read_sign_up(token: str) -> SignUpShown:
    """Look at what a link leads to, changing nothing.

    Raises:
        NotFoundError: there is no such link, it was used, or it is too old.
    """
    row = _row(token)
    names = []
    for each in _open(row.email):
        with scope(JobActor(each.organisation_id)):
            person = ContactPerson.objects.select_related("customer").get(pk=each.person_id)
            names.append(person.customer.display_name)
    if not names:
        raise NotFoundError(_GONE)
    return SignUpShown(row.email, find_person(row.email) is not None, tuple(sorted(names)))


def finish_sign_up(token: str, password: str) -> User:
    """Make the login of a proved address and let it in wherever it may be; returns the login.

    Raises:
        NotFoundError: there is no such link, it was used, or it is too old.
        SignInFirstError: there is a login with this address; see `join_by_sign_up`.
        InvalidError: the password is too weak; `field` is “password”.
    """
    with _used(token) as row:
        user = User(email=row.email, name=row.email)
        check_password(password, user)
        if find_person(row.email) is not None:
            raise SignInFirstError("You have a login with this address already. Sign in with it.")
        user.set_password(password)
        try:
            with transaction.atomic():
                user.save(force_insert=True)
        except IntegrityError as error:
            raise SignInFirstError("You have a login with this address already. Sign in with it.") from error
        _let_in_everywhere(user, name_from_person=True)
    return user


def join_by_sign_up(token: str, user: User) -> None:
    """Let the login that is signed in in wherever its proved address belongs.

    Raises:
        NotFoundError: there is no such link, it was used, or it is too old.
        ForbiddenError: the link is for another address.
    """
    with _used(token) as row:
        if user.email.lower() != row.email.lower():
            raise ForbiddenError(f"This link is for {row.email}. Sign in with that address.")
        _let_in_everywhere(user)


def forget_old() -> int:
    """Delete what was typed more than a day ago; returns how many."""
    return SignUp.objects.filter(asked_at__lt=clock.now() - timedelta(hours=HOURS)).delete()[0]


def _candidates(email: str) -> list[Candidate]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT person_id, organisation_id, portal_state FROM door_sign_up(%s)", [email])
        return [Candidate(*row) for row in cursor.fetchall()]


def _open(email: str) -> list[Candidate]:
    return [each for each in _candidates(email) if each.portal_state != PortalState.ACTIVE]


def _row(token: str, *, lock: bool = False) -> SignUp:
    rows = SignUp.objects.select_for_update() if lock else SignUp.objects.all()
    row = rows.filter(token_hash=hash_of(token)).first()
    if row is None or clock.now() - row.asked_at > timedelta(hours=HOURS):
        raise NotFoundError(_GONE)
    return row


@contextmanager
def _used(token: str) -> Iterator[SignUp]:
    """The row of a link, which is used up when all went well: of two who follow it at once, one gets in."""
    with transaction.atomic():
        row = _row(token, lock=True)
        yield row
        row.delete()


def _let_in_everywhere(user: User, *, name_from_person: bool = False) -> None:
    for each in _open(user.email):
        actor = JobActor(each.organisation_id)
        with scope(actor):
            person = (
                ContactPerson.objects.select_for_update(no_key=True, of=("self",))
                .select_related("customer")
                .get(pk=each.person_id)
            )
            if name_from_person:
                User.objects.filter(pk=user.pk, name=user.email).update(name=person.full_name)
            let_in(person, user)


def let_in(person: ContactPerson, user: User) -> None:
    """Give a person access with this login; within a scope of a job's, with the person held and the address proved."""
    was = PortalState(person.portal_state)
    PORTAL_MOVES.check_change(was, PortalState.ACTIVE)
    person.portal_state = PortalState.ACTIVE
    person.user = user
    person.invitation_token_hash = ""
    person.accepted_at = clock.now()
    person.save(update_fields=["portal_state", "user", "invitation_token_hash", "accepted_at"])
    actor = ContactActor(
        person.organisation_id, person.customer_id, person.pk, user.pk, person.full_name, person.permissions
    )
    changes = {"portal_state": [was, PortalState.ACTIVE]}
    audit.record(actor, "sign_up", person, f"{person.full_name} signed up", changes)
    note_change(actor, person, "signed_up")
    title = f"{person.full_name} of {person.customer.display_name} has signed up to the portal"
    tell_staff(actor, "signed_up", title, customer=person.customer_id)
