"""One retainer invoice as Maya, Leo and Ines get it: page, print view, PDF, e-mail."""

from __future__ import annotations

import io

import pytest
from django.urls import reverse
from pypdf import PdfReader
from structlog.testing import capture_logs

from portico.access.scope import scope
from portico.invoices.tests.making import today
from portico.kit.errors import ConflictError, ForbiddenError
from portico.payments.tests.making import card_account
from portico.retainers.actions import (
    RetainerDraft,
    draft_retainer,
    draw_retainer,
    refund_retainer,
    send_retainer,
    void_retainer,
)
from portico.retainers.models import RetainerInvoice, RetainerLine
from portico.statements.tests.counting import own
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.counting import statements
from portico.testing.jobs import run_jobs
from portico.testing.mail import Mailbox, links_in
from portico.testing.people import World
from portico.transactions.models import DocumentView


@pytest.fixture
def books(world: World) -> Books:
    return Books(world.olive, world.greenleaf, day=today())


def _page(world: World, mine: RetainerInvoice, path: str = "") -> str:
    response = signed_in(world.maya).get(f"/retainer-invoices/{mine.pk}/{path}")
    assert response.status_code == 200
    return response.content.decode()


def _pdf(world: World, mine: RetainerInvoice) -> str:
    content = signed_in(world.maya).get(f"/retainer-invoices/{mine.pk}/pdf").content
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def test_it_tells_what_was_paid_drawn_and_paid_back_and_where(world: World, books: Books) -> None:
    mine, invoice = books.retainer("500.00"), books.invoice("90.00")
    payment = books.pay("400.00", retainer=mine)
    draw_retainer(actor=world.olive, retainer=mine, invoice=invoice, amount=books.money("90.00"))
    refund_retainer(actor=world.olive, retainer=mine, amount=books.money("10.00"), mode="cash", date=today())
    page, pdf = _page(world, mine), _pdf(world, mine)
    assert f'<a href="/payments/{payment.pk}/">{payment.number}</a>' in page
    assert f'<a href="/invoices/{invoice.pk}/">{invoice.number}</a>' in page
    assert "REF-0001" in page
    for amount in ("$500.00", "−$400.00", "$100.00", "$90.00", "$10.00", "$300.00"):
        assert amount in page, amount
        assert amount in pdf, amount
    told = page.split('class="timeline"')[1]
    events = ["10.00</data> paid back", "90.00</data> paid from retainer", "400.00</data> received", "Issued"]
    places = [told.find(event) for event in events]
    assert places == sorted(places, key=lambda at: at), told
    # And the other way round.
    client = signed_in(world.maya)
    link = f'<a href="/retainer-invoices/{mine.pk}/">{mine.number}</a>'
    assert link in client.get(f"/invoices/{invoice.pk}/").content.decode()
    receipt = client.get(f"/payments/{payment.pk}/").content.decode()
    assert f'<a href="/retainer-invoices/{mine.pk}/">Retainer invoice {mine.number}</a>' in receipt
    made = client.get("/payments/?tab=retainers").content.decode()
    assert f'href="/retainer-invoices/{mine.pk}/">{mine.number}</a>' in made


def test_maya_pays_it_from_its_page(world: World, books: Books) -> None:
    mine = books.retainer("50.00")
    assert "Pay now" not in _page(world, mine)
    card_account(world)
    assert f'href="/pay/?retainer={mine.pk}">Pay now' in _page(world, mine)
    assert signed_in(world.maya).get(f"/pay/?retainer={mine.pk}").status_code == 200
    books.pay("50.00", retainer=mine)
    page = _page(world, mine)
    assert "Pay now" not in page
    assert "Available retainer payments" in page


def test_a_void_one_asks_for_nothing_and_a_draft_is_not_there(world: World, books: Books) -> None:
    mine = books.retainer("50.00")
    void_retainer(actor=world.olive, retainer=mine, reason="Not wanted any more")
    page = _page(world, mine)
    assert "Nothing is to be paid on this retainer invoice." in page
    assert "Not wanted" not in page
    assert "Void" in _pdf(world, mine)
    draft = draft_retainer(
        actor=world.olive,
        customer=world.greenleaf,
        draft=RetainerDraft(date=today(), lines=books.lines("5")),
    )
    for path in ("", "pdf", "print"):
        assert signed_in(world.maya).get(f"/retainer-invoices/{draft.pk}/{path}").status_code == 404


def test_ines_finds_nothing_and_leo_may_not_look(world: World, books: Books) -> None:
    mine = books.retainer("4321.00")
    for path in ("", "pdf", "print"):
        address = f"/retainer-invoices/{mine.pk}/{path}"
        assert signed_in(world.ines).get(address).status_code == 404
        refused = signed_in(world.leo).get(address)
        assert refused.status_code == 403
        assert b"4,321" not in refused.content


def test_every_look_is_logged_and_the_first_stands_in_its_history(world: World, books: Books) -> None:
    mine = books.retainer("50.00")
    client = signed_in(world.maya)
    for path in ("", "pdf", "print", ""):
        client.get(f"/retainer-invoices/{mine.pk}/{path}")
        client.head(f"/retainer-invoices/{mine.pk}/{path}")
    with scope(world.olive):
        views = [(view.document_kind, view.how) for view in DocumentView.objects.order_by("at")]
    assert views == [("retainer_invoice", how) for how in ("page", "pdf", "print", "page")]
    assert _page(world, mine).count("First opened by Maya") == 1


def test_what_it_says_is_remembered_and_a_change_behind_the_actions_is_noticed(
    world: World, books: Books
) -> None:
    mine = books.retainer("50.00")
    _page(world, mine)
    books.pay("20.00", retainer=mine)
    with capture_logs() as logs:
        _page(world, mine)
    assert not [each for each in logs if each["event"] == "issued_document_changed"]
    with scope(world.olive):
        RetainerLine.objects.filter(document=mine).update(name="Something else")
    with capture_logs() as logs:
        _page(world, mine)
    assert [each["document"] for each in logs if each["event"] == "issued_document_changed"] == [str(mine.pk)]


def test_a_page_costs_the_same_whatever_happened(world: World, books: Books) -> None:
    few, many = books.retainer("500.00"), books.retainer("500.00")
    client = signed_in(world.maya)
    for _each in range(6):
        books.pay("10.00", retainer=many)
    for each in (few, many):
        client.get(f"/retainer-invoices/{each.pk}/")  # the first view writes more
    with statements() as small:
        client.get(f"/retainer-invoices/{few.pk}/")
    with statements() as large:
        client.get(f"/retainer-invoices/{many.pk}/")
    assert own(small) == own(large)


def test_it_goes_to_those_who_may_see_billing_once_with_its_pdf(
    world: World, books: Books, mailbox: Mailbox
) -> None:
    mine = books.retainer("321.00")
    assert send_retainer(actor=world.olive, retainer=mine) == 1
    assert send_retainer(actor=world.olive, retainer=mine) == 0
    run_jobs()
    message = mailbox.wait_for(world.email("maya"))
    assert mailbox.to(world.email("leo")) == []
    assert message["Subject"] == f"Retainer invoice {mine.number} from Northwind Traders"
    assert any(link.endswith(f"/retainer-invoices/{mine.pk}/") for link in links_in(message))
    (file,) = message.iter_attachments()
    assert file.get_filename() == f"{mine.number}.pdf"
    assert "$321.00" in PdfReader(io.BytesIO(file.get_content())).pages[0].extract_text()
    office = signed_in(world.olive)
    again = office.post(reverse("admin:send-retainer", args=[mine.pk]))
    assert again.status_code == 422
    assert "has had it" in again.content.decode()
    with pytest.raises(ForbiddenError):
        send_retainer(actor=world.maya, retainer=mine)
    void_retainer(actor=world.olive, retainer=mine, reason="Wrong")
    with pytest.raises(ConflictError):
        send_retainer(actor=world.olive, retainer=mine)
