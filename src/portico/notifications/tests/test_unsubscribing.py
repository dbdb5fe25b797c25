"""Maya stops reminders from the e-mail itself; scanners that look at every link stop nothing."""

from __future__ import annotations

import re
from email.message import EmailMessage

import pytest
from django.test import Client

from portico.access.models import User
from portico.access.scope import scope
from portico.customers.models import ContactPerson
from portico.notifications.customers import Letter, choices_of, mail_contacts
from portico.notifications.events import CustomerEvent
from portico.notifications.unsubscribing import token_for
from portico.testing.jobs import run_jobs
from portico.testing.mail import Mailbox, links_in, text_of
from portico.testing.people import World, make_world


def _told(world: World, mailbox: Mailbox, event: str) -> EmailMessage:
    def write(person: ContactPerson) -> Letter:
        return Letter("Hello", f"Dear {person.first_name},\n\nPay now: http://127.0.0.1:8000/invoices/")

    with scope(world.job):
        assert mail_contacts(world.job, event, event, write, customer=world.greenleaf)
    run_jobs()
    return mailbox.wait_for(world.email("maya"))


def _path(message: EmailMessage) -> str:
    found = re.fullmatch(r"<(https?://[^/]+)(/[^>]+)>", str(message["List-Unsubscribe"]).strip())
    assert found
    return found[2]


def _wants(world: World, event: str) -> bool:
    return choices_of(world.maya)[CustomerEvent(event)]


@pytest.mark.parametrize("event", ["reminder", "statement", "comment"])
def test_one_click_of_the_mail_reader_stops_this_and_nothing_else(
    world: World, mailbox: Mailbox, event: str
) -> None:
    message = _told(world, mailbox, event)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    client = Client(enforce_csrf_checks=True)  # a mail reader has no cookie of ours
    answer = client.post(
        _path(message), "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 200
    assert not _wants(world, event)
    assert [each for each, wanted in choices_of(world.maya).items() if not wanted] == [event]
    assert all(choices_of(world.leo).values())


def test_a_scanner_that_opens_every_link_stops_nothing(world: World, mailbox: Mailbox) -> None:
    message = _told(world, mailbox, "reminder")
    stop = _path(message)
    assert any(stop in link for link in links_in(message))
    for _time in range(3):
        assert Client().get(stop).status_code == 200
        assert Client().head(stop).status_code == 200
        assert Client().options(stop).status_code == 405
    assert _wants(world, "reminder")


def test_the_page_asks_first_and_offers_to_undo(world: World, mailbox: Mailbox) -> None:
    stop = _path(_told(world, mailbox, "reminder"))
    client = Client()
    assert "Stop these e-mails" in client.get(stop).content.decode()
    assert _wants(world, "reminder")
    assert "You get no more of these e-mails" in client.post(stop, {"stop": "yes"}).content.decode()
    assert not _wants(world, "reminder")
    assert "Send them again" in client.get(stop).content.decode()
    client.post(stop, {"again": "yes"})
    assert _wants(world, "reminder")


def test_what_the_law_does_not_ask_for_carries_no_such_link(world: World, mailbox: Mailbox) -> None:
    message = _told(world, mailbox, "payment")
    assert message["List-Unsubscribe"] is None
    assert "/mail/stop/" not in text_of(message)


def test_a_token_that_was_changed_or_is_about_ones_access_opens_nothing(world: World) -> None:
    good = token_for(world.organisation.pk, world.maya.person_id, "reminder")
    account = token_for(world.organisation.pk, world.maya.person_id, "account")
    elsewhere = token_for(make_world().organisation.pk, world.maya.person_id, "reminder")
    for token in (good[:-2] + "xx", "nonsense", account, elsewhere):
        assert Client().post(f"/mail/stop/{token}/", {"stop": "yes"}).status_code == 404, token
    assert all(choices_of(world.maya).values())


def test_the_page_is_in_its_readers_language(world: World, mailbox: Mailbox) -> None:
    with scope(world.job):
        User.objects.filter(pk=world.maya.user_id).update(language="de")
    message = _told(world, mailbox, "reminder")
    assert "Keine E-Mails dieser Art mehr" in text_of(message)
    assert "Diese E-Mails abbestellen" in Client().get(_path(message)).content.decode()
