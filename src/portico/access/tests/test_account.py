"""Switching customers, light and dark, and what the middleware answers to whom."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import ResolverMatch

from portico.access.actors import ContactActor, Permission, Role, StaffActor
from portico.access.middleware import ActorMiddleware, PortalRequest, open_to_all, own_scope, signed_in
from portico.access.models import User
from portico.access.scope import is_open, scope
from portico.customers.models import Customer
from portico.kit.errors import NotFoundError
from portico.organisations.actions import add_staff
from portico.testing.people import World, make_contact, make_world


def _client(world: World, who: str = "maya") -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=getattr(world, who).user_id))
    return client


def _ask(client: Client, view: Any, path: str = "/", **headers: str) -> Any:
    """What the middleware makes of a request for this view by whoever is signed in there."""
    request = RequestFactory().get(path, headers=headers)
    request.session = client.session
    user_id = client.session.get("_auth_user_id")
    request.user = User.objects.get(pk=user_id) if user_id else AnonymousUser()
    request.resolver_match = ResolverMatch(view, (), {})
    return ActorMiddleware(lambda _: HttpResponse()).process_view(request, view, (), {})


def _who(request: PortalRequest) -> object:
    return request.actor


def _mayas_second_customer(world: World) -> ContactActor:
    with scope(world.job):
        return make_contact(
            world.harbourview,
            "Maya",
            frozenset(Permission),
            tag=world.tag,
            company="greenleaf",
            user=User.objects.get(pk=world.maya.user_id),
        )


def test_a_view_runs_as_who_is_signed_in_and_sees_their_rows(world: World) -> None:
    def view(_request: PortalRequest) -> list[str]:
        return [customer.display_name for customer in Customer.objects.all()]

    assert _ask(_client(world), view) == ["Greenleaf Gardens Ltd"]
    assert len(_ask(_client(world, "olive"), view, "/office/")) == 2


def test_a_view_is_closed_unless_it_says_otherwise(world: World) -> None:
    def view(_request: object) -> Any:
        return "open"

    answer = _ask(Client(), view, "/invoices/?page=2")
    assert answer["Location"] == "/account/login/?next=/invoices/%3Fpage%3D2"
    # A path alone opens nothing.
    assert _ask(Client(), view, "/account/login/").status_code == 302
    assert _ask(Client(), open_to_all(view)) is None, "Django goes on and runs it"


def test_a_program_and_a_fragment_are_told_in_their_own_way_to_sign_in(world: World) -> None:
    def view(_request: object) -> Any: ...

    program = _ask(Client(), view, accept="application/json")
    assert program.status_code == 401
    fragment = _ask(
        Client(), view, "/invoices/rows/", hx_request="true", hx_current_url="http://testserver/invoices/?q=a"
    )
    assert fragment["HX-Redirect"] == "/account/login/?next=/invoices/%3Fq%3Da"


def test_a_view_with_its_own_scope_gets_none(world: World) -> None:
    seen = []

    def view(request: PortalRequest) -> Any:
        seen.append(is_open())

    _ask(_client(world), view)
    assert seen == [True]
    assert _ask(_client(world), own_scope(view)) is None


def test_reading_an_address_that_only_takes_forms_shows_a_page_with_a_way_home(world: World) -> None:
    answer = _client(world).get("/profile/mails/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert 'href="/"' in answer.content.decode()


def test_what_a_view_raises_is_shown_and_not_a_crash(world: World) -> None:
    def view(_request: object) -> None:
        raise NotFoundError

    assert _ask(_client(world), view).status_code == 404


def test_staff_have_no_portal_and_contact_persons_no_office(world: World) -> None:
    leads = _ask(_client(world, "olive"), _who)
    assert (leads.status_code, leads.headers["Location"]) == (302, "/office/")
    assert _ask(_client(world), _who, "/office/").status_code == 403


def test_a_login_without_any_access_may_still_keep_its_account(world: World) -> None:
    nobody = User.objects.create_user(f"nobody.{world.tag}@x.example")
    client = Client()
    client.force_login(nobody)
    assert client.get("/account/sessions/").status_code == 200
    assert client.get("/").status_code == 403

    def view(_request: object) -> Any: ...

    assert _ask(client, signed_in(view)) is None


@pytest.mark.parametrize(
    "session", ["", "0", "x", "9" * 20, "9" * 5000], ids=["empty", "none", "text", "long", "endless"]
)
def test_a_session_that_is_none_cannot_be_ended(world: World, session: str) -> None:
    assert _client(world).post("/account/sessions/", {"session": session}).status_code == 404


def test_maya_switches_between_her_customers_and_what_is_shown_is_of_one(world: World) -> None:
    _mayas_second_customer(world)
    client = _client(world)
    for customer in (world.harbourview, world.greenleaf, world.harbourview):
        answer = client.post("/account/switch/", {"account": str(customer.pk)})
        assert (answer.status_code, answer["Location"]) == (302, "/")
        actor = _ask(client, _who)
        assert isinstance(actor, ContactActor)
        assert actor.customer_id == customer.pk


def test_maya_switches_between_organisations(world: World) -> None:
    other = make_world()
    with scope(other.job):
        make_contact(
            other.greenleaf,
            "Maya",
            frozenset(),
            tag=world.tag,
            company="greenleaf",
            user=User.objects.get(pk=world.maya.user_id),
        )
    client = _client(world)
    client.post("/account/switch/", {"account": str(other.greenleaf.pk)})
    actor = _ask(client, _who)
    assert isinstance(actor, ContactActor)
    assert actor.organisation_id == other.organisation.pk
    assert actor.permissions == frozenset()


def test_olive_switches_between_two_offices(world: World) -> None:
    other = make_world()
    add_staff(actor=other.olive, name="Olive", email=world.email("olive", "northwind"), role=Role.SALES)
    client = _client(world, "olive")
    for there in (other, world):
        answer = client.post("/account/switch/", {"account": str(there.organisation.pk)})
        assert answer["Location"] == "/office/"
        actor = _ask(client, _who, "/office/")
        assert isinstance(actor, StaffActor)
        assert actor.organisation_id == there.organisation.pk


def test_nobody_switches_to_a_customer_that_is_not_theirs(world: World) -> None:
    client = _client(world)
    for choice in (str(world.harbourview.pk), str(make_world().greenleaf.pk), "", "x"):
        assert client.post("/account/switch/", {"account": choice}).status_code == 404
    actor = _ask(client, _who)
    assert isinstance(actor, ContactActor)
    assert actor.customer_id == world.greenleaf.pk
    assert client.get("/account/switch/").status_code == 405
    assert Client().post("/account/switch/", {"account": str(world.greenleaf.pk)}).status_code == 302


@pytest.mark.parametrize("theme", ["dark", "light", ""])
def test_light_or_dark_is_kept_with_the_login_and_for_the_sign_in_page(world: World, theme: str) -> None:
    client = _client(world)
    answer = client.post("/account/theme/", {"theme": theme, "next": "/invoices/"})
    assert answer["Location"] == "/invoices/"
    assert User.objects.get(pk=world.maya.user_id).theme == theme
    assert client.cookies["portico_theme"].value == theme


def test_a_theme_that_is_none_is_refused_and_nobody_is_sent_elsewhere(world: World) -> None:
    client = _client(world)
    assert client.post("/account/theme/", {"theme": "pink"}).status_code == 422
    away = client.post("/account/theme/", {"theme": "dark", "next": "https://evil.example/"})
    assert away["Location"] == "/"
