"""Home's card of orders (S3.8): each number is the length of the list it leads to."""

from __future__ import annotations

import html
import re

from portico.access.scope import scope
from portico.organisations.models import Preferences
from portico.sales_orders.actions import cancel_order, close_order, invoice_order
from portico.sales_orders.tests.making import draft, order, shipped, some
from portico.testing.clients import signed_in
from portico.testing.people import World


def _make_some_of_each(world: World) -> None:
    draft(world)
    order(world)
    order(world, customer=world.harbourview)
    invoice_order(actor=world.olive, order=order(world), issue=True)
    part = order(world)
    shipped(world, part, "3")
    invoice_order(actor=world.olive, order=part, quantities=some(world, part, "3"), issue=True)
    for _time in range(2):
        shipped(world, order(world))
    done = order(world)
    shipped(world, done, arrived=True)
    invoice_order(actor=world.olive, order=done, issue=True)
    shipped(world, order(world), arrived=True)
    cancel_order(actor=world.olive, order=order(world), reason="No")
    close_order(actor=world.olive, order=order(world))


def _card(world: World, who: str) -> dict[str, tuple[str, int]]:
    page = signed_in(getattr(world, who)).get("/").content.decode()
    found = re.findall(
        r'<dt>(Orders [^<]+)</dt>\s*<dd><a href="([^"]+)"><span class="money lg[^"]*">(\d+)</span>', page
    )
    return {words: (html.unescape(href), int(number)) for words, href, number in found}


def _rows(world: World, who: str, href: str) -> int:
    page = signed_in(getattr(world, who)).get(href).content.decode()
    return len(re.findall(r'class="c-main"><a href="[0-9a-f-]{36}/">', page))


def test_each_number_is_the_length_of_the_list_it_leads_to(world: World) -> None:
    _make_some_of_each(world)
    card = _card(world, "maya")
    assert {words: number for words, (_href, number) in card.items()} == {
        "Orders open": 2,
        "Orders part shipped": 1,
        "Orders shipped": 2,
        "Orders not invoiced": 5,
    }
    for words, (href, number) in card.items():
        assert _rows(world, "maya", href) == number, words


def test_leo_is_told_nothing_of_invoices(world: World) -> None:
    _make_some_of_each(world)
    card = _card(world, "leo")
    assert list(card) == ["Orders open", "Orders part shipped", "Orders shipped"]
    for words, (href, number) in card.items():
        assert _rows(world, "leo", href) == number, words


def test_without_orders_or_where_they_are_not_shown_there_is_no_card(world: World) -> None:
    assert not _card(world, "maya")
    order(world)
    assert _card(world, "maya")
    with scope(world.olive):
        Preferences.objects.update(show_sales_orders=False)
    assert not _card(world, "maya")
