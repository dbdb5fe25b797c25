"""What is new to whom, and what makes it known: opening the page, and nothing less."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portico.access.actors import Permission, Role, StaffActor
from portico.access.scope import scope
from portico.comments.actions import post_comment
from portico.comments.queries import thread, waiting_for_staff
from portico.comments.tests.making import mine, page, say
from portico.customers.models import ContactPerson
from portico.invoices.models import Invoice
from portico.kit import clock
from portico.kit.ids import new_id
from portico.organisations.models import Preferences
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.counting import statements
from portico.testing.people import World, make_contact, make_staff
from portico.transactions.kinds import kind_of

assert mine  # a fixture


def _news(world: World, who: str = "maya") -> bool:
    home = signed_in(getattr(world, who)).get("/").content.decode()
    return "new comment" in home


def test_olives_words_are_news_to_maya_until_she_opens_the_invoice(world: World, mine: Invoice) -> None:
    say(world.olive, mine, "One")
    say(world.olive, mine, "Two")
    home = signed_in(world.maya).get("/").content.decode()
    assert "2 new comments" in home
    listed = signed_in(world.maya).get("/conversations/").content.decode()
    assert "2 new" in listed
    assert '<span class="new">New</span>' in page(world.maya, mine)
    assert not _news(world)
    assert '<span class="new">New</span>' not in page(world.maya, mine)


@pytest.mark.parametrize("look", ["head", "prefetch", "pdf", "print", "list"])
def test_what_is_no_view_leaves_it_new(world: World, mine: Invoice, look: str) -> None:
    say(world.olive, mine, "One")
    browser, address = signed_in(world.maya), f"/invoices/{mine.pk}/"
    if look == "head":
        browser.head(address)
        browser.head(f"/conversations/invoice/{mine.pk}/")
    elif look == "prefetch":
        browser.get(address, headers={"Sec-Purpose": "prefetch;prerender"})
        browser.get(f"/conversations/invoice/{mine.pk}/", headers={"Sec-Purpose": "prefetch"})
    elif look == "list":
        browser.get("/conversations/")
    else:
        browser.get(f"{address}{look}")
    assert _news(world)


def test_the_conversations_own_page_reads_it_too(world: World, mine: Invoice) -> None:
    say(world.olive, mine, "One")
    assert "One" in signed_in(world.maya).get(f"/conversations/invoice/{mine.pk}/").content.decode()
    assert not _news(world)


def test_each_person_reads_for_themselves(world: World, mine: Invoice) -> None:
    with scope(world.job):
        vera = make_contact(
            world.greenleaf, "Vera", {Permission.VIEW_BILLING}, tag=world.tag, company="greenleaf"
        )
    say(world.maya, mine, "Where are my pots?")
    assert not _news(world), "one's own words are no news"
    assert "1 new comment" in signed_in(vera).get("/").content.decode()
    assert not _news(world, "leo"), "who may not see invoices hears nothing of them"
    assert not _news(world, "ines")
    page(vera, mine)
    assert "new comment" not in signed_in(vera).get("/").content.decode()


def test_who_may_no_longer_see_invoices_has_no_news_of_them(world: World, mine: Invoice) -> None:
    say(world.olive, mine, "One")
    with scope(world.job):
        ContactPerson.objects.filter(pk=world.maya.person_id).update(can_view_billing=False)
    assert not _news(world)
    assert "One" not in signed_in(world.maya).get("/conversations/").content.decode()


def test_a_page_pays_no_statement_for_the_count_in_its_menu(world: World, mine: Invoice) -> None:
    browser = signed_in(world.maya)
    browser.get("/conversations/")
    with statements() as before:
        browser.get("/conversations/")
    for count in range(3):
        say(world.olive, mine, f"{count}")
    with statements() as after:
        browser.get("/conversations/")
    assert len(after) <= len(before) + 1, "the last words, and nothing for each comment"


def test_the_list_shows_the_newest_first_and_pages(world: World) -> None:
    books = Books(world.olive, world.greenleaf)
    invoices = [books.invoice("10") for _count in range(26)]
    for count, invoice in enumerate(invoices):
        with clock.held_at(clock.now() + timedelta(minutes=count)):
            say(world.olive, invoice, f"About {invoice.number}")
    browser = signed_in(world.maya)
    first = browser.get("/conversations/").content.decode()
    assert first.index(invoices[25].number) < first.index(invoices[24].number)
    assert f"About {invoices[0].number}" not in first
    older = first.split('href="?before=')[1].split('"')[0]
    second = browser.get(f"/conversations/?before={older}").content.decode()
    assert f"About {invoices[0].number}" in second
    assert f"About {invoices[1].number}" not in second
    assert browser.get("/conversations/?before=yesterday").status_code == 422


def test_a_kind_that_is_off_takes_its_conversations_with_it(world: World) -> None:

    note = Books(world.olive, world.greenleaf).credit_note("10")
    kind = kind_of("credit_note")
    post_comment(
        actor=world.olive, kind=kind, document_id=note.pk, text="For the pots", submission_key=new_id()
    )
    browser = signed_in(world.maya)
    assert "For the pots" in browser.get("/conversations/").content.decode()
    with scope(world.olive):
        Preferences.objects.update(show_credit_notes=False)
    assert "For the pots" not in browser.get("/conversations/").content.decode()
    assert not _news(world)
    address = f"/conversations/credit_note/{note.pk}/"
    assert browser.get(address).status_code == 404
    assert browser.post(address, {"text": "Hi", "submission_key": new_id()}).status_code == 404


def test_staff_have_unread_conversations_each_for_themselves(world: World, mine: Invoice) -> None:
    with scope(world.job):
        sam: StaffActor = make_staff(world.organisation, "Sam", Role.SALES, world.tag)
    say(world.maya, mine, "Where are my pots?")
    for who in (world.olive, sam):
        with scope(who):
            assert waiting_for_staff(who) == 1
            assert [each.is_new for each in thread(who, mine.pk)] == [True]
    browser = signed_in(world.olive)
    assert "Where are my pots?" in browser.get("/office/comments/comment/?read=no").content.decode()
    browser.head(f"/office/conversations/{mine.pk}/")
    with scope(world.olive):
        assert waiting_for_staff(world.olive) == 1
    assert "Where are my pots?" in browser.get(f"/office/conversations/{mine.pk}/").content.decode()
    with scope(world.olive):
        assert waiting_for_staff(world.olive) == 0
    with scope(sam):
        assert waiting_for_staff(sam) == 1
    assert "Where are my pots?" not in browser.get("/office/comments/comment/?read=no").content.decode()
    say(world.maya, mine, "Hello?")
    with scope(world.olive):
        assert waiting_for_staff(world.olive) == 1
