"""Mail servers that refuse, put off and hang up: what is tried again, what is given up, and who hears of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core import mail as django_mail
from django.test import override_settings

from portico.access.scope import scope
from portico.kit import clock
from portico.kit.errors import ConflictError
from portico.notifications.actions import send_mail
from portico.notifications.jobs import MOST_ATTEMPTS, MailNotSentError, deliver, sweep
from portico.notifications.models import BouncingAddress, Mail, Notification
from portico.notifications.settings import set_mail_settings
from portico.notifications.undelivered import send_again, try_address_again
from portico.testing.jobs import run_jobs
from portico.testing.mail import STARTS_WITHIN, Mailbox, text_of
from portico.testing.people import World
from portico.testing.ports import free_port


@dataclass
class Moody:
    """A mail server that answers as it is told to, and keeps what it took."""

    to_recipient: str = ""
    to_data: str = ""
    hangs_up_after_data: bool = False
    messages: list[EmailMessage] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Answer to a recipient."""
        if self.to_recipient:
            return self.to_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Take the message, or not; or take it and vanish before saying so."""
        if self.to_data:
            return self.to_data
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        if self.hangs_up_after_data:
            server.transport.abort()
        return "250 Taken"


@contextmanager
def _serving(server: Moody) -> Iterator[Moody]:
    port = free_port()
    controller = Controller(server, hostname="127.0.0.1", port=port, ready_timeout=STARTS_WITHIN)
    controller.start()
    smtp = "django.core.mail.backends.smtp.EmailBackend"
    try:
        with override_settings(EMAIL_BACKEND=smtp, EMAIL_HOST="127.0.0.1", EMAIL_PORT=port):
            yield server
    finally:
        controller.stop()


def _queue(world: World, key: str = "k", **more: Any) -> dict[str, str]:
    made = send_mail(world.organisation.pk, key, world.email("maya"), "Hello", "Text.", **more)
    return {"organisation_id": str(world.organisation.pk), "mail_id": str(made)}


def _mail(world: World, ids: dict[str, str]) -> Mail:
    with scope(world.job):
        return Mail.objects.get(pk=ids["mail_id"])


def test_an_address_where_nobody_is_is_given_up_at_once_told_and_written_to_no_more(world: World) -> None:
    ids = _queue(world)
    with _serving(Moody(to_recipient="550 5.1.1 No such user here")):
        deliver(**ids)
    mail = _mail(world, ids)
    assert mail.gave_up_at
    assert mail.attempts == 1
    assert "No such user here" in mail.failure
    with scope(world.olive):
        told = Notification.objects.get(event="mail_failed")
        assert world.email("maya") in told.title
        assert "No such user here" in told.body
        assert BouncingAddress.objects.get().address == world.email("maya")
    later = _queue(world, "another")
    with _serving(Moody()) as server:
        deliver(**later)
    assert server.messages == []
    assert _mail(world, later).gave_up_at


def test_staff_say_that_an_address_is_right_again_and_send_what_was_given_up(world: World) -> None:
    ids = _queue(world)
    with _serving(Moody(to_recipient="550 No such user here")):
        deliver(**ids)
    with pytest.raises(ConflictError):
        send_again(actor=world.olive, mail=_mail(world, ids))
    with scope(world.olive):
        bouncing = BouncingAddress.objects.get()
    try_address_again(actor=world.olive, bouncing=bouncing)
    send_again(actor=world.olive, mail=_mail(world, ids))
    with _serving(Moody()) as server:
        run_jobs()
    assert [str(each["Subject"]) for each in server.messages if world.email("maya") in str(each["To"])] == [
        "Hello"
    ]
    with pytest.raises(ConflictError):
        send_again(actor=world.olive, mail=_mail(world, ids))


def test_a_message_refused_for_good_is_given_up_but_its_address_is_not(world: World) -> None:
    ids = _queue(world)
    with _serving(Moody(to_data="554 5.7.1 Looks like spam")):
        deliver(**ids)
    assert "Looks like spam" in _mail(world, ids).failure
    assert _mail(world, ids).gave_up_at
    with scope(world.olive):
        assert not BouncingAddress.objects.exists()
        assert Notification.objects.filter(event="mail_failed").count() == 1


@pytest.mark.parametrize(
    "server", [Moody(to_recipient="451 4.7.1 Greylisted, come back"), Moody(to_data="451 4.3.0 Try later")]
)
def test_what_is_put_off_is_tried_again(world: World, server: Moody) -> None:
    ids = _queue(world)
    with _serving(server), pytest.raises(MailNotSentError):
        deliver(**ids)
    mail = _mail(world, ids)
    assert mail.gave_up_at is None
    assert mail.claimed_at is None
    with _serving(Moody()) as kind:
        deliver(**ids)
    assert len(kind.messages) == 1
    assert _mail(world, ids).sent_at
    with scope(world.olive):
        assert not Notification.objects.exists()


def test_after_a_day_of_trying_it_is_given_up_and_staff_are_told(world: World) -> None:
    ids = _queue(world)
    with _serving(Moody(to_recipient="451 Not now")):
        for _attempt in range(MOST_ATTEMPTS - 1):
            with pytest.raises(MailNotSentError):
                deliver(**ids)
        deliver(**ids)
    assert _mail(world, ids).gave_up_at
    with scope(world.olive):
        assert Notification.objects.filter(event="mail_failed").count() == 1
        assert not BouncingAddress.objects.exists()


def test_a_server_that_hangs_up_after_the_message_gets_it_again_with_the_same_name(world: World) -> None:
    ids = _queue(world)
    with _serving(Moody(hangs_up_after_data=True)) as rude, pytest.raises(MailNotSentError):
        deliver(**ids)
    with _serving(Moody()) as kind:
        deliver(**ids)
        deliver(**ids)
    (first,), (second,) = rude.messages, kind.messages
    assert first["Message-ID"] == second["Message-ID"]


def test_a_mail_to_staff_that_fails_is_not_told_by_mail(world: World) -> None:
    with scope(world.job):
        made = Mail.objects.create(
            organisation=world.organisation,
            key="staff:1",
            to=world.email("olive", "northwind"),
            subject="S",
            text="T",
        )
    with _serving(Moody(to_recipient="550 Gone")):
        deliver(organisation_id=str(world.organisation.pk), mail_id=str(made.pk))
    with scope(world.olive):
        assert list(Mail.objects.values_list("key", flat=True)) == ["staff:1"]


def test_sender_and_answers_are_the_organisations_own(world: World, mailbox: Mailbox) -> None:
    set_mail_settings(
        actor=world.olive,
        sender_name="Northwind Accounts",
        sender_address="billing@northwind.example",
        reply_to="answers@northwind.example",
    )
    deliver(**_queue(world))
    message = mailbox.wait_for(world.email("maya"))
    assert str(message["From"]) == "Northwind Accounts <billing@northwind.example>"
    assert str(message["Reply-To"]) == "answers@northwind.example"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "1200 Harbor Avenue SW" in text_of(message)


def test_mails_to_many_leave_at_the_pace_that_was_set_and_others_at_once(world: World) -> None:
    set_mail_settings(actor=world.olive, bulk_per_minute=2)
    many = [_queue(world, f"r{number}", event="reminder") for number in range(5)]
    now = clock.now()
    with clock.held_at(now):
        for ids in many:
            deliver(**ids)
        deliver(**_queue(world, "one", event="comment"))
    sent = [_mail(world, ids).sent_at is not None for ids in many]
    assert sent == [True, True, False, False, False]
    waits = [_mail(world, ids).not_before for ids in many[2:]]
    assert all(moment and moment >= now + timedelta(seconds=60) for moment in waits)
    with clock.held_at(now + timedelta(seconds=61)):
        sweep(timestamp=0)  # a sweep does not jump the queue
        for ids in many:
            deliver(**ids)
    assert sum(_mail(world, ids).sent_at is not None for ids in many) == 4
    with clock.held_at(now + timedelta(seconds=130)):
        for ids in many:
            deliver(**ids)
    assert len([each for each in django_mail.outbox if each.to == [world.email("maya")]]) == 6
