"""Signing in, getting a new password, signing out, and the list of sessions, with real e-mail."""

from __future__ import annotations

import re
from secrets import token_hex
from urllib.parse import urlsplit

import pytest
from allauth.usersessions.models import UserSession
from django.core import mail as django_mail
from django.test import Client

from portico.access.models import User
from portico.customers import queries
from portico.customers.actions import revoke_access, set_active
from portico.testing.mail import Mailbox, links_in, text_of
from portico.testing.people import PASSWORD, World

LOGIN = "/account/login/"
SESSIONS = "/account/sessions/"


def _sign_in(world: World, name: str = "maya", password: str = PASSWORD, **more: str) -> Client:
    client = Client()
    company = {"olive": "northwind", "ines": "harbourview"}.get(name, "greenleaf")
    client.post(LOGIN, {"login": world.email(name, company), "password": password, **more})
    return client


def _session(client: Client) -> UserSession:
    found: UserSession = UserSession.objects.get(session_key=client.cookies["portico_session"].value)
    return found


def _is_in(client: Client) -> bool:
    return client.get(SESSIONS).status_code == 200


def test_maya_signs_in_with_her_password_in_whatever_case_her_address_is(world: World) -> None:
    client = Client()
    answer = client.post(LOGIN, {"login": world.email("maya").upper(), "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert _is_in(client)


def test_olive_is_sent_to_the_office_and_maya_where_she_wanted(world: World) -> None:
    to_office = Client().post(LOGIN, {"login": world.email("olive", "northwind"), "password": PASSWORD})
    assert to_office["Location"] == "/office/"
    wanted = Client().post(
        LOGIN, {"login": world.email("maya"), "password": PASSWORD, "next": "/invoices/?status=paid"}
    )
    assert wanted["Location"] == "/invoices/?status=paid"


def test_nobody_is_sent_off_to_another_site(world: World) -> None:
    answer = Client().post(
        LOGIN, {"login": world.email("maya"), "password": PASSWORD, "next": "https://evil.example/"}
    )
    assert answer["Location"] == "/"


def test_signing_in_gives_a_new_session_so_that_a_planted_one_is_worth_nothing(world: World) -> None:
    client = Client()
    session = client.session
    session["planted"] = "yes"
    session.save()
    planted = session.session_key
    client.cookies["portico_session"] = planted or ""
    client.post(LOGIN, {"login": world.email("maya"), "password": PASSWORD})
    assert client.cookies["portico_session"].value != planted
    thief = Client()
    thief.cookies["portico_session"] = planted or ""
    assert not _is_in(thief)


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(world: World) -> None:
    cookie = _sign_in(world).cookies["portico_session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(world: World) -> None:
    answers = []
    for address in (world.email("maya"), world.email("nobody")):
        answer = Client().post(LOGIN, {"login": address, "password": "wrong-password"})
        assert answer.status_code == 200
        answers.append(_without_tokens(answer.content.decode()).replace(address, "ADDRESS"))
    assert answers[0] == answers[1]


@pytest.mark.parametrize("url", ["/account/password/reset/", "/account/login/code/"])
def test_who_asks_for_an_e_mail_does_not_learn_whether_the_address_is_known(world: World, url: str) -> None:
    answers = []
    for address in (world.email("maya"), world.email("nobody")):
        client = Client()
        answer = client.post(url, {"email": address}, follow=True)
        page = _without_tokens(answer.content.decode()).replace(address, "ADDRESS")
        answers.append((answer.redirect_chain, page))
    assert answers[0] == answers[1]
    assert [message.to for message in django_mail.outbox] == [[world.email("maya")], [world.email("nobody")]]


def test_maya_signs_in_with_the_code_that_she_was_sent(world: World, mailbox: Mailbox) -> None:
    client = Client()
    client.post("/account/login/code/", {"email": world.email("maya")})
    message = mailbox.wait_for(world.email("maya"))
    assert "Northwind Traders" in text_of(message)
    [code] = re.findall(r"^\d{6}$", text_of(message), re.MULTILINE)
    assert str(message["Subject"]).startswith(code)
    assert not _is_in(client)
    answer = client.post("/account/login/code/confirm/", {"code": code})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert _is_in(client)
    second = Client()
    second.post("/account/login/code/confirm/", {"code": code})
    assert not _is_in(second)


def test_a_code_can_be_guessed_three_times(world: World, mailbox: Mailbox) -> None:
    client = Client()
    client.post("/account/login/code/", {"email": world.email("maya")})
    [code] = re.findall(r"^\d{6}$", text_of(mailbox.wait_for(world.email("maya"))), re.MULTILINE)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(3):
        client.post("/account/login/code/confirm/", {"code": wrong})
    client.post("/account/login/code/confirm/", {"code": code})
    assert not _is_in(client)


def test_an_unknown_address_is_told_so_where_only_its_owner_reads_it(world: World, mailbox: Mailbox) -> None:
    address = world.email("nobody")
    Client().post("/account/login/code/", {"email": address})
    text = text_of(mailbox.wait_for(address))
    assert "no login has this address" in text
    assert "sign up" not in text


def test_leo_forgets_his_password_and_chooses_another(world: World, mailbox: Mailbox) -> None:
    elsewhere = _sign_in(world, "leo")
    client = Client()
    client.post("/account/password/reset/", {"email": world.email("leo")})
    [link] = links_in(mailbox.wait_for(world.email("leo")))
    form = client.get(urlsplit(link).path, follow=True)
    assert form.status_code == 200
    where = form.redirect_chain[-1][0]
    weak = client.post(where, {"password1": "short", "password2": "short"})
    assert weak.status_code == 200
    client.post(where, {"password1": "another-password-1", "password2": "another-password-1"})
    assert User.objects.get(pk=world.leo.user_id).check_password("another-password-1")
    assert _is_in(client)
    assert not _is_in(elsewhere), "a session that somebody else may have ends with the old password"
    again = Client()
    again.post(where, {"password1": "a-third-password-1", "password2": "a-third-password-1"})
    again.get(urlsplit(link).path, follow=True)
    again.post(where, {"password1": "a-third-password-1", "password2": "a-third-password-1"})
    assert not User.objects.get(pk=world.leo.user_id).check_password("a-third-password-1")


def test_when_the_mail_server_is_down_that_is_said(world: World, mailbox: Mailbox, settings: object) -> None:
    from portico.testing.ports import free_port

    settings.EMAIL_PORT = free_port()  # type: ignore[attr-defined]
    answer = Client().post("/account/login/code/", {"email": world.email("maya")})
    assert answer.status_code == 503
    assert "could not send" in answer.content.decode()


def test_five_wrong_passwords_are_enough_for_one_address_but_not_for_another(world: World) -> None:
    for _ in range(5):
        _sign_in(world, "maya", "wrong-password")
    assert not _is_in(_sign_in(world))
    assert _is_in(_sign_in(world, "leo"))


def test_somebody_who_tries_many_addresses_is_held_up(world: World) -> None:
    for _ in range(10):
        Client().post(LOGIN, {"login": f"{token_hex(4)}@guess.example", "password": "wrong-password"})
    assert not _is_in(_sign_in(world))


def test_signing_out_ends_the_session_and_only_a_post_does(world: World) -> None:
    client = _sign_in(world)
    key = client.cookies["portico_session"].value
    client.get("/account/logout/")
    assert _is_in(client)
    client.post("/account/logout/")
    assert not _is_in(client)
    late = Client()
    late.cookies["portico_session"] = key
    assert not _is_in(late)


def test_maya_lists_her_sessions_and_ends_one_of_them(world: World) -> None:
    here, there, third = _sign_in(world), _sign_in(world), _sign_in(world)
    page = here.get(SESSIONS).content.decode()
    assert page.count("from 127.0.0.1") == 3
    assert page.count(" UTC</time>") == 3, "a login may be of several organisations, so the zone is told"
    answer = here.post(SESSIONS, {"session": _session(there).pk})
    assert answer["Location"] == SESSIONS
    assert [_is_in(client) for client in (here, there, third)] == [True, False, True]


def test_maya_ends_all_sessions_but_this_one(world: World) -> None:
    here, there, ines = _sign_in(world), _sign_in(world), _sign_in(world, "ines")
    here.post(SESSIONS)
    assert [_is_in(client) for client in (here, there, ines)] == [True, False, True]


def test_ending_the_session_one_is_in_is_signing_out(world: World) -> None:
    here = _sign_in(world)
    assert here.post(SESSIONS, {"session": _session(here).pk})["Location"] == LOGIN
    assert not _is_in(here)


def test_nobody_ends_the_session_of_somebody_else(world: World) -> None:
    here, ines = _sign_in(world), _sign_in(world, "ines")
    for choice in (str(_session(ines).pk), "0", "x", "", "²", "9" * 30):
        assert here.post(SESSIONS, {"session": choice}).status_code == 404
    assert _is_in(here)
    assert _is_in(ines)


def test_revoked_leo_is_out_with_his_next_request(world: World) -> None:
    client = _sign_in(world, "leo")
    revoke_access(actor=world.olive, person=queries.contact_for(world.olive, world.leo.person_id))
    assert not _is_in(client)
    assert UserSession.objects.filter(user_id=world.leo.user_id).count() == 0


def test_nobody_of_an_inactive_customer_stays_in(world: World) -> None:
    maya, ines = _sign_in(world), _sign_in(world, "ines")
    set_active(actor=world.olive, customer=world.greenleaf, is_active=False)
    assert not _is_in(maya)
    assert _is_in(ines)


@pytest.mark.parametrize(
    "path",
    [
        "/account/email/",
        "/account/confirm-email/",
        "/account/confirm-email/abc/",
        "/account/3rdparty/",
        "/account/social/signup/",
        "/accounts/login/",
    ],
)
def test_doors_of_the_library_that_are_not_ours_are_shut(world: World, path: str) -> None:
    for client in (Client(), _sign_in(world)):
        assert client.get(path).status_code == 404
        assert client.post(path, {"email": "new@example.com", "password1": PASSWORD}).status_code == 404
    assert not User.objects.filter(email="new@example.com").exists()


def _without_tokens(page: str) -> str:
    return re.sub(r'(csrfmiddlewaretoken" value=|nonce=)"[^"]*"', "", page)
