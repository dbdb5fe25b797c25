"""Who looked at an invoice, and what the first look sets going."""

from __future__ import annotations

import io

import pytest
from django.core import mail
from pypdf import PdfReader
from structlog.testing import capture_logs

from portico.access.scope import scope
from portico.customers.actions import AddressDetails, edit_customer, set_address
from portico.customers.models import Address
from portico.invoices.models import Invoice, InvoiceLine
from portico.invoices.tests.making import invoice, today
from portico.kit.money import Money
from portico.notifications.actions import send_mail
from portico.notifications.models import Notification
from portico.payments.actions.record import record_payment
from portico.testing.clients import signed_in
from portico.testing.jobs import run_jobs
from portico.testing.people import World
from portico.testing.together import together
from portico.transactions.models import DocumentView


def _views(world: World) -> list[str]:
    with scope(world.olive):
        return [view.how for view in DocumentView.objects.order_by("at")]


def _told(world: World) -> list[str]:
    with scope(world.olive):
        return [each.title for each in Notification.objects.filter(event="invoice_viewed")]


def _again(world: World, mine: Invoice) -> Invoice:
    with scope(world.olive):
        return Invoice.objects.get(pk=mine.pk)


def test_the_first_look_is_told_to_olive_once_and_every_look_is_logged(world: World) -> None:
    mine = invoice(world)
    client = signed_in(world.maya)
    for path in ("", "pdf", "print", ""):
        client.get(f"/invoices/{mine.pk}/{path}")
    assert _views(world) == ["page", "pdf", "print", "page"]
    assert _told(world) == [f"Maya of Greenleaf Gardens Ltd opened invoice {mine.number}"]
    seen = _again(world, mine)
    assert (seen.status, seen.first_viewed_at is not None) == ("viewed", True)
    run_jobs()
    sent = [each for each in mail.outbox if each.to == [world.email("olive", "northwind")]]
    assert [each.subject for each in sent] == _told(world)
    assert "First opened by Maya" in client.get(f"/invoices/{mine.pk}/").content.decode()


@pytest.mark.parametrize(
    "headers", [{"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}, {"X-Moz": "prefetch"}]
)
def test_a_browser_reading_ahead_is_no_view(world: World, headers: dict[str, str]) -> None:
    mine = invoice(world)
    for path in ("", "pdf", "print"):
        signed_in(world.maya).get(f"/invoices/{mine.pk}/{path}", headers=headers)
    assert _views(world) == _told(world) == []
    assert _again(world, mine).status == "sent"


def test_head_is_no_view_and_neither_is_a_look_that_was_refused(world: World) -> None:
    mine = invoice(world)
    for path in ("", "pdf", "print"):
        assert signed_in(world.maya).head(f"/invoices/{mine.pk}/{path}").status_code == 200
        signed_in(world.leo).get(f"/invoices/{mine.pk}/{path}")
        signed_in(world.ines).get(f"/invoices/{mine.pk}/{path}")
        assert signed_in(world.olive).get(f"/invoices/{mine.pk}/{path}").status_code == 403
    assert _views(world) == _told(world) == []
    assert _again(world, mine).first_viewed_at is None


def test_two_who_open_it_at_once_are_told_of_once(world: World) -> None:
    mine = invoice(world)
    clients = [signed_in(world.maya) for _each in range(4)]
    answers = together(*(lambda client=each: client.get(f"/invoices/{mine.pk}/") for each in clients))
    assert [answer.status_code for answer in answers] == [200] * 4  # type: ignore[union-attr]
    assert len(_views(world)) == 4
    assert len(_told(world)) == 1


def test_what_an_issued_invoice_says_is_remembered_and_a_payment_does_not_change_it(world: World) -> None:
    mine = invoice(world)
    client = signed_in(world.maya)
    client.get(f"/invoices/{mine.pk}/")
    kept = _again(world, mine).fingerprint
    assert len(kept) == 64
    money = Money.of("60.00", "USD")
    record_payment(
        actor=world.olive,
        customer=world.greenleaf,
        amount=money,
        date=today(),
        mode="cash",
        allocations={mine.pk: money},
    )
    with capture_logs() as logs:
        client.get(f"/invoices/{mine.pk}/pdf")
    assert _again(world, mine).fingerprint == kept
    assert not [each for each in logs if each["event"] == "issued_document_changed"]


def test_the_country_is_named_in_the_readers_language_and_the_document_stays_the_same(world: World) -> None:
    home = AddressDetails(street="1 Elm St", city="Portland", country="US")
    set_address(actor=world.olive, customer=world.greenleaf, kind=Address.Kind.BILLING, details=home)
    mine = invoice(world)
    client = signed_in(world.maya)
    page = f"/invoices/{mine.pk}/"
    for path in ("/profile/", "/"):
        assert "United States" in client.get(path).content.decode(), path
    for language, name in (("en", "United States"), ("de", "Vereinigte Staaten")):
        edit_customer(actor=world.maya, customer=world.greenleaf, portal_language=language)
        with capture_logs() as logs:
            assert name in client.get(page).content.decode()
            pdf = PdfReader(io.BytesIO(client.get(f"{page}pdf").content))
        assert name in pdf.pages[0].extract_text()
        assert not [each for each in logs if each["event"] == "issued_document_changed"]
    assert mine.billing_address[-1] == "US"


def test_an_issued_invoice_changed_behind_the_actions_is_noticed(world: World) -> None:
    mine = invoice(world)
    client = signed_in(world.maya)
    client.get(f"/invoices/{mine.pk}/")
    kept = _again(world, mine).fingerprint
    with scope(world.olive):
        InvoiceLine.objects.filter(document=mine).update(name="Something else")
    with capture_logs() as logs:
        client.get(f"/invoices/{mine.pk}/")
    (noticed,) = [each for each in logs if each["event"] == "issued_document_changed"]
    assert noticed["invoice"] == str(mine.pk)
    assert _again(world, mine).fingerprint == kept


def test_an_invoice_goes_out_by_mail_as_its_pdf(world: World) -> None:
    mine = invoice(world, "321.00")
    send_mail(
        world.organisation.pk,
        f"issued/{mine.pk}",
        world.email("maya"),
        "Your invoice",
        "Here it is.",
        attachment_kind="invoice",
        attachment_id=mine.pk,
    )
    run_jobs()
    (message,) = [each for each in mail.outbox if each.to == [world.email("maya")]]
    ((name, content, media_type),) = message.attachments
    assert (name, media_type) == (f"{mine.number}.pdf", "application/pdf")
    assert "$321.00" in PdfReader(io.BytesIO(content)).pages[0].extract_text()
    assert _views(world) == []  # sending is not looking
