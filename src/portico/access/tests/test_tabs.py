"""Two tabs, two customers: nothing is done for one that was typed on the page of the other (S1.4)."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from portico.access.actors import ContactActor, Permission
from portico.access.models import User
from portico.access.scope import scope
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.people import World, make_contact, make_customer

FIELD = "portico_account"
HEADER = "X-Portico-Account"


@pytest.fixture
def maya_at_harbourview(world: World) -> ContactActor:
    """Maya again, at a second customer."""
    with scope(world.job):
        user = User.objects.get(pk=world.maya.user_id)
        return make_contact(
            world.harbourview, "Maya", frozenset(Permission), tag=world.tag, company="greenleaf", user=user
        )


def _switch(client: Client, customer_id: object) -> None:
    assert client.post("/account/switch/", {"account": str(customer_id)}).status_code == 302


def test_each_form_says_whose_page_it_is(world: World) -> None:
    text = signed_in(world.maya).get("/").content.decode()
    forms = text.count('name="csrfmiddlewaretoken"')
    assert forms > 1
    assert text.count(f'name="{FIELD}" value="{world.greenleaf.pk}"') == forms


def test_a_form_opened_for_greenleaf_is_refused_after_switching_to_harbourview(
    world: World, maya_at_harbourview: ContactActor
) -> None:
    invoice = Books(world.olive, world.greenleaf).invoice("10")
    client = signed_in(world.maya)
    form = {"invoice": str(invoice.pk), "submission_key": str(invoice.pk), FIELD: str(world.greenleaf.pk)}
    assert client.post("/pay/", form).status_code == 422  # whose page it is fits; the card is missing
    _switch(client, world.harbourview.pk)
    answer = client.post("/pay/", form)
    assert answer.status_code == 409
    assert "opened for another account" in answer.content.decode()
    _switch(client, world.greenleaf.pk)
    assert client.post("/pay/", form).status_code == 422


def test_htmx_loads_the_page_anew_when_the_customer_has_changed(
    world: World, maya_at_harbourview: ContactActor
) -> None:
    client = signed_in(world.maya)
    page = client.get("/invoices/").content.decode()
    [said] = re.findall(r"<body hx-headers='\{\"X-Portico-Account\":\"([0-9a-f-]+)\"\}'>", page)
    part = {"HX-Request": "true", "HX-Target": "list", HEADER: said}
    assert client.get("/invoices/", headers=part).status_code == 200
    _switch(client, world.harbourview.pk)
    answer = client.get("/invoices/", headers=part)
    assert (answer.status_code, answer.content, answer["HX-Refresh"]) == (204, b"", "true")
    assert client.post("/pay/", headers=part).status_code == 409


def test_switching_itself_works_from_a_page_that_is_behind(
    world: World, maya_at_harbourview: ContactActor
) -> None:
    client = signed_in(world.maya)
    _switch(client, world.harbourview.pk)
    behind = {"account": str(world.greenleaf.pk), FIELD: str(world.greenleaf.pk)}
    assert client.post("/account/switch/", behind).status_code == 302
    assert "Greenleaf Gardens Ltd" in client.get("/").content.decode()


def test_the_customer_switched_to_last_is_shown_at_the_next_sign_in(
    world: World, maya_at_harbourview: ContactActor
) -> None:
    first = signed_in(world.maya)
    for customer in (world.harbourview, world.greenleaf, world.harbourview):
        _switch(first, customer.pk)
        later = Client()
        later.force_login(User.objects.get(pk=world.maya.user_id))
        assert f'"{HEADER}":"{customer.pk}"' in later.get("/").content.decode()


def test_a_last_customer_that_was_taken_away_is_no_choice(
    world: World, maya_at_harbourview: ContactActor
) -> None:
    _switch(signed_in(world.maya), world.harbourview.pk)
    User.objects.filter(pk=world.maya.user_id).update(last_customer=world.olive.organisation_id)
    later = Client()
    later.force_login(User.objects.get(pk=world.maya.user_id))
    assert f'"{HEADER}":"{world.greenleaf.pk}"' in later.get("/").content.decode()


@pytest.mark.parametrize(("customers", "searched"), [(8, False), (9, True)])
def test_many_accounts_can_be_searched(world: World, customers: int, searched: bool) -> None:
    with scope(world.job):
        user = User.objects.get(pk=world.maya.user_id)
        for number in range(1, customers):
            customer = make_customer(world.organisation, f"Garden {number}")
            make_contact(customer, "Maya", (), tag=world.tag, company="greenleaf", user=user)
    text = signed_in(world.maya).get("/").content.decode()
    assert ("data-find" in text) == searched
    assert text.count('name="account"') == customers
