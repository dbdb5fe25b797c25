"""E-mails are queued with what they tell, and sent once."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail as django_mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import override_settings

from portico.access.scope import ScopeError, scope
from portico.kit import clock
from portico.kit.ids import new_id
from portico.notifications.actions import send_mail, tell_staff
from portico.notifications.jobs import MailNotSentError, deliver, sweep
from portico.notifications.models import Mail, Notification
from portico.organisations.models import Preferences, StaffMember
from portico.testing.jobs import run_jobs
from portico.testing.people import World, make_world


def _sent_to(address: str) -> list[django_mail.EmailMultiAlternatives]:
    return [each for each in django_mail.outbox if each.to == [address]]  # type: ignore[misc]


def _mails(world: World) -> list[Mail]:
    with scope(world.job):
        return list(Mail.objects.all())


def test_what_maya_does_reaches_olive_in_the_office_and_by_mail(world: World) -> None:
    with scope(world.maya):
        tell_staff(
            world.maya, "invoice_viewed", "Maya opened INV-0001", customer=world.greenleaf, body="At noon."
        )
    run_jobs()
    with scope(world.olive):
        told = Notification.objects.get()
    assert (told.title, told.customer_id, told.body) == (
        "Maya opened INV-0001",
        world.greenleaf.pk,
        "At noon.",
    )
    (message,) = _sent_to(world.email("olive", "northwind"))
    assert message.subject == "Maya opened INV-0001"
    assert "At noon." in message.body
    assert "At noon." in str(message.alternatives[0][0])


def test_maya_sees_neither_the_list_nor_the_outbox(world: World) -> None:
    with scope(world.maya):
        tell_staff(world.maya, "invoice_viewed", "Maya opened INV-0001")
        send_mail(world.organisation.pk, "receipt", "maya@greenleaf.example", "Your receipt", "Thank you.")
        assert not Notification.objects.exists()
        assert not Mail.objects.exists()


def test_olive_hears_only_the_way_preference_6_says(world: World) -> None:
    with scope(world.olive):
        Preferences.objects.update(notify_staff_by_email=False)
        tell_staff(world.olive, "invoice_viewed", "In the office only")
        Preferences.objects.update(notify_staff_by_email=True, notify_staff_in_app=False)
        tell_staff(world.olive, "invoice_viewed", "By mail only")
        assert [each.title for each in Notification.objects.all()] == ["In the office only"]
        assert [each.subject for each in Mail.objects.all()] == ["By mail only"]


def test_what_is_rolled_back_is_not_told(world: World) -> None:
    with suppress(ZeroDivisionError), scope(world.maya):
        tell_staff(world.maya, "invoice_viewed", "Never happened")
        raise ZeroDivisionError
    run_jobs()
    assert not _mails(world)
    assert not _sent_to(world.email("olive", "northwind"))


def test_the_same_mail_is_queued_and_sent_once(world: World) -> None:
    address = world.email("maya")
    first = send_mail(world.organisation.pk, "issued:1", address, "Invoice INV-0001", "Here it is.")
    assert first is not None
    assert send_mail(world.organisation.pk, "issued:1", address, "Invoice INV-0001", "Here it is.") is None
    run_jobs()
    deliver(organisation_id=str(world.organisation.pk), mail_id=str(first))
    (message,) = _sent_to(address)
    assert message.extra_headers["Message-ID"] == f"<{first}@127.0.0.1>"
    assert message.from_email.startswith("Northwind Traders <")
    assert message.reply_to == ["ar@northwind.example"]


def test_a_mail_belongs_to_the_organisation_of_the_scope(world: World) -> None:
    with scope(world.maya), pytest.raises(ScopeError):
        send_mail(new_id(), "stray", "x@y.example", "Stray", "Text.")


def test_a_line_break_in_a_subject_starts_no_header(world: World) -> None:
    send_mail(world.organisation.pk, "k", world.email("maya"), "One\nBcc: spy@evil.example", "Text.")
    run_jobs()
    (message,) = _sent_to(world.email("maya"))
    assert message.subject == "One Bcc: spy@evil.example"
    assert message.bcc == []


class DeadServer(EmailBackend):
    """A mail server that hangs up."""

    def send_messages(self, messages: object) -> int:
        raise SMTPServerDisconnected("hung up")


def test_when_the_mail_server_hangs_up_it_is_tried_again_later(world: World) -> None:
    mail_id = send_mail(world.organisation.pk, "k", world.email("maya"), "Later", "Text.")
    ids = {"organisation_id": str(world.organisation.pk), "mail_id": str(mail_id)}
    with (
        override_settings(EMAIL_BACKEND=f"{__name__}.DeadServer"),
        pytest.raises(MailNotSentError),
    ):
        deliver(**ids)
    (mail,) = _mails(world)
    assert mail.sent_at is None
    assert "hung up" in mail.failure
    deliver(**ids)
    assert len(_sent_to(world.email("maya"))) == 1
    (mail,) = _mails(world)
    assert mail.sent_at
    assert not mail.failure


def test_a_mail_that_was_sent_is_not_sent_again_however_late_its_job_runs(world: World) -> None:
    mail_id = send_mail(world.organisation.pk, "k", world.email("maya"), "Once", "Text.")
    ids = {"organisation_id": str(world.organisation.pk), "mail_id": str(mail_id)}
    deliver(**ids)
    with clock.held_at(clock.now() + timedelta(days=1)):
        deliver(**ids)
        sweep(timestamp=0)
    assert len(_sent_to(world.email("maya"))) == 1


def test_a_mail_whose_worker_died_is_left_alone_for_a_while_and_then_sent(world: World) -> None:
    send_mail(world.organisation.pk, "k", world.email("maya"), "Late", "Text.")
    with scope(world.job):
        Mail.objects.update(claimed_at=clock.now())  # as the dead worker left it
    run_jobs()
    sweep(timestamp=0)
    assert not _sent_to(world.email("maya"))
    with clock.held_at(clock.now() + timedelta(minutes=16)):
        sweep(timestamp=0)
    assert len(_sent_to(world.email("maya"))) == 1


def test_staff_who_want_no_mail_get_none(world: World) -> None:
    with scope(world.olive):
        StaffMember.objects.update(wants_email=False)
        tell_staff(world.olive, "invoice_viewed", "Quietly")
        assert not Mail.objects.exists()
        assert Notification.objects.count() == 1


def test_nils_of_another_organisation_hears_nothing(world: World) -> None:
    elsewhere = make_world(name="Southwind")
    with scope(world.maya):
        tell_staff(world.maya, "invoice_viewed", "Ours", customer=elsewhere.greenleaf)
    with scope(elsewhere.olive):
        assert not Notification.objects.exists()
        assert not Mail.objects.exists()
    with scope(world.olive):
        assert Notification.objects.get().customer_id is None  # another organisation's customer is not named


def test_an_address_alone_on_its_line_becomes_a_button(world: World) -> None:
    text = "Please pay.\n\nPay now: https://pay.example/x?a=1&b=2\n\n<b>Not bold</b>"
    send_mail(world.organisation.pk, "k", world.email("maya"), "Due", text)
    run_jobs()
    (message,) = _sent_to(world.email("maya"))
    html = str(message.alternatives[0][0])
    assert 'href="https://pay.example/x?a=1&amp;b=2"' in html
    assert ">Pay now</a>" in html
    assert "&lt;b&gt;Not bold" in html
    assert "#005a6b" in html
    assert "ar@northwind.example" in html
