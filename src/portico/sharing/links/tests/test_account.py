"""Hana, who was sent an invoice by link, creates her account from it (S1.6)."""

from __future__ import annotations

import pytest
from django.test import Client

from portico.access.actors import Permission
from portico.access.memberships import memberships
from portico.access.models import AuditRecord, User
from portico.access.people import find_person
from portico.access.scope import scope
from portico.customers.models import ContactPerson, Customer, PortalState
from portico.invoices.models import Invoice
from portico.organisations.actions.edit import edit_preferences
from portico.sharing.links.tests.making import Link, code_in, confirmed, share, without_confirming
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.mail import Mailbox
from portico.testing.people import PASSWORD, World, make_contact, make_user

OFFER = "Create your account"


def _contact(world: World, customer: Customer, state: PortalState = PortalState.NOT_INVITED) -> ContactPerson:
    with scope(world.job):
        made = make_contact(
            customer, "Hana", {Permission.VIEW_BILLING}, tag=world.tag, company=customer.display_name
        )
        person = ContactPerson.objects.get(pk=made.person_id)
        person.email, person.user, person.portal_state = world.email("hana"), None, state
        person.save()
        User.objects.filter(pk=made.user_id).delete()
    return person


@pytest.fixture
def hana(world: World) -> ContactPerson:
    return _contact(world, world.greenleaf)


@pytest.fixture
def invoice(world: World) -> Invoice:
    return Books(world.olive, world.greenleaf).invoice("100.00")


@pytest.fixture
def link(world: World, invoice: Invoice, hana: ContactPerson) -> Link:
    return share(world.olive, invoice, world.email("hana"))


def _known(world: World, link: Link, mailbox: Mailbox, count: int = 1) -> Client:
    client = Client()
    client.post(link.at("code"), {"for": "account"})
    code = code_in(mailbox, world.email("hana"), count)
    answer = client.post(link.at("confirm"), {"code": code, "for": "account"})
    assert answer["Location"] == link.at("account/")
    return client


def _now(world: World, person: ContactPerson) -> ContactPerson:
    with scope(world.job):
        return ContactPerson.objects.get(pk=person.pk)


def test_hana_confirms_her_address_chooses_a_password_and_is_in(
    world: World, link: Link, hana: ContactPerson, invoice: Invoice, mailbox: Mailbox
) -> None:
    elsewhere = _contact(world, world.harbourview)
    browser = _known(world, link, mailbox)
    assert OFFER in browser.get(link.path).content.decode()
    assert browser.post(link.at("account/"), {"password": "short"}).status_code == 422
    assert find_person(world.email("hana")) is None
    done = browser.post(link.at("account/"), {"password": PASSWORD})
    assert (done.status_code, done["Location"]) == (302, f"/invoices/{invoice.pk}/")
    assert browser.get(done["Location"]).status_code == 200
    person = _now(world, hana)
    assert person.portal_state == PortalState.ACTIVE
    assert person.user is not None
    assert [each.actor.customer_id for each in memberships(person.user.pk)] == [world.greenleaf.pk]  # type: ignore[union-attr]
    assert _now(world, elsewhere).portal_state == PortalState.NOT_INVITED
    with scope(world.job):
        assert AuditRecord.objects.filter(action="sign_up").count() == 1
    assert OFFER not in browser.get(link.path).content.decode(), "she has one now"
    assert browser.get(link.at("account/"))["Location"] == link.path


def test_where_signing_up_is_off_nothing_is_offered_or_taken(
    world: World, link: Link, hana: ContactPerson, mailbox: Mailbox
) -> None:
    browser = _known(world, link, mailbox)
    edit_preferences(actor=world.olive, allow_sign_up=False)
    assert OFFER not in browser.get(link.path).content.decode()
    assert browser.post(link.at("account/"), {"password": PASSWORD})["Location"] == link.path
    assert find_person(world.email("hana")) is None
    assert _now(world, hana).portal_state == PortalState.NOT_INVITED


def test_where_links_ask_for_no_code_an_account_still_does(
    world: World, link: Link, mailbox: Mailbox
) -> None:
    without_confirming(world)
    stranger = Client()
    assert OFFER in stranger.get(link.path).content.decode()
    page = stranger.post(link.at("account/"), {"password": PASSWORD})
    assert "we send a code to" in page.content.decode()
    assert world.email("hana") not in page.content.decode()
    assert find_person(world.email("hana")) is None
    assert _known(world, link, mailbox).post(link.at("account/"), {"password": PASSWORD}).status_code == 302
    assert find_person(world.email("hana")) is not None


def test_whose_access_was_taken_away_is_offered_none(
    world: World, invoice: Invoice, mailbox: Mailbox
) -> None:
    _contact(world, world.greenleaf, PortalState.REVOKED)
    link = share(world.olive, invoice, world.email("hana"))
    client = Client()
    client.post(link.at("code"))
    client.post(link.at("confirm"), {"code": code_in(mailbox, world.email("hana"))})
    assert OFFER not in client.get(link.path).content.decode()
    assert client.post(link.at("account/"), {"password": PASSWORD})["Location"] == link.path


def test_who_is_no_contact_person_is_offered_none(world: World, invoice: Invoice, mailbox: Mailbox) -> None:
    link = share(world.olive, invoice)
    assert OFFER not in confirmed(Client(), link, mailbox).get(link.path).content.decode()


def test_who_has_a_login_elsewhere_signs_in_to_join(
    world: World, link: Link, hana: ContactPerson, mailbox: Mailbox
) -> None:
    user = make_user(world.email("hana"), "Hana")
    browser = _known(world, link, mailbox)
    away = browser.post(link.at("account/"), {"password": "another long password"})
    assert away["Location"] == f"/account/login/?next={link.at('account/')}"
    assert user.check_password(PASSWORD)
    back = browser.post(away["Location"], {"login": world.email("hana"), "password": PASSWORD})
    assert back["Location"] == link.at("account/")
    assert browser.post(link.at("account/")).status_code == 302
    assert _now(world, hana).user_id == user.pk
    assert browser.get("/").status_code == 200


def test_another_who_is_signed_in_cannot_take_hanas_place(
    world: World, link: Link, hana: ContactPerson, mailbox: Mailbox
) -> None:
    leo = signed_in(world.leo)
    leo.post(link.at("code"), {"for": "account"})
    leo.post(link.at("confirm"), {"code": code_in(mailbox, world.email("hana")), "for": "account"})
    assert leo.post(link.at("account/")).status_code == 403
    assert _now(world, hana).portal_state == PortalState.NOT_INVITED
