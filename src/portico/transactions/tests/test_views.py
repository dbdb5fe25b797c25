"""Maya keeps views of her lists; nobody else has them; what the organisation publishes, everybody has (S4.3)."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client

from portico.access.scope import scope
from portico.invoices.tests.making import invoice
from portico.kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from portico.testing.clients import signed_in
from portico.testing.people import World, make_world
from portico.transactions.actions import (
    delete_view,
    edit_view,
    publish_view,
    save_view,
    withdraw_published_view,
)
from portico.transactions.lists import listing_of
from portico.transactions.models import CustomView
from portico.transactions.queries import ViewLine, views_of

INVOICE = listing_of("invoice")


def _save(
    world: World, name: str = "Late ones", query: str = "status=overdue&sort=-total", **more: bool
) -> CustomView:
    return save_view(actor=world.maya, listing=INVOICE, name=name, query=query, **more)


def _page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    return unescape(response.content.decode())


def test_maya_saves_what_she_sees_and_opens_it_again_without_javascript(world: World) -> None:
    late = invoice(world, issued=-40, due=-1)
    later = invoice(world)
    maya = signed_in(world.maya)
    page = _page(maya, "/invoices/?status=overdue&sort=-total&size=50&page=last&columns=number,total")
    (new,) = re.findall(r'href="(/lists/invoice/views/new[^"]*)"', page)
    form = _page(maya, new)
    assert "Overdue" in form
    assert "Columns: Invoice, Total" in form
    (query,) = re.findall(r'name="query" value="([^"]*)"', form)
    answer = maya.post("/lists/invoice/views/new", {"name": "Late ones", "query": query})
    page = _page(maya, answer.headers["Location"])
    assert "The view “Late ones” is saved." in page
    assert late.number in page
    assert later.number not in page
    assert "sort=-total" in query
    assert "size=50" in query
    assert "page=" not in query
    assert ">Late ones" in _page(maya, "/invoices/")


def test_a_view_has_a_name_and_filters_that_can_be_read(world: World) -> None:
    maya = signed_in(world.maya)
    assert maya.post("/lists/invoice/views/new", {"name": " ", "query": ""}).status_code == 422
    for query in ("status=lost", "total_from=x", "date_from=2026-05-02&date_to=2026-05-01"):
        with pytest.raises(InvalidError):
            _save(world, query=query)
    _save(world)
    with pytest.raises(ConflictError):
        _save(world)
    page = maya.post("/lists/invoice/views/new", {"name": "Late ones", "query": ""})
    assert page.status_code == 409
    assert "You have a view of this name already." in page.content.decode()


def test_the_default_opens_by_itself_and_a_link_leads_back_to_the_plain_list(world: World) -> None:
    invoice(world)
    first, second = (
        _save(world, is_default=True),
        _save(world, "Paid", "tab=all&status=paid", is_default=True),
    )
    maya = signed_in(world.maya)
    answer = maya.get("/invoices/")
    assert answer.headers["Location"] == f"/invoices/?tab=all&status=paid&view={second.pk}"
    page = _page(maya, answer.headers["Location"])
    assert 'href="?view=none"' in page
    assert maya.get("/invoices/?view=none").status_code == 200
    assert maya.get("/invoices/?q=pot").status_code == 200
    with scope(world.maya):
        first.refresh_from_db()
    assert not first.is_default
    assert signed_in(world.ines).get("/invoices/").status_code == 200


def test_maya_renames_saves_over_and_deletes(world: World) -> None:
    view = _save(world)
    maya = signed_in(world.maya)
    page = _page(maya, f"/invoices/?{view.query}&view={view.pk}&currency=USD")
    assert "Save the changes in “Late ones”" in page
    (over,) = re.findall(rf'href="(/lists/views/{view.pk}/[^"]*)"', page)
    (query,) = re.findall(r'name="query" value="([^"]*)"', _page(maya, over))
    maya.post(f"/lists/views/{view.pk}/", {"name": "Late dollars", "query": query})
    with scope(world.maya):
        view.refresh_from_db()
    assert (view.name, view.query) == ("Late dollars", "status=overdue&currency=USD&sort=-total")
    assert "Delete “Late dollars”?" in _page(maya, f"/lists/views/{view.pk}/delete")
    maya.post(f"/lists/views/{view.pk}/delete")
    assert "The view “Late dollars” is deleted." in _page(maya, "/lists/invoice/views/")
    assert "Late dollars" not in _page(maya, "/invoices/?tab=all")
    assert maya.get(f"/lists/views/{view.pk}/").status_code == 404
    assert maya.get(f"/invoices/?status=overdue&view={view.pk}").status_code == 200  # a bookmark of it


def test_a_view_is_nobody_elses_at_the_same_customer_at_another_or_elsewhere(world: World) -> None:
    view = _save(world)
    elsewhere = make_world()
    for other in (world.leo, world.ines, elsewhere.maya):
        with scope(other):
            assert not CustomView.objects.exists()  # by the policy alone
            with connection.cursor() as cursor:
                cursor.execute("UPDATE transactions_customview SET name = 'Mine now'")
                assert cursor.rowcount == 0
        for address in (f"/lists/views/{view.pk}/", f"/lists/views/{view.pk}/delete"):
            assert signed_in(other).get(address).status_code == 404
            assert signed_in(other).post(address, {"name": "Mine now"}).status_code == 404
        with pytest.raises(NotFoundError):
            edit_view(actor=other, view=view, name="Mine now", is_default=True)
        with pytest.raises(NotFoundError):
            delete_view(actor=other, view=view)
    assert "Late ones" not in _page(signed_in(world.ines), "/invoices/?tab=all")
    with scope(world.maya):
        assert [line.name for line in views_of(world.maya, INVOICE).lines] == ["Late ones"]


def test_leo_who_may_not_see_billing_keeps_no_view_of_invoices(world: World) -> None:
    with pytest.raises(ForbiddenError):
        save_view(actor=world.leo, listing=INVOICE, name="Mine", query="")
    assert signed_in(world.leo).get("/lists/invoice/views/").status_code == 403
    mine = save_view(actor=world.leo, listing=listing_of("sales_order"), name="Mine", query="tab=all")
    assert mine.query == "tab=all"


def test_what_olive_publishes_every_customer_opens_and_none_changes(world: World) -> None:
    paid = "https://northwind.example/invoices/?tab=all&status=paid&page=last"
    view = publish_view(actor=world.olive, kind="invoice", name="Paid", query=paid)
    elsewhere = make_world()
    for person in (world.maya, world.ines):
        page = _page(signed_in(person), "/invoices/")
        assert f'href="?tab=all&status=paid&view={view.pk}"' in page
        assert signed_in(person).post(f"/lists/views/{view.pk}/delete").status_code == 404
    assert "Paid" not in [line.name for line in _lines(elsewhere)]
    with scope(world.maya), connection.cursor() as cursor:
        cursor.execute("DELETE FROM transactions_publishedview")
        assert cursor.rowcount == 0
    with pytest.raises(ForbiddenError):
        withdraw_published_view(actor=world.maya, view=view)
    withdraw_published_view(actor=world.olive, view=view)
    assert _lines(world) == ()


def _lines(world: World) -> tuple[ViewLine, ...]:
    with scope(world.maya):
        return views_of(world.maya, INVOICE).lines


def test_olive_publishes_and_withdraws_in_the_office(world: World) -> None:
    olive = signed_in(world.olive)
    answer = olive.post(
        "/office/do/publish-view/", {"kind": "invoice", "name": "Overdue", "query": "status=overdue"}
    )
    assert answer.status_code == 302
    listed = olive.get("/office/transactions/publishedview/").content.decode()
    assert "Overdue" in listed
    assert "status=overdue" not in listed, "in words, not as an address"
    assert "Overdue" in _page(signed_in(world.ines), "/invoices/?tab=all")


def test_columns_are_chosen_in_the_address_and_kept_in_every_link(world: World) -> None:
    mine = invoice(world, reference="PO 77")
    maya = signed_in(world.maya)
    page = _page(maya, "/invoices/?columns=number&columns=reference&columns=balance")
    heads = re.findall(r'<th role="columnheader"[^>]*>(.*?)</th>', page)
    words = [re.sub(r"<[^>]*>", "", head).strip() for head in heads]
    assert [word for word in words if word] == ["Invoice", "Your reference", "Balance", "Actions"]
    assert mine.reference in page
    assert "columns=number%2Creference%2Cbalance" in page
    assert "Issued" not in words
