"""Credit notes as Maya, Leo and Ines get them: list, page, PDF, e-mail, and all credit that is left."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.test import Client
from pypdf import PdfReader

from portico.access.scope import scope
from portico.credit_notes.actions import (
    CreditNoteDraft,
    apply_credit,
    draft_credit_note,
    issue_credit_note,
    refund_credit_note,
    send_credit_note,
    void_credit_note,
)
from portico.credit_notes.models import CreditNote
from portico.invoices.tests.making import today
from portico.organisations.models import Preferences
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


def get(client: Client, address: str, status: int = 200) -> str:
    """A page, as this person gets it."""
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def numbers(page: str) -> list[str]:
    """What is listed, in order."""
    return re.findall(r'class="c-main"><a href="[0-9a-f-]+/">([^<]+)<', page)


def hide_credit_notes(world: World) -> None:
    """Switch preference 13 off."""
    with scope(world.olive):
        Preferences.objects.update(show_credit_notes=False)


def _pdf(client: Client, mine: CreditNote) -> str:
    content = client.get(f"/credit-notes/{mine.pk}/pdf").content
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def test_open_ones_come_first_and_used_and_void_ones_have_their_filters(world: World, books: Books) -> None:
    open_, used, gone = books.credit_note("40.00"), books.credit_note("15.00"), books.credit_note("9.00")
    apply_credit(actor=world.olive, source=used, invoice=books.invoice("100.00"), amount=books.money("15.00"))
    void_credit_note(actor=world.olive, credit_note=gone, reason="Wrong")
    client = signed_in(world.maya)
    page = get(client, "/credit-notes/")
    assert numbers(page) == [open_.number]
    assert "$40.00</data> is left of 1 credit note." in page.replace('<span class="cents">', "")
    assert set(numbers(get(client, "/credit-notes/?tab=all"))) == {open_.number, used.number}
    assert numbers(get(client, "/credit-notes/?tab=all&status=used")) == [used.number]
    assert numbers(get(client, "/credit-notes/?tab=all&status=void")) == [gone.number]
    assert numbers(get(client, "/credit-notes/?tab=all&status=open&status=used&sort=total")) == [
        used.number,
        open_.number,
    ]


def test_maya_searches_narrows_and_pages(world: World, books: Books) -> None:
    invoice = books.invoice("500.00")
    draft = CreditNoteDraft(date=today() - timedelta(days=60), lines=books.lines("300.00"), invoice=invoice)
    mine = issue_credit_note(
        actor=world.olive,
        credit_note=draft_credit_note(actor=world.olive, customer=world.greenleaf, draft=draft),
    )
    for each in range(26):
        books.credit_note(f"{5 + each % 3}.00")
    client = signed_in(world.maya)
    assert numbers(get(client, f"/credit-notes/?q={invoice.number}")) == [mine.number]
    assert numbers(get(client, "/credit-notes/?total_from=100")) == [mine.number]
    assert numbers(get(client, f"/credit-notes/?date_to={today() - timedelta(days=30)}")) == [mine.number]
    assert "“much” is not an amount." in get(client, "/credit-notes/?total_from=much", 422)
    for sort in ("-date", "number", "-total", "balance"):
        first = get(client, f"/credit-notes/?sort={sort}")
        (link,) = re.findall(r'href="(\?[^"]*)" rel="next"', first)
        found = numbers(first) + numbers(get(client, "/credit-notes/" + link.replace("&amp;", "&")))
        assert len(found) == len(set(found)) == 27
        assert numbers(get(client, f"/credit-notes/?sort={sort}&size=50")) == found


def test_one_tells_what_it_corrects_where_it_was_used_and_what_is_left(world: World, books: Books) -> None:
    corrected, paid = books.invoice("500.00"), books.invoice("60.00")
    draft = CreditNoteDraft(date=today(), lines=books.lines("100.00"), invoice=corrected)
    mine = issue_credit_note(
        actor=world.olive,
        credit_note=draft_credit_note(actor=world.olive, customer=world.greenleaf, draft=draft),
    )
    apply_credit(actor=world.olive, source=mine, invoice=paid, amount=books.money("60.00"))
    refund_credit_note(
        actor=world.olive, credit_note=mine, amount=books.money("15.00"), mode="cash", date=today()
    )
    client = signed_in(world.maya)
    page, pdf = get(client, f"/credit-notes/{mine.pk}/"), _pdf(client, mine)
    for invoice in (corrected, paid):
        assert f'<a href="/invoices/{invoice.pk}/">{invoice.number}</a>' in page
        link = f'<a href="/credit-notes/{mine.pk}/">{mine.number}</a>'
        assert link in get(client, f"/invoices/{invoice.pk}/")
    for text in ("$100.00", "−$60.00", "−$15.00", "$25.00", f"Used for {paid.number}", "Paid back"):
        assert text in page, text
        assert text in pdf, text
    assert corrected.number in pdf


def test_ines_finds_nothing_leo_may_not_look_and_drafts_are_not_there(world: World, books: Books) -> None:
    mine = books.credit_note("4321.00")
    draft = draft_credit_note(
        actor=world.olive,
        customer=world.greenleaf,
        draft=CreditNoteDraft(date=today(), lines=books.lines("5")),
    )
    for path in ("", "pdf", "print"):
        assert signed_in(world.ines).get(f"/credit-notes/{mine.pk}/{path}").status_code == 404
        refused = signed_in(world.leo).get(f"/credit-notes/{mine.pk}/{path}")
        assert refused.status_code == 403
        assert b"4,321" not in refused.content
        assert signed_in(world.maya).get(f"/credit-notes/{draft.pk}/{path}").status_code == 404
    assert signed_in(world.leo).get("/credits/").status_code == 403
    assert mine.number not in get(signed_in(world.ines), "/credits/")


def test_every_look_is_logged_and_the_first_stands_in_its_history(world: World, books: Books) -> None:
    mine, client = books.credit_note("5.00"), signed_in(world.maya)
    for path in ("", "pdf", "print"):
        client.get(f"/credit-notes/{mine.pk}/{path}")
        client.head(f"/credit-notes/{mine.pk}/{path}")
    with scope(world.olive):
        views = [(view.document_kind, view.how) for view in DocumentView.objects.order_by("at")]
    assert views == [("credit_note", how) for how in ("page", "pdf", "print")]
    assert get(client, f"/credit-notes/{mine.pk}/").count("First opened by Maya") == 1


def test_all_available_credit_is_of_notes_and_of_payments_above_what_was_due(
    world: World, books: Books
) -> None:
    note, payment = books.credit_note("40.00"), books.pay("25.00")
    Books(world.olive, world.greenleaf, "EUR", day=today()).credit_note("7.00")
    client = signed_in(world.maya)
    page = get(client, "/credits/?currency=USD")
    assert f'<a href="/credit-notes/{note.pk}/">{note.number}</a>' in page
    assert f'<a href="/payments/{payment.pk}/">{payment.number}</a>' in page
    assert "In USD" in page
    assert "In EUR" not in page
    assert "€" not in page
    assert numbers(get(client, "/payments/?status=unused")) == [payment.number]
    with statements() as few:
        client.get("/credits/")
    for _each in range(9):
        books.credit_note("1.00")
        books.pay("1.00")
    with statements() as many:
        client.get("/credits/")
    assert own(few) == own(many)


def test_where_customers_may_not_view_credit_notes_they_are_nowhere_and_sums_stay_right(
    world: World, books: Books
) -> None:
    invoice, note = books.invoice("100.00"), books.credit_note("40.00")
    books.pay("25.00")
    apply_credit(actor=world.olive, source=note, invoice=invoice, amount=books.money("10.00"))
    client = signed_in(world.maya)
    assert 'href="/credit-notes/"' in get(client, "/")
    hide_credit_notes(world)
    home = get(client, "/")
    assert 'href="/credit-notes/' not in home
    assert "$55.00" in re.sub(r"<[^>]+>", "", home)  # 30 left of the note, 25 of the payment
    for path in ("", f"{note.pk}/", f"{note.pk}/pdf", f"{note.pk}/print"):
        assert client.get(f"/credit-notes/{path}").status_code == 404
    left = get(client, "/credits/")
    assert note.number not in left
    assert "$55.00" in re.sub(r"<[^>]+>", "", left)
    page = get(client, f"/invoices/{invoice.pk}/")
    assert note.number in page  # the paper names it, and leads nowhere
    assert f"/credit-notes/{note.pk}/" not in page
    assert send_credit_note(actor=world.olive, credit_note=note) == 0


def test_it_goes_to_those_who_may_see_billing_once_with_its_pdf(
    world: World, books: Books, mailbox: Mailbox
) -> None:
    mine = books.credit_note("321.00")
    assert send_credit_note(actor=world.olive, credit_note=mine) == 1
    assert send_credit_note(actor=world.olive, credit_note=mine) == 0
    run_jobs()
    message = mailbox.wait_for(world.email("maya"))
    assert mailbox.to(world.email("leo")) == []
    assert message["Subject"] == f"Credit note {mine.number} from Northwind Traders"
    assert any(link.endswith(f"/credit-notes/{mine.pk}/") for link in links_in(message))
    (file,) = message.iter_attachments()
    assert "$321.00" in PdfReader(io.BytesIO(file.get_content())).pages[0].extract_text()
