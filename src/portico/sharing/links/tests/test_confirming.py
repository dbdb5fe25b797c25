"""The code that confirms an address: guessed, asked for too often, used twice, typed elsewhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from portico.access.scope import scope
from portico.config.logs import write_line
from portico.invoices.models import Invoice
from portico.kit import clock
from portico.sharing.links.actions.confirm import PER_LINK, TRIES
from portico.sharing.links.models import LinkCode
from portico.sharing.links.tests.making import ADA, Link, code_in, confirmed, share
from portico.testing.books import Books
from portico.testing.mail import Mailbox, text_of
from portico.testing.people import PASSWORD, World


@pytest.fixture
def invoice(world: World) -> Invoice:
    return Books(world.olive, world.greenleaf).invoice("100.00")


@pytest.fixture
def link(world: World, invoice: Invoice) -> Link:
    return share(world.olive, invoice)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_five_tries_and_the_right_code_comes_too_late(link: Link, mailbox: Mailbox) -> None:
    ada = Client()
    ada.post(link.at("code"))
    code = code_in(mailbox)
    for _try in range(TRIES):
        assert ada.post(link.at("confirm"), {"code": wrong(code)}).status_code == 422
    assert ada.post(link.at("confirm"), {"code": code}).status_code == 422


def test_a_code_counts_once_for_ten_minutes_and_in_one_browser(link: Link, mailbox: Mailbox) -> None:
    ada, eve = Client(), Client()
    ada.post(link.at("code"))
    code = code_in(mailbox)
    assert eve.post(link.at("confirm"), {"code": code}).status_code == 422, "it was asked for elsewhere"
    with clock.held_at(clock.now() + timedelta(minutes=11)):
        assert ada.post(link.at("confirm"), {"code": code}).status_code == 422
    assert ada.post(link.at("confirm"), {"code": f" {code[:3]} {code[3:]} "}).status_code == 302
    fresh = Client()
    fresh.post(link.at("code"))
    assert fresh.post(link.at("confirm"), {"code": code}).status_code == 422, "that one was used"


def test_only_the_newest_code_counts(link: Link, mailbox: Mailbox) -> None:
    ada = Client()
    ada.post(link.at("code"))
    first = code_in(mailbox)
    ada.post(link.at("code"))
    second = code_in(mailbox, count=2)
    if first != second:
        assert ada.post(link.at("confirm"), {"code": first}).status_code == 422
    assert ada.post(link.at("confirm"), {"code": second}).status_code == 302


def test_so_many_codes_and_no_more_whoever_asks(world: World, link: Link, mailbox: Mailbox) -> None:
    most, span = PER_LINK[0]
    for _each in range(most):
        assert Client().post(link.at("code")).status_code == 302
    cache.clear()  # it is the link that is limited, not who asks
    refused = Client().post(link.at("code"))
    assert refused.status_code == 429
    assert b"Several codes were sent already" in refused.content
    assert len(mailbox.to(ADA)) == most
    with clock.held_at(clock.now() + span + timedelta(seconds=1)):
        assert Client().post(link.at("code")).status_code == 302


def test_the_code_is_kept_nowhere_and_the_mail_says_whose_it_is(
    world: World, link: Link, mailbox: Mailbox
) -> None:
    Client().post(link.at("code"))
    code = code_in(mailbox)
    with scope(world.job):
        row = LinkCode.objects.get()
    assert code not in [str(value) for value in vars(row).values()]
    assert code.encode() not in [value for value in vars(row).values() if isinstance(value, bytes)]
    assert "Northwind Traders" in text_of(mailbox.to(ADA)[-1])
    assert link.token not in text_of(mailbox.to(ADA)[-1])


def test_a_link_that_ended_sends_no_code_and_forgets_who_confirmed(
    world: World, link: Link, mailbox: Mailbox
) -> None:
    from portico.sharing.links.actions import revoke_link
    from portico.sharing.links.models import PublicLink

    ada = confirmed(Client(), link, mailbox)
    with scope(world.job):
        row = PublicLink.objects.get()
    revoke_link(actor=world.maya, link=row)
    assert ada.get(link.path).status_code == 404
    assert ada.post(link.at("code")).status_code == 404
    assert len(mailbox.to(ADA)) == 1


def test_forged_forms_are_refused(link: Link) -> None:
    strict = Client(enforce_csrf_checks=True)
    for more in ("code", "confirm", "pay/"):
        assert strict.post(link.at(more)).status_code == 403


def test_the_log_has_no_token(link: Link) -> None:
    line = write_line(
        None, "", {"event": f"Not Found: {link.path}pay/", "path": f"https://x.example{link.path}"}
    )
    assert link.token not in line
    assert "/l/…/pay/" in line


@pytest.mark.parametrize(
    "path",
    [
        "/account/login/?next=/l/{secret}/account/",
        "/account/login/?next=%2Fl%2F{secret}%2Faccount%2F",
        "/account/login/?next=%252fl%252F{secret}%252F",
        "/account/login/?next=%2Faccount%2Finvitation%2F{secret}%2F",
        "/account/password/reset/key/2s4-{secret}/",
        "/mail/stop/WyJhIl0:1abcde:{secret}/",
    ],
)
def test_the_log_has_no_token_however_the_address_is_written(path: str) -> None:
    secret = "Zm9v-bar_0123456789abcdefXYZ"
    line = write_line(None, "", {"event": f"Not Found: {path.format(secret=secret)}"})
    assert secret not in line
    assert "…" in line


def test_who_is_signed_in_keeps_a_session_that_can_be_ended(
    world: World, link: Link, mailbox: Mailbox
) -> None:
    here, there = Client(), Client()
    for each in (here, there):
        each.post("/account/login/", {"login": world.email("maya"), "password": PASSWORD})
    confirmed(here, link, mailbox)
    assert here.get("/").status_code == 200
    there.post("/account/sessions/")  # all but this one
    assert here.get("/").status_code == 302
