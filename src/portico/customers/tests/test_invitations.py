"""Contact persons are invited, accept, and are shut out again."""

from __future__ import annotations

import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.conf import settings
from django.db import connections

from portico.access.memberships import memberships
from portico.access.models import AuditRecord, User
from portico.access.scope import scope
from portico.customers import queries
from portico.customers.actions import (
    accept_invitation,
    add_contact,
    edit_contact,
    invite_contact,
    invite_contacts,
    join_invitation,
    revoke_access,
    set_active,
)
from portico.customers.actions.join import SignInFirstError, read_invitation
from portico.customers.models import ContactPerson, Customer, PortalState
from portico.kit import clock
from portico.kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, PorticoError
from portico.notifications.models import Mail, Notification
from portico.testing.people import PASSWORD, World


def _finn(world: World, customer: Customer | None = None, **more: object) -> ContactPerson:
    return add_contact(
        actor=world.olive,
        customer=customer or world.greenleaf,
        first_name="Finn",
        email=world.email("finn"),
        **more,
    )


def _token(link: str) -> str:
    found = re.fullmatch(re.escape(settings.PUBLIC_URL) + r"/account/invitation/([A-Za-z0-9_-]{43})/", link)
    assert found
    return found[1]


def _state(world: World, person: ContactPerson) -> str:
    return queries.contact_for(world.olive, person.pk).portal_state


def _mails(world: World) -> list[Mail]:
    with scope(world.olive):
        return list(Mail.objects.filter(key__startswith="invitation:").order_by("created_at", "id"))


def test_finn_is_invited_and_accepts(world: World) -> None:
    finn = _finn(world)
    token = _token(invite_contact(actor=world.olive, person=finn))
    [mail] = _mails(world)
    assert mail.to == world.email("finn")
    assert token in mail.text
    assert _state(world, finn) == PortalState.INVITED
    shown = read_invitation(token)
    assert (shown.organisation_name, shown.customer_name) == ("Northwind Traders", "Greenleaf Gardens Ltd")
    assert not shown.has_login
    user = accept_invitation(token, PASSWORD)
    assert _state(world, finn) == PortalState.ACTIVE
    assert user.check_password(PASSWORD)
    [membership] = memberships(user.pk)
    assert membership.customer_name == "Greenleaf Gardens Ltd"
    with scope(world.olive):
        assert Notification.objects.filter(event="invitation_accepted").count() == 1
        assert AuditRecord.objects.get(action="accept_invitation").actor_name == "Finn"


def test_only_the_hash_of_the_token_is_kept_with_the_person(world: World) -> None:
    finn = _finn(world)
    token = _token(invite_contact(actor=world.olive, person=finn))
    stored = queries.contact_for(world.olive, finn.pk)
    assert stored.invitation_token_hash == hashlib.sha256(token.encode()).hexdigest()


def test_a_link_works_once(world: World) -> None:
    token = _token(invite_contact(actor=world.olive, person=_finn(world)))
    accept_invitation(token, PASSWORD)
    with pytest.raises(NotFoundError):
        accept_invitation(token, "another-password-1")
    with pytest.raises(NotFoundError):
        read_invitation(token)


def test_of_two_who_accept_one_link_at_once_one_gets_in(world: World) -> None:
    token = _token(invite_contact(actor=world.olive, person=_finn(world)))
    barrier = Barrier(2)

    def accept(password: str) -> bool:
        try:
            barrier.wait(60)
            accept_invitation(token, password)
        except PorticoError:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(accept, ["first-password-1", "second-password-2"])) == [False, True]


def test_sending_again_ends_the_earlier_link(world: World) -> None:
    finn = _finn(world)
    first = _token(invite_contact(actor=world.olive, person=finn))
    second = _token(invite_contact(actor=world.olive, person=finn))
    assert len(_mails(world)) == 2
    with pytest.raises(NotFoundError):
        read_invitation(first)
    assert read_invitation(second).person_name == "Finn"


def test_a_corrected_address_is_invited_in_place_of_the_wrong_one(world: World) -> None:
    finn = _finn(world)
    wrong = _token(invite_contact(actor=world.olive, person=finn))
    edit_contact(actor=world.olive, person=finn, email=world.email("finnian"))
    assert [mail.to for mail in _mails(world)] == [world.email("finn"), world.email("finnian")]
    with pytest.raises(NotFoundError):
        read_invitation(wrong)


def test_an_invitation_grows_old(world: World) -> None:
    token = _token(invite_contact(actor=world.olive, person=_finn(world)))
    with clock.held_at(clock.now() + timedelta(days=29)):
        read_invitation(token)
    with clock.held_at(clock.now() + timedelta(days=31)), pytest.raises(NotFoundError):
        accept_invitation(token, PASSWORD)


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "\x00", "../../etc"])
def test_a_made_up_link_opens_nothing(world: World, token: str) -> None:
    _finn(world)  # not invited, so without a hash: the empty one must not match
    with pytest.raises(NotFoundError):
        read_invitation(token)
    with pytest.raises(NotFoundError):
        accept_invitation(token, PASSWORD)


@pytest.mark.parametrize("password", ["", "short", "password123", "finnfinn"])
def test_a_weak_password_is_refused_and_the_link_stays(world: World, password: str) -> None:
    token = _token(invite_contact(actor=world.olive, person=_finn(world)))
    with pytest.raises(InvalidError) as refused:
        accept_invitation(token, password)
    assert refused.value.field == "password"
    assert not User.objects.filter(email=world.email("finn")).exists()
    accept_invitation(token, PASSWORD)


def test_maya_is_invited_to_a_second_customer_and_joins_with_the_login_she_has(world: World) -> None:
    there = add_contact(
        actor=world.olive, customer=world.harbourview, first_name="Maya", email=world.email("Maya")
    )
    token = _token(invite_contact(actor=world.olive, person=there))
    assert read_invitation(token).has_login
    with pytest.raises(SignInFirstError):
        accept_invitation(token, "taking-over-maya-1")
    assert User.objects.get(pk=world.maya.user_id).check_password(PASSWORD)
    with pytest.raises(ForbiddenError):
        join_invitation(token, User.objects.get(pk=world.leo.user_id))
    actor = join_invitation(token, User.objects.get(pk=world.maya.user_id))
    assert actor.customer_id == world.harbourview.pk
    assert {each.customer_name for each in memberships(world.maya.user_id)} == {
        "Greenleaf Gardens Ltd",
        "Harbourview Hotel",
    }


def test_who_has_no_address_or_has_access_or_whose_customer_is_inactive_is_not_invited(world: World) -> None:
    silent = add_contact(actor=world.olive, customer=world.greenleaf, first_name="Silent")
    with pytest.raises(InvalidError) as refused:
        invite_contact(actor=world.olive, person=silent)
    assert refused.value.field == "email"
    with pytest.raises(ConflictError):
        invite_contact(actor=world.olive, person=queries.contact_for(world.olive, world.maya.person_id))
    finn = _finn(world)
    set_active(actor=world.olive, customer=world.greenleaf, is_active=False)
    with pytest.raises(ConflictError):
        invite_contact(actor=world.olive, person=finn)


def test_many_are_invited_at_once_or_none(world: World) -> None:
    people = [
        add_contact(actor=world.olive, customer=world.greenleaf, first_name=f"P{n}", email=f"p{n}@g.example")
        for n in range(12)
    ]
    maya = queries.contact_for(world.olive, world.maya.person_id)
    silent = add_contact(actor=world.olive, customer=world.greenleaf, first_name="Silent")
    with pytest.raises(InvalidError, match="Silent"):
        invite_contacts(actor=world.olive, people=[*people, silent])
    assert _mails(world) == []
    assert invite_contacts(actor=world.olive, people=[*people, maya]) == 12
    assert len(_mails(world)) == 12


def test_revoked_finn_is_out_and_can_be_invited_again(world: World) -> None:
    finn = _finn(world)
    user = accept_invitation(_token(invite_contact(actor=world.olive, person=finn)), PASSWORD)
    revoke_access(actor=world.maya, person=finn)
    assert memberships(user.pk) == []
    assert _state(world, finn) == PortalState.REVOKED
    with pytest.raises(ConflictError):
        revoke_access(actor=world.olive, person=finn)
    token = _token(invite_contact(actor=world.olive, person=finn))
    join_invitation(token, user)
    assert len(memberships(user.pk)) == 1


def test_revoking_an_open_invitation_ends_its_link(world: World) -> None:
    finn = _finn(world)
    token = _token(invite_contact(actor=world.olive, person=finn))
    revoke_access(actor=world.olive, person=finn)
    with pytest.raises(NotFoundError):
        accept_invitation(token, PASSWORD)


def test_maya_cannot_shut_herself_out(world: World) -> None:
    with pytest.raises(ConflictError):
        revoke_access(actor=world.maya, person=queries.contact_for(world.olive, world.maya.person_id))
    assert len(memberships(world.maya.user_id)) == 1
