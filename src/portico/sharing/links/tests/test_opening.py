"""Ada opens a link to one of Greenleaf's invoices; she has no access to the portal."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from portico.access.models import AuditRecord
from portico.access.scope import scope
from portico.customers.actions import (
    add_contact,
    invite_contact,
    remove_contact,
    revoke_access,
    set_active,
)
from portico.invoices.actions import void_invoice
from portico.invoices.models import Invoice
from portico.kit import clock
from portico.notifications.models import Mail, Notification
from portico.payments.tests.making import card_account
from portico.profile.actions.erasure import ask_for_erasure, erase_person
from portico.sharing.links.actions import make, revoke_link
from portico.sharing.links.models import LinkCode, PublicLink
from portico.sharing.links.tests.making import ADA, confirmed, share, without_confirming
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.mail import Mailbox
from portico.testing.people import World
from portico.transactions.models import DocumentView, HistoryEvent


@pytest.fixture
def books(world: World) -> Books:
    return Books(world.olive, world.greenleaf)


@pytest.fixture
def invoice(books: Books) -> Invoice:
    return books.invoice("100.00")


def rows_of(world: World) -> dict[str, int]:
    """How many rows there are of all that opening could leave behind."""
    with scope(world.job):
        kept = (AuditRecord, Mail, Notification, DocumentView, HistoryEvent, LinkCode, PublicLink)
        counted = {model.__name__: model.objects.visible_to(world.job).count() for model in kept}
        link = PublicLink.objects.get()
        invoice = Invoice.objects.get(pk=link.document_id)
        marks = {
            "confirmed": int(link.confirmed_at is not None),
            "viewed": int(invoice.first_viewed_at is not None),
        }
    return counted | marks | {"sessions": Session.objects.count()}


@pytest.mark.parametrize("confirming", [True, False])
@pytest.mark.parametrize(
    "headers", [{"user-agent": "Scanner/1.0"}, {"sec-purpose": "prefetch", "purpose": "prefetch"}]
)
def test_a_scanner_opens_it_as_often_as_it_likes_and_nothing_happens(
    world: World, invoice: Invoice, headers: dict[str, str], *, confirming: bool
) -> None:
    if not confirming:
        without_confirming(world)
    link = share(world.olive, invoice)
    before = rows_of(world)
    for more in ("", "pdf", "print", "pay/", "code", "confirm", "pay/summary/"):
        for _again in range(2):
            for ask in (Client().get, Client().head, Client().options):
                assert ask(link.at(more), headers=headers).status_code in {200, 302, 405}
    assert rows_of(world) == before


def test_a_link_shows_its_document_and_nothing_else(world: World, books: Books, invoice: Invoice) -> None:
    without_confirming(world)
    other = books.invoice("77.00")
    card_account(world)
    link = share(world.olive, invoice)
    page = Client().get(link.path)
    assert page.status_code == 200
    said = page.content.decode()
    assert invoice.number in said
    assert "$100.00" in said
    assert other.number not in said
    assert 'href="/invoices/' not in said
    assert f'href="{link.path}pay/"' in said
    pdf = Client().get(link.at("pdf?download=1"))
    assert pdf["Content-Type"] == "application/pdf"
    assert invoice.number in pdf["Content-Disposition"]
    assert Client().get(link.at("print")).status_code == 200


def test_what_is_secret_in_the_address_stays_here(world: World, invoice: Invoice) -> None:
    without_confirming(world)
    link = share(world.olive, invoice)
    for more in ("", "pdf", "print", "pay/", "receipt/00000000-0000-7000-8000-000000000000/"):
        answer = Client().get(link.at(more))
        # A page with a form sends its origin to the check against forged forms; to other sites it sends nothing.
        expected = "same-origin" if more == "pay/" else "no-referrer"
        assert answer["Referrer-Policy"] == expected, more
        assert "noindex" in answer["X-Robots-Tag"]
        assert "private" in answer["Cache-Control"] or "no-store" in answer["Cache-Control"]
    assert Client().get("/l/unknown/")["Referrer-Policy"] == "no-referrer"


def test_only_the_hash_of_the_token_is_kept(world: World, invoice: Invoice) -> None:
    link = share(world.olive, invoice)
    with scope(world.job):
        row = PublicLink.objects.get()
        trail = [str(each.__dict__) for each in AuditRecord.objects.all()]
    assert len(link.token) >= 43
    assert link.token not in str(row.__dict__)
    assert not [each for each in trail if link.token in each]


def test_links_that_do_not_work_look_the_same(world: World, books: Books) -> None:
    without_confirming(world)
    revoked, expired, closed = (share(world.olive, books.invoice("1.00")) for _ in range(3))
    with scope(world.job):
        first, second, _third = PublicLink.objects.order_by("created_at")
        then = clock.now() - timedelta(days=31)
        PublicLink.objects.filter(pk=second.pk).update(created_at=then, expires_at=then + timedelta(days=30))
    revoke_link(actor=world.olive, link=first)
    unknown = Client().get("/l/aW1hZ2luZWQtYnktc29tZWJvZHktZWxzZS1lbnRpcmVseQ/")
    assert unknown.status_code == 404
    assert b"Ask whoever sent it to you" in unknown.content
    set_active(actor=world.olive, customer=world.greenleaf, is_active=False)
    for link in (revoked, expired, closed):
        for more in ("", "pdf", "print", "pay/"):
            answer = Client().get(link.at(more))
            assert (answer.status_code, answer.content) == (404, unknown.content)
        for more in ("code", "confirm", "pay/", "pay/summary/"):
            assert Client().post(link.at(more)).status_code == 404


def test_a_draft_is_not_shared_and_a_void_invoice_shows_as_void(
    world: World, books: Books, invoice: Invoice
) -> None:
    without_confirming(world)
    with pytest.raises(Exception, match="Issue it first"):
        share(world.olive, books.drafted("5.00"))
    link = share(world.olive, invoice)
    void_invoice(actor=world.olive, invoice=invoice, reason="Wrong")
    page = Client().get(link.path)
    assert page.status_code == 200
    assert b"Void" in page.content
    assert b"Pay now" not in page.content


def test_maya_shares_with_ada_who_confirms_her_address(
    world: World, invoice: Invoice, mailbox: Mailbox
) -> None:
    link = share(world.maya, invoice)
    ada = Client()
    gate = ada.get(link.path)
    assert b"a***@elsewhere.example" in gate.content
    assert ADA.encode() not in gate.content
    assert invoice.number.encode() not in gate.content
    for more in ("pdf", "print", "pay/"):
        assert ada.get(link.at(more)).headers["Location"] == link.path
    confirmed(ada, link, mailbox)
    assert invoice.number.encode() in ada.get(link.path).content
    assert ada.get(link.at("pdf")).status_code == 200
    assert Client().get(link.path).content.count(invoice.number.encode()) == 0, (
        "confirmed in her browser only"
    )
    with scope(world.job):
        assert [each.event for each in HistoryEvent.objects.filter(event="opened_by_link")] == [
            "opened_by_link"
        ]
        told = Notification.objects.filter(event="link_opened").get()
    assert ADA in told.title
    assert invoice.number in told.title


def test_it_is_told_once_and_the_confirmation_ends(world: World, invoice: Invoice, mailbox: Mailbox) -> None:
    link = share(world.olive, invoice)
    ada = confirmed(Client(), link, mailbox)
    with clock.held_at(clock.now() + timedelta(hours=3)):
        assert invoice.number.encode() not in ada.get(link.path).content
        confirmed(ada, link, mailbox, count=2)
    with scope(world.job):
        assert Notification.objects.filter(event="link_opened").count() == 1


def test_a_confirmed_address_opens_one_link_only(world: World, books: Books, mailbox: Mailbox) -> None:
    first, second = books.invoice("1.00"), books.invoice("2.00")
    ada = confirmed(Client(), share(world.olive, first), mailbox)
    assert second.number.encode() not in ada.get(share(world.olive, second).path).content


def test_maya_cannot_send_links_without_end(
    world: World, invoice: Invoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(make, "MOST_A_DAY", 2)
    form = {"email": ADA, "days": "7", "by_mail": "on"}
    maya = signed_in(world.maya)
    answers = [maya.post(f"/share/invoice/{invoice.pk}/", form) for _each in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 422]
    assert "very many links today" in answers[2].content.decode()
    share(world.olive, invoice)
    with scope(world.job):
        assert Mail.objects.filter(to=ADA).count() == 2


def test_who_is_shut_out_opens_no_link_that_was_made_before(world: World, invoice: Invoice) -> None:
    without_confirming(world)
    tom = add_contact(actor=world.olive, customer=world.greenleaf, first_name="Tom", email="tom@old.example")
    invite_contact(actor=world.olive, person=tom)
    link, adas = share(world.olive, invoice, "Tom@old.example"), share(world.olive, invoice)
    assert Client().get(link.path).status_code == 200
    revoke_access(actor=world.olive, person=tom)
    assert Client().get(link.path).status_code == 404
    assert Client().get(link.at("pdf")).status_code == 404
    assert Client().get(adas.path).status_code == 200
    again = share(world.olive, invoice, "tom@old.example")
    assert Client().get(again.path).status_code == 200, "Olive knows whom she shares it with"
    remove_contact(actor=world.maya, person=tom)
    assert Client().get(again.path).status_code == 404


def test_who_is_erased_opens_no_link_any_more(world: World, invoice: Invoice) -> None:
    without_confirming(world)
    link = share(world.olive, invoice, world.email("leo"))
    assert Client().get(link.path).status_code == 200
    erase_person(actor=world.olive, request=ask_for_erasure(actor=world.leo))
    assert Client().get(link.path).status_code == 404
