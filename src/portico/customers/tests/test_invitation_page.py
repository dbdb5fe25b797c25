"""The page of an invitation, in a browser's steps."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.test import Client

from portico.access.models import User
from portico.customers import queries
from portico.customers.actions import add_contact, invite_contact, revoke_access
from portico.customers.models import Customer, PortalState
from portico.testing.people import PASSWORD, World


def _invited(world: World, name: str, customer: Customer | None = None) -> str:
    """The path of the link that somebody of this name is sent."""
    person = add_contact(
        actor=world.olive,
        customer=customer or world.greenleaf,
        first_name=name.capitalize(),
        email=world.email(name),
    )
    return urlsplit(invite_contact(actor=world.olive, person=person)).path


def _client(world: World, who: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=getattr(world, who).user_id))
    return client


def _is_in(client: Client) -> bool:
    return client.get("/account/sessions/").status_code == 200


def test_finn_opens_the_link_chooses_a_password_and_is_in(world: World) -> None:
    path = _invited(world, "finn")
    client = Client()
    page = client.get(path)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    for words in ("Northwind Traders", "Greenleaf Gardens Ltd", world.email("finn"), "Finn"):
        assert words in page.content.decode()
    answer = client.post(path, {"password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert _is_in(client)
    later = Client()
    later.post("/account/login/", {"login": world.email("finn"), "password": PASSWORD})
    assert _is_in(later)


def test_opening_the_link_changes_nothing(world: World) -> None:
    path = _invited(world, "finn")
    client = Client()
    for _ in range(3):
        client.get(path)
        client.head(path)
    [finn] = [each for each in queries.contacts_of(world.olive, world.greenleaf) if each.first_name == "Finn"]
    assert finn.portal_state == PortalState.INVITED
    assert not User.objects.filter(email=world.email("finn")).exists()
    assert not _is_in(client)


@pytest.mark.parametrize("password", ["", "short", "password123", "x" * 501])
def test_a_password_that_cannot_be_is_said_beside_the_field(world: World, password: str) -> None:
    path = _invited(world, "finn")
    answer = Client().post(path, {"password": password})
    assert answer.status_code == 422
    assert 'id="id_password_error"' in answer.content.decode()
    assert not User.objects.filter(email=world.email("finn")).exists()


def test_a_form_of_another_site_accepts_nothing(world: World) -> None:
    path = _invited(world, "finn")
    assert Client(enforce_csrf_checks=True).post(path, {"password": PASSWORD}).status_code == 403


def test_a_used_a_revoked_and_a_made_up_link_look_the_same(world: World) -> None:
    used, revoked = _invited(world, "finn"), _invited(world, "ina")
    Client().post(used, {"password": PASSWORD})
    [ina] = [each for each in queries.contacts_of(world.olive, world.greenleaf) if each.first_name == "Ina"]
    revoke_access(actor=world.olive, person=ina)
    pages = set()
    for path in (used, revoked, f"/account/invitation/{'A' * 43}/"):
        for answer in (Client().get(path), Client().post(path, {"password": PASSWORD})):
            assert answer.status_code == 404
        pages.add(Client().get(path).content)
    assert len(pages) == 1


def test_maya_signs_in_to_accept_and_lands_at_the_new_customer(world: World) -> None:
    path = _invited(world, "maya", world.harbourview)
    client = Client()
    assert "already" in client.get(path).content.decode()
    to_sign_in = client.post(path, {"password": "taking-over-maya-1"})
    assert to_sign_in["Location"] == f"/account/login/?next={path}"
    back = client.post("/account/login/", {"login": world.email("maya"), "password": PASSWORD, "next": path})
    assert back["Location"] == path
    assert world.email("maya") in client.get(path).content.decode()
    assert client.post(path)["Location"] == "/"
    assert client.session["portico_customer"] == str(world.harbourview.pk)


def test_leo_does_not_accept_what_is_meant_for_maya_or_finn(world: World) -> None:
    client = _client(world, "leo")
    for path in (_invited(world, "maya", world.harbourview), _invited(world, "finn")):
        assert "you are signed in as" in client.get(path).content.decode()
        assert client.post(path, {"password": PASSWORD}).status_code == 403
    assert not User.objects.filter(email=world.email("finn")).exists()
