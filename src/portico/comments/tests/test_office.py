"""Olive's side of a conversation: the page in the office, and what each role may do there."""

from __future__ import annotations

from portico.access.actors import Role
from portico.access.scope import scope
from portico.comments.tests.making import mine, page, say, texts
from portico.invoices.models import Invoice
from portico.kit.ids import new_id
from portico.notifications.models import Notification
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.people import World, make_staff, make_world

assert mine  # a fixture


def _post(world: World, about: Invoice, seen_by: str, text: str = "Hello") -> int:
    given = {"text": text, "seen_by": seen_by, "submission_key": new_id()}
    return signed_in(world.olive).post(f"/office/conversations/{about.pk}/", given).status_code


def test_olive_writes_to_maya_and_to_her_colleagues(world: World, mine: Invoice) -> None:
    assert _post(world, mine, "portal", "We are sorry.") == 302
    assert _post(world, mine, "staff", "Give them a discount.") == 302
    assert texts(world.maya, mine) == ["We are sorry."]
    assert texts(world.olive, mine) == ["We are sorry.", "Give them a discount."]
    shown = signed_in(world.olive).get(f"/office/conversations/{mine.pk}/").content.decode()
    assert "Internal" in shown
    assert "Northwind Traders" in page(world.maya, mine)


def test_the_form_says_what_is_wrong(world: World, mine: Invoice) -> None:
    assert _post(world, mine, "portal", "  ") == 422
    assert _post(world, mine, "everybody") == 422
    assert _post(world, Books(world.olive, world.greenleaf).drafted("10"), "portal") == 422


def test_make_visible_and_hide_are_buttons(world: World, mine: Invoice) -> None:
    comment = say(world.olive, mine, "The pots come on Friday.", in_portal=False)
    browser, address = signed_in(world.olive), f"/office/conversations/{mine.pk}/"
    assert "Make visible in portal" in browser.get(address).content.decode()
    browser.post(address, {"share": str(comment.pk)})
    assert texts(world.maya, mine) == ["The pots come on Friday."]
    browser.post(address, {"hide": str(comment.pk)})
    assert texts(world.maya, mine) == []
    assert browser.post(address, {"hide": "nonsense"}).status_code == 404


def test_who_reads_only_writes_nothing(world: World, mine: Invoice) -> None:
    with scope(world.job):
        rita = make_staff(world.organisation, "Rita", Role.READ_ONLY, world.tag)
        sam = make_staff(world.organisation, "Sam", Role.SALES, world.tag)
    comment = say(world.olive, mine, "Hello")
    browser, address = signed_in(rita), f"/office/conversations/{mine.pk}/"
    shown = browser.get(address).content.decode()
    assert "Hello" in shown
    assert "Write a comment" not in shown
    given = {"text": "Hi", "seen_by": "portal", "submission_key": new_id()}
    assert browser.post(address, given).status_code == 403
    assert browser.post(address, {"hide": str(comment.pk)}).status_code == 403
    assert signed_in(sam).post(address, {"hide": str(comment.pk)}).status_code == 403, "it is Olive's"


def test_another_organisations_owner_finds_nothing(world: World, mine: Invoice) -> None:
    other = make_world()
    address = f"/office/conversations/{mine.pk}/"
    assert signed_in(other.olive).get(address).status_code == 404
    given = {"text": "Hi", "seen_by": "portal", "submission_key": new_id()}
    assert signed_in(other.olive).post(address, given).status_code == 404


def test_the_notification_leads_to_the_conversation(world: World, mine: Invoice) -> None:
    say(world.maya, mine, "Where are my pots?")
    with scope(world.olive):
        told = Notification.objects.get(event="comment")
    answer = signed_in(world.olive).get(f"/office/notifications/{told.pk}/open/")
    assert answer["Location"] == f"/office/conversations/{mine.pk}/"


def test_the_documents_page_leads_to_the_conversation_and_back(world: World, mine: Invoice) -> None:
    browser = signed_in(world.olive)
    there = f"/office/conversations/{mine.pk}/"
    back = f"/office/invoices/invoice/{mine.pk}/change/"
    assert f'href="{there}"' in browser.get(back).content.decode()
    assert f'href="{back}"' in browser.get(there).content.decode()
