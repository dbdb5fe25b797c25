"""Signing up through the public link on a document that was sent to one's address (S1.6).

Who calls these has seen a code typed that was sent to the link's address: holding the link alone proves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from portico.access.actors import JobActor, LinkActor, Permission
from portico.access.models import User
from portico.access.people import check_password, find_person
from portico.access.scope import scope
from portico.customers.actions.join import SignInFirstError
from portico.customers.actions.sign_up import let_in
from portico.customers.models import ContactPerson, PortalState
from portico.kit.errors import ForbiddenError, NotFoundError
from portico.organisations.models import Preferences


@dataclass(frozen=True, slots=True)
class Offer:
    """An account that the reader of a link may have."""

    email: str
    customer_name: str
    permissions: frozenset[Permission]


def offer_for(actor: LinkActor) -> Offer | None:
    """The account that the address of a link may sign up for, at the link's customer; None where there is none.

    There is one for a contact person of that customer who has no access and from whom none was taken away, where the
    organisation allows signing up (preference 5).
    """
    with scope(JobActor(actor.organisation_id)):
        person = _person(actor)
        if person is None:
            return None
        return Offer(person.email, person.customer.display_name, person.permissions)


def sign_up_by_link(*, actor: LinkActor, password: str) -> User:
    """Make the login of a link's address, and let it in at the link's customer and nowhere else; returns the login.

    Raises:
        NotFoundError: there is nothing to sign up for; see `offer_for`.
        SignInFirstError: there is a login with this address; see `join_by_link`.
        InvalidError: the password is too weak; `field` is “password”.
    """
    with transaction.atomic(), scope(JobActor(actor.organisation_id)):
        person = _held(actor)
        user = User(email=person.email.lower(), name=person.full_name)
        check_password(password, user)
        taken = _("You have a login with this address already. Sign in with it.")
        if find_person(person.email) is not None:
            raise SignInFirstError(taken)
        user.set_password(password)
        try:
            with transaction.atomic():
                user.save(force_insert=True)
        except IntegrityError as error:
            raise SignInFirstError(taken) from error
        let_in(person, user)
    return user


def join_by_link(*, actor: LinkActor, user: User) -> None:
    """Let the login that is signed in in at the link's customer.

    Raises:
        NotFoundError: there is nothing to sign up for; see `offer_for`.
        ForbiddenError: the link was sent to another address.
    """
    with scope(JobActor(actor.organisation_id)):
        person = _held(actor)
        if user.email.lower() != person.email.lower():
            raise ForbiddenError(_("This link was sent to another address. Sign in with that one."))
        let_in(person, user)


def _held(actor: LinkActor) -> ContactPerson:
    person = _person(actor, lock=True)
    if person is None:
        raise NotFoundError(_("There is no account to create here any more."))
    return person


def _person(actor: LinkActor, *, lock: bool = False) -> ContactPerson | None:
    if not Preferences.objects.filter(organisation_id=actor.organisation_id, allow_sign_up=True).exists():
        return None
    people = ContactPerson.objects.select_related("customer").filter(
        customer_id=actor.customer_id,
        customer__is_active=True,
        email__iexact=actor.email,
        removed_at=None,
        portal_state__in=(PortalState.NOT_INVITED, PortalState.INVITED),
    )
    # Who may do nothing, such as somebody a document was forwarded to, comes in by an invitation only.
    something = (
        Q(can_view_orders=True) | Q(can_view_billing=True) | Q(can_pay=True) | Q(can_manage_profile=True)
    )
    people = people.filter(something | Q(portal_state=PortalState.INVITED))
    # Two tabs at once: the second waits, and then finds that there is nothing left to sign up for.
    return (people.select_for_update(no_key=True, of=("self",)) if lock else people).first()
