"""Statements by e-mail: wished for, sent once when they are due, and no longer to whoever may not see them (S8.4)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time

import pytest
from django.urls import reverse
from pypdf import PdfReader

from portico.access.actors import Permission, Role
from portico.access.scope import scope
from portico.customers.actions.revoke import revoke_access
from portico.customers.models import ContactPerson
from portico.kit import clock
from portico.kit.errors import ForbiddenError, InvalidError
from portico.notifications.customers import set_choices
from portico.notifications.models import Mail
from portico.statements.actions import send_due_statements, send_statement, wish_for_statements
from portico.statements.jobs import send_all_due
from portico.statements.models import Every, StatementKind, StatementWish
from portico.statements.spans import Preset
from portico.statements.wishes import due_span
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.jobs import run_jobs
from portico.testing.mail import Mailbox, links_in, text_of
from portico.testing.people import World, make_contact, make_staff, make_world


@contextmanager
def on(day: str, hour: int = 12) -> Iterator[None]:
    """It is this day, at this hour."""
    with clock.held_at(datetime.combine(date.fromisoformat(day), time(hour), UTC)):
        yield


def _books(world: World, day: str, currency: str = "USD") -> Books:
    return Books(world.olive, world.greenleaf, currency, day=date.fromisoformat(day))


def _wish(world: World, every: str = "month", kind: str = "activity", day: str = "2026-03-20") -> None:
    with on(day):
        wish_for_statements(actor=world.maya, every=every, kind=kind)


def _due(world: World, day: str) -> int:
    with on(day):
        return send_due_statements(actor=world.job)


def _mails(world: World) -> list[str]:
    with scope(world.job):
        return list(Mail.objects.filter(key__startswith="statement/").values_list("subject", flat=True))


@pytest.mark.parametrize(
    ("every", "today", "first", "last"),
    [
        (Every.MONTH, "2026-03-01", "2026-02-01", "2026-02-28"),
        (Every.MONTH, "2026-03-31", "2026-02-01", "2026-02-28"),
        (Every.MONTH, "2026-01-02", "2025-12-01", "2025-12-31"),
        (Every.WEEK, "2026-03-02", "2026-02-23", "2026-03-01"),  # a Monday
        (Every.WEEK, "2026-03-08", "2026-02-23", "2026-03-01"),  # the Sunday after
    ],
)
def test_what_is_due_is_the_period_that_ended_last(every: Every, today: str, first: str, last: str) -> None:
    span = due_span(every, date.fromisoformat(today))
    assert (span.first.isoformat(), span.last.isoformat()) == (first, last)


def test_maya_gets_the_month_she_asked_in_as_pdf_when_it_is_over_and_once(
    world: World, mailbox: Mailbox
) -> None:
    books = _books(world, "2026-03-05")
    books.pay("1000.00", (books.invoice("1234.50"), "1000.00"))
    _wish(world)
    assert _due(world, "2026-03-31") == 0  # February ended before she asked
    assert _due(world, "2026-04-01") == 1
    assert _due(world, "2026-04-01") == _due(world, "2026-04-30") == 0
    with on("2026-04-01", hour=13):
        run_jobs()
    message = mailbox.wait_for(world.email("maya"))
    assert len(mailbox.to(world.email("maya"))) == 1
    assert message["Subject"] == "Statement of account from Northwind Traders, 1 March 2026 to 31 March 2026"
    assert "Balance due: $234.50" in text_of(message)
    (link,) = [each for each in links_in(message) if "/statements/" in each]
    page = signed_in(world.maya).get("/" + link.split("/", 3)[3]).content.decode()
    assert "1 March 2026 to 31 March 2026" in page
    (file,) = message.iter_attachments()
    assert file.get_content_type() == "application/pdf"
    pdf = PdfReader(io.BytesIO(file.get_content())).pages[0].extract_text()
    for text in ("Statement of account", "Greenleaf Gardens Ltd", "$1,234.50", "−$1,000.00", "$234.50"):
        assert text in pdf, text
    assert _due(world, "2026-05-01") == 1  # nothing moved, and something is owed


def test_a_statement_is_sent_late_rather_than_never(world: World) -> None:
    _books(world, "2026-03-05").invoice("10.00")
    _wish(world, every="week", kind="ageing", day="2026-03-05")
    assert _due(world, "2026-03-08") == 0
    assert _due(world, "2026-03-11") == 1  # the worker stood still from Monday to Wednesday
    assert _due(world, "2026-03-15") == 0
    assert _due(world, "2026-03-16") == 1


def test_each_currency_has_an_e_mail_of_its_own(world: World, mailbox: Mailbox) -> None:
    _books(world, "2026-03-05").invoice("10.00")
    _books(world, "2026-03-05", "JPY").invoice("5000")
    _wish(world, kind="outstanding")
    assert _due(world, "2026-04-01") == 2
    run_jobs()
    mailbox.wait_for(world.email("maya"), 2)
    said = " ".join(text_of(each) for each in mailbox.to(world.email("maya")))
    assert "Balance due: $10.00" in said
    assert "Balance due: ¥5,000" in said


def test_nothing_goes_to_a_customer_of_whom_the_books_know_nothing(world: World) -> None:
    _wish(world)
    assert _due(world, "2026-04-01") == 0
    _books(world, "2026-04-05").invoice("10.00")
    assert _due(world, "2026-05-01") == 1


def test_it_ends_with_access_with_view_billing_and_with_the_wish(world: World, mailbox: Mailbox) -> None:
    _books(world, "2026-03-05").invoice("10.00")
    with scope(world.job):
        vera = make_contact(
            world.greenleaf, "Vera", {Permission.VIEW_BILLING}, tag=world.tag, company="greenleaf"
        )
    _wish(world)
    with on("2026-03-20"):
        wish_for_statements(actor=vera, every="month", kind="activity")
    assert _due(world, "2026-04-01") == 2
    with scope(world.job):
        ContactPerson.objects.filter(pk=vera.person_id).update(can_view_billing=False)
        maya = ContactPerson.objects.get(pk=world.maya.person_id)
    run_jobs()  # Vera's was waiting: what she may not see any more is not sent
    assert len(mailbox.to(world.email("maya"))) == 1
    assert mailbox.to(world.email("vera")) == []
    assert _due(world, "2026-05-01") == 1
    set_choices(world.maya, {"statement": False})
    assert _due(world, "2026-06-01") == 0
    set_choices(world.maya, {"statement": True})
    revoke_access(actor=world.olive, person=maya)
    assert _due(world, "2026-06-02") == 0


def test_maya_switches_it_on_and_off_on_the_page(world: World) -> None:
    client = signed_in(world.maya)
    answer = client.post("/statements/schedule", {"every": "week", "kind": "ageing"}, follow=True)
    assert "You get a statement by e-mail each Monday." in answer.content.decode()
    page = client.get("/statements/").content.decode()
    assert '<option value="week" selected>' in page
    assert '<option value="ageing" selected>' in page
    client.post("/statements/schedule", {"every": "month", "kind": "outstanding"})
    with scope(world.job):
        (wish,) = StatementWish.objects.all()
    assert (wish.every, wish.kind, wish.contact_person_id) == ("month", "outstanding", world.maya.person_id)
    client.post("/statements/schedule", {"every": "", "kind": "outstanding"})
    with scope(world.job):
        assert not StatementWish.objects.exists()
    assert client.post("/statements/schedule", {"every": "hour", "kind": "ageing"}).status_code == 422
    assert signed_in(world.leo).post("/statements/schedule", {"every": "month"}).status_code == 403
    with pytest.raises(InvalidError):
        wish_for_statements(actor=world.maya, every="month", kind="gossip")
    with pytest.raises(ForbiddenError):
        wish_for_statements(actor=world.leo, every="month", kind="activity")


def test_the_job_goes_round_all_organisations_each_in_its_own_time_zone() -> None:
    east, west = make_world(time_zone="Pacific/Auckland"), make_world(time_zone="America/Los_Angeles")
    for world in (east, west):
        _books(world, "2026-03-05").invoice("10.00")
        _wish(world)
    with on("2026-03-31", hour=14):  # in Auckland it is April
        send_all_due(timestamp=0)
    assert (len(_mails(east)), len(_mails(west))) == (1, 0)
    with on("2026-04-01", hour=14):
        send_all_due(timestamp=0)
        send_all_due(timestamp=0)
    assert (len(_mails(east)), len(_mails(west))) == (1, 1)


def test_staff_send_one_now_to_those_who_may_see_billing(world: World, mailbox: Mailbox) -> None:
    _books(world, "2026-03-05").invoice("77.00")
    with on("2026-03-20"):
        sent = send_statement(
            actor=world.olive,
            customer=world.greenleaf,
            kind=StatementKind.ACTIVITY,
            preset=Preset.THIS_MONTH,
        )
    assert sent == 1
    run_jobs()
    assert "Balance due: $77.00" in text_of(mailbox.wait_for(world.email("maya")))
    assert mailbox.to(world.email("leo")) == []
    with scope(world.job):
        rita = make_staff(world.organisation, "Rita", Role.READ_ONLY, world.tag)
    for actor in (rita, world.maya):
        with pytest.raises(ForbiddenError):
            send_statement(
                actor=actor,
                customer=world.greenleaf,
                kind=StatementKind.AGEING,
                preset=Preset.ALL,
            )


def test_olive_sends_one_from_the_office(world: World) -> None:
    _books(world, "2026-03-05").invoice("77.00")
    client = signed_in(world.olive)
    address = reverse("admin:send-statement", args=[world.greenleaf.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"kind": "ageing", "preset": "last_month"}).status_code == 302
    assert _mails(world) == ["Statement of account from Northwind Traders"]
    set_choices(world.maya, {"statement": False})
    refused = client.post(address, {"kind": "ageing", "preset": "last_month"})
    assert refused.status_code == 422
    assert "Nobody there" in refused.content.decode()
