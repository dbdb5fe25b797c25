"""Who signs in by codes only, and must prove it is them before a factor is added."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.test import Client

from portico.access.models import User
from portico.access.proving import TRIES
from portico.testing.clients import signed_in
from portico.testing.mail import Mailbox, text_of
from portico.testing.people import PASSWORD, World

WHERE = "/account/reauthenticate/mail/"
ADD = "/account/authenticator/add/"


@pytest.fixture
def maya(world: World) -> Client:
    """Maya, who has no password."""
    user = User.objects.get(pk=world.maya.user_id)
    user.set_unusable_password()
    user.save()
    return signed_in(world.maya)


def _code(mailbox: Mailbox, address: str, count: int = 1) -> str:
    found = re.search(r"^\d{6}$", text_of(mailbox.wait_for(address, count)), re.MULTILINE)
    assert found
    return found[0]


def _wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


@pytest.mark.parametrize("where", [ADD, "/account/passkeys/add/", "/account/password/set/"])
def test_a_factor_or_a_password_is_added_only_after_a_code(
    world: World, maya: Client, mailbox: Mailbox, where: str
) -> None:
    asked = maya.get(where)
    assert (asked.status_code, asked["Location"].split("?")[0]) == (302, WHERE)
    maya.post(asked["Location"])
    done = maya.post(asked["Location"], {"code": _code(mailbox, world.email("maya")), "next": where})
    assert done["Location"] == where
    assert maya.get(where).status_code == 200


def test_three_wrong_codes_and_the_right_one_comes_too_late(
    world: World, maya: Client, mailbox: Mailbox
) -> None:
    maya.post(WHERE)
    code = _code(mailbox, world.email("maya"))
    for _try in range(TRIES):
        assert maya.post(WHERE, {"code": _wrong(code)}).status_code == 422
    assert maya.post(WHERE, {"code": code}).status_code == 422


def test_a_code_works_once_and_in_one_browser(world: World, maya: Client, mailbox: Mailbox) -> None:
    maya.post(WHERE)
    code = _code(mailbox, world.email("maya"))
    assert signed_in(world.maya).post(WHERE, {"code": code}).status_code == 422
    assert maya.post(WHERE, {"code": code}).status_code == 302
    assert maya.post(WHERE, {"code": code}).status_code == 422


def test_it_leads_nowhere_else_and_sends_only_so_many(world: World, maya: Client, mailbox: Mailbox) -> None:
    cache.clear()
    maya.post(WHERE)
    code = _code(mailbox, world.email("maya"))
    assert maya.post(WHERE, {"code": code, "next": "https://elsewhere.example/"})["Location"] == "/"
    assert [maya.post(WHERE).status_code for _each in range(3)] == [302, 302, 429]


def test_who_has_a_password_types_that(world: World) -> None:
    leo = signed_in(world.leo)
    assert leo.get(WHERE)["Location"] == "/account/reauthenticate/"
    leo.post("/account/reauthenticate/", {"password": PASSWORD})
    assert leo.get(ADD).status_code == 200
