"""A contact person with access gets another address: the login stays its owner's, the access moves."""

from __future__ import annotations

import pytest

from portico.access.memberships import memberships
from portico.access.models import User
from portico.access.scope import scope
from portico.customers import queries
from portico.customers.actions import accept_invitation, edit_contact, set_active
from portico.customers.models import ContactPerson, PortalState
from portico.kit.errors import ConflictError
from portico.notifications.models import Mail
from portico.testing.clients import signed_in
from portico.testing.jobs import run_jobs
from portico.testing.mail import Mailbox, text_of
from portico.testing.people import PASSWORD, World, make_contact

NEW = "maya@new.example"


def _maya(world: World) -> ContactPerson:
    return queries.contact_for(world.olive, world.maya.person_id)


def _mails(world: World) -> dict[str, str]:
    with scope(world.job):
        return dict(Mail.objects.values_list("to", "text"))


def test_staff_change_mayas_address_and_her_login_stays_as_it_is(world: World) -> None:
    browser = signed_in(world.maya)
    assert browser.get("/").status_code == 200
    person = edit_contact(actor=world.olive, person=_maya(world), email=NEW)
    assert (person.portal_state, person.user_id) == (PortalState.INVITED, None)
    assert User.objects.get(pk=world.maya.user_id).email == world.email("maya")
    assert browser.get("/").status_code in (302, 403)
    assert memberships(world.maya.user_id) == []
    mails = _mails(world)
    assert set(mails) == {NEW, world.email("maya")}
    assert "/account/invitation/" in mails[NEW]
    assert "/account/invitation/" not in mails[world.email("maya")]
    assert NEW not in mails[world.email("maya")]
    assert "any more" in mails[world.email("maya")]


def test_who_reads_the_new_address_comes_in_with_a_login_of_their_own(world: World, mailbox: Mailbox) -> None:
    edit_contact(actor=world.olive, person=_maya(world), email=NEW)
    run_jobs()
    token = text_of(mailbox.wait_for(NEW)).split("/account/invitation/")[1].split("/")[0]
    user = accept_invitation(token, PASSWORD)
    assert (user.email, user.pk != world.maya.user_id) == (NEW, True)
    assert _maya(world).user_id == user.pk


def test_what_her_login_leads_to_elsewhere_stays_open(world: World) -> None:
    with scope(world.job):
        user = User.objects.get(pk=world.maya.user_id)
        make_contact(world.harbourview, "Maya", (), tag=world.tag, company="greenleaf", user=user)
    browser = signed_in(world.maya)
    edit_contact(actor=world.olive, person=_maya(world), email=NEW)
    page = browser.get("/", follow=True)
    assert page.status_code == 200
    assert "Greenleaf" not in page.content.decode()


def test_writing_the_same_address_in_capitals_moves_nothing(world: World) -> None:
    person = edit_contact(actor=world.olive, person=_maya(world), email=world.email("maya").upper())
    assert (person.portal_state, person.user_id) == (PortalState.ACTIVE, world.maya.user_id)
    assert _mails(world) == {}


def test_maya_does_not_shut_herself_out(world: World) -> None:
    with pytest.raises(ConflictError) as refused:
        edit_contact(actor=world.maya, person=_maya(world), email=NEW)
    assert refused.value.field == "email"
    assert _maya(world).email == world.email("maya")
    assert _maya(world).portal_state == PortalState.ACTIVE


def test_at_a_customer_that_is_closed_nobody_is_invited(world: World) -> None:
    set_active(actor=world.olive, customer=world.greenleaf, is_active=False)
    person = edit_contact(actor=world.olive, person=_maya(world), email=NEW)
    assert (person.portal_state, person.user_id) == (PortalState.REVOKED, None)
    assert "invitation" not in _mails(world)[world.email("maya")]
