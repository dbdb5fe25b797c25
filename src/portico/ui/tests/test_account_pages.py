"""Maya signs in, forgets her password and looks after her login on pages in the portal's dress."""

from __future__ import annotations

import re
import time

import pytest
from allauth.account.forms import ChangePasswordForm, ResetPasswordKeyForm, SetPasswordForm
from allauth.account.internal.userkit import user_id_to_str
from django import forms
from django.core import mail
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from portico.access.models import User
from portico.testing.clients import signed_in
from portico.testing.people import PASSWORD, World
from portico.ui.tests.samples import BRAND


def headings(html: str) -> list[str]:
    return re.findall(r"<h1>(.*?)</h1>", html)


def read(client: Client, path: str, heading: str, status: int = 200) -> str:
    """A page of the kit: its heading, no style or script inside, no form without its token."""
    response = client.get(path, follow=True)
    html = response.content.decode()
    assert response.status_code == status
    assert headings(html) == [heading]
    assert "<style" not in html
    assert " style=" not in html
    assert html.count("<form") == html.count("csrfmiddlewaretoken")
    return html


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/account/login/", "Sign in"),
        ("/account/login/code/", "Sign in with a code"),
        ("/account/password/reset/", "Forgot your password?"),
        ("/account/password/reset/done/", "Look into your inbox"),
        ("/account/password/reset/key/1-nothing/", "This link does not work any more"),
        ("/account/password/reset/key/done/", "Your password is changed"),
        ("/account/inactive/", "This login is switched off"),
    ],
)
def test_somebody_who_is_not_signed_in_finds_every_page_in_our_dress(path: str, heading: str) -> None:
    assert "portico/portico.css" in read(Client(), path, heading)


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/account/logout/", "Sign out"),
        ("/account/password/change/", "Change your password"),
        ("/account/reauthenticate/", "Is it you?"),
    ],
)
def test_maya_finds_the_pages_about_her_login_in_our_dress(world: World, path: str, heading: str) -> None:
    read(signed_in(world.maya), path, heading)


def test_a_wrong_password_is_said_above_the_form_and_the_right_one_opens_the_door(world: World) -> None:
    client = Client()
    address = world.email("maya")
    wrong = client.post("/account/login/", {"login": address, "password": "not this one"})
    html = wrong.content.decode()
    assert 'role="alert"' in html
    assert f'value="{address}"' in html  # what was typed is kept
    right = client.post("/account/login/", {"login": address, "password": PASSWORD})
    assert right.status_code == 302


def test_an_empty_field_is_named_at_the_field_and_to_screen_readers() -> None:
    html = Client().post("/account/login/", {"login": "", "password": ""}).content.decode()
    control = re.search(r'<input[^>]*name="login"[^>]*>', html)
    assert control
    assert 'aria-invalid="true"' in control[0]
    assert 'aria-describedby="id_login_error"' in control[0]
    assert 'id="id_login_error"' in html


def test_where_one_wanted_to_go_survives_signing_in(world: World) -> None:
    html = Client().get("/account/login/?next=/invoices/").content.decode()
    assert '<input type="hidden" name="next" value="/invoices/">' in html
    assert "/account/login/code/?next=%2Finvoices%2F" in html


def test_maya_signs_in_with_the_code_that_was_mailed_to_her(world: World) -> None:
    client = Client()
    asked = client.post("/account/login/code/", {"email": world.email("maya")}, follow=True)
    html = asked.content.decode()
    assert headings(html) == ["Type in the code"]
    assert world.email("maya") in html
    assert 'autocomplete="one-time-code"' in html
    wrong = client.post("/account/login/code/confirm/", {"code": "no code"}).content.decode()
    assert 'aria-invalid="true"' in wrong
    code = re.search(r"^\s*([A-Z0-9]{3,}-?[A-Z0-9]*)\s*$", str(mail.outbox[-1].body), re.MULTILINE)
    assert code
    right = client.post("/account/login/code/confirm/", {"code": code[1]})
    assert right.status_code == 302
    assert client.get("/account/sessions/").status_code == 200


def test_a_login_without_a_password_can_be_given_one(world: World) -> None:
    user = User.objects.get(pk=world.maya.user_id)
    user.set_unusable_password()
    user.save(update_fields=["password"])
    client = signed_in(world.maya)
    read(client, "/account/password/set/", "Is it you?")
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "code", "at": time.time()}
    ]  # as signing in by one
    session["account_authentication_methods_user"] = user_id_to_str(user)
    session.save()
    read(client, "/account/password/set/", "Choose a password")


def test_maya_sees_where_she_is_signed_in_and_ends_the_others(world: World) -> None:
    phone, desk = Client(headers={"User-Agent": "Mozilla/5.0 (iPhone) Safari/605"}), Client()
    for client in (phone, desk):
        client.post("/account/login/", {"login": world.email("maya"), "password": PASSWORD})
    html = read(desk, "/account/sessions/", "Where you are signed in")
    assert "Safari on iPhone" in html
    assert html.count("This one") == 1
    desk.post("/account/sessions/")
    assert phone.get("/account/sessions/").status_code == 302
    assert desk.get("/account/sessions/").status_code == 200


def test_too_many_tries_are_refused_in_our_dress(world: World) -> None:
    client = Client()
    for _ in range(60):
        response = client.post("/account/login/", {"login": world.email("maya"), "password": "wrong"})
        if response.status_code == 429:
            break
    assert headings(response.content.decode()) == ["Too many tries"]


@pytest.mark.parametrize(
    ("template", "form", "heading"),
    [
        ("account/password_reset_from_key.html", ResetPasswordKeyForm, "Choose a new password"),
        ("account/password_set.html", SetPasswordForm, "Choose a password"),
        ("account/password_change.html", ChangePasswordForm, "Change your password"),
    ],
)
def test_a_page_wears_the_organisations_name_where_it_is_known(
    template: str, form: type[forms.Form], heading: str
) -> None:
    context = {"form": form(), "action_url": "#", "redirect_field": None, "brand": BRAND}
    html = render_to_string(template, context, RequestFactory().get("/"))
    assert headings(html) == [heading]
    assert "Your account with Northwind Traders, in order." in html
    assert '<a href="mailto:ar@northwind.example">ar@northwind.example</a>' in html
    assert "At least 10" in html or "at least 10 characters" in html  # the rules, before one breaks them
    assert "&lt;ul" not in html
