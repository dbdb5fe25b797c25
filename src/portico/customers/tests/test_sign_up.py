"""Contact persons sign up by themselves, and nobody learns whose address is known (S1.6, preference 5)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from django.test import Client

from portico.access.memberships import memberships
from portico.access.models import User
from portico.access.scope import scope
from portico.customers import queries
from portico.customers.actions import add_contact, invite_contact, revoke_access
from portico.customers.actions.sign_up import answer_sign_up
from portico.customers.models import ContactPerson, PortalState, SignUp
from portico.notifications.models import Notification
from portico.organisations.actions.edit import check_domain, edit_organisation, edit_preferences
from portico.testing.clients import signed_in
from portico.testing.counting import statements
from portico.testing.jobs import run_jobs
from portico.testing.mail import Mailbox, links_in
from portico.testing.people import PASSWORD, World, make_world


def _finn(world: World) -> ContactPerson:
    return add_contact(
        actor=world.olive, customer=world.greenleaf, first_name="Finn", email=world.email("finn")
    )


def _ask(world: World, email: str) -> Client:
    client = Client()
    assert client.post("/account/signup/", {"email": email}).status_code == 200
    run_jobs()
    return client


def _link(mailbox: Mailbox, email: str) -> str:
    [link] = [each for each in links_in(mailbox.to(email)[-1]) if "/signup/" in each]
    return urlsplit(link).path


def test_finn_signs_up_with_a_link_and_is_in(world: World, mailbox: Mailbox) -> None:
    finn = _finn(world)
    client = _ask(world, world.email("finn").upper())
    path = _link(mailbox, world.email("finn"))
    for _ in range(2):  # a scanner looks first
        assert Client().get(path).status_code == 200
        assert Client().head(path).status_code == 200
    assert "Greenleaf Gardens Ltd" in client.get(path).content.decode()
    assert queries.contact_for(world.olive, finn.pk).portal_state == PortalState.NOT_INVITED
    assert client.post(path, {"password": "short"}).status_code == 422
    assert client.post(path, {"password": PASSWORD})["Location"] == "/"
    assert client.get("/").status_code == 200
    assert queries.contact_for(world.olive, finn.pk).portal_state == PortalState.ACTIVE
    assert Client().get(path).status_code == 404
    assert User.objects.get(email=world.email("finn")).name == "Finn"
    with scope(world.olive):
        assert Notification.objects.filter(event="signed_up").count() == 1


def test_known_and_unknown_addresses_are_answered_the_same(world: World, mailbox: Mailbox) -> None:
    _finn(world)
    Client().get("/account/signup/")  # what a process asks once, such as whose address this is
    told = []
    for email in (world.email("finn"), world.email("mira"), world.email("maya")):
        with statements() as said:
            answer = Client().post("/account/signup/", {"email": email})
        text = re.sub(r'value="[^"]{64}"', "", answer.content.decode()).replace(email, "")
        told.append((answer.status_code, text, len(said)))
    assert told[0] == told[1] == told[2]
    run_jobs()
    assert not mailbox.to(world.email("mira"))
    assert "has a login already" in str(mailbox.to(world.email("maya"))[-1].get_body(("plain",)))


def test_all_customers_that_allow_it_open_with_one_proof(world: World, mailbox: Mailbox) -> None:
    other, shut = make_world(), make_world()
    edit_preferences(actor=shut.olive, allow_sign_up=False)
    email = world.email("finn")
    people = [
        add_contact(actor=each.olive, customer=customer, first_name="Finn", email=email)
        for each, customer in (
            (world, world.greenleaf),
            (world, world.harbourview),
            (other, other.greenleaf),
            (shut, shut.greenleaf),
        )
    ]
    invite_contact(actor=world.olive, person=people[1])
    client = _ask(world, email)
    client.post(_link(mailbox, email), {"password": PASSWORD})
    found = memberships(User.objects.get(email=email).pk)
    assert {each.actor.organisation_id for each in found} == {world.organisation.pk, other.organisation.pk}
    assert len(found) == 3
    assert queries.contact_for(shut.olive, people[3].pk).portal_state == PortalState.NOT_INVITED


def test_who_was_revoked_stays_out(world: World, mailbox: Mailbox) -> None:
    finn = _finn(world)
    invite_contact(actor=world.olive, person=finn)
    revoke_access(actor=world.olive, person=finn)
    _ask(world, world.email("finn"))
    assert not [each for each in mailbox.to(world.email("finn")) if "signup" in str(each)]


def test_who_is_revoked_meanwhile_finds_the_link_dead(world: World, mailbox: Mailbox) -> None:
    finn = _finn(world)
    invite_contact(actor=world.olive, person=finn)
    client = _ask(world, world.email("finn"))
    path = _link(mailbox, world.email("finn"))
    revoke_access(actor=world.olive, person=finn)
    assert client.post(path, {"password": PASSWORD}).status_code == 404
    assert not User.objects.filter(email=world.email("finn")).exists()


@pytest.mark.parametrize("may", [True, False])
def test_preference_5_decides_whether_somebody_can_sign_up(world: World, mailbox: Mailbox, may: bool) -> None:
    edit_preferences(actor=world.olive, allow_sign_up=may)
    _finn(world)
    SignUp.objects.create(email=world.email("finn"))
    answer_sign_up(SignUp.objects.latest("asked_at").pk)
    run_jobs()
    assert bool(mailbox.to(world.email("finn"))) == may


def test_maya_is_let_in_at_harbourview_with_the_login_she_has(world: World, mailbox: Mailbox) -> None:
    add_contact(actor=world.olive, customer=world.harbourview, first_name="Maya", email=world.email("maya"))
    _ask(world, world.email("maya"))
    path = _link(mailbox, world.email("maya"))
    assert Client().post(path, {"password": PASSWORD})["Location"].startswith("/account/login/")
    assert signed_in(world.leo).post(path).status_code == 403
    assert signed_in(world.maya).post(path).status_code == 302
    assert len(memberships(world.maya.user_id)) == 2


def test_asking_is_limited(world: World) -> None:
    client = Client()
    answers = [client.post("/account/signup/", {"email": world.email("finn")}).status_code for _ in range(5)]
    assert answers[0] == 200
    assert answers[-1] == 429


def test_the_link_into_several_organisations_never_leads_to_the_domain_of_one(
    world: World, mailbox: Mailbox
) -> None:
    theirs = make_world()
    first = world if world.organisation.pk < theirs.organisation.pk else theirs
    domain = f"pay-{first.tag}.example"
    edit_organisation(actor=first.olive, own_domain=domain)
    check_domain(actor=first.olive, look_up=lambda _host: frozenset({"127.0.0.1"}))
    email = world.email("finn")
    for each in (world, theirs):
        add_contact(actor=each.olive, customer=each.greenleaf, first_name="Finn", email=email)
    _ask(world, email)
    [link] = [each for each in links_in(mailbox.to(email)[-1]) if "/signup/" in each]
    assert domain not in link


def test_who_may_do_nothing_needs_an_invitation(world: World, mailbox: Mailbox) -> None:
    nothing = dict.fromkeys(("can_view_orders", "can_view_billing", "can_pay", "can_manage_profile"), False)
    finn = add_contact(
        actor=world.olive,
        customer=world.greenleaf,
        first_name="Finn",
        email=world.email("finn"),
        **nothing,
    )
    _ask(world, world.email("finn"))
    assert not mailbox.to(world.email("finn"))
    invite_contact(actor=world.olive, person=finn)
    _ask(world, world.email("finn"))
    assert _link(mailbox, world.email("finn"))
