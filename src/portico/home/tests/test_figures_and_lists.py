"""Each of Home's figures leads to a list that says the same sum (S3.1)."""

from __future__ import annotations

import re
from html import unescape

from portico.credit_notes.actions import apply_credit
from portico.invoices.tests.making import today
from portico.retainers.actions import draw_retainer
from portico.sales_orders.tests.making import order
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.people import World
from portico.transactions.actions import save_view
from portico.transactions.lists import listing_of

_STAT = re.compile(r'<dt>([^<]+?)\s*</dt>\s*<dd><a href="([^"]+)">(.*?)</a></dd>', re.DOTALL)


def _figures(page: str) -> dict[str, tuple[str, str]]:
    """By label: the address it leads to, and the amount."""
    found = {
        label.strip(): (unescape(href), _text(figure))
        for label, href, figure in _STAT.findall(page)
        if "<data" in figure
    }
    lead = re.search(r'<h2>Outstanding invoices</h2>\s*<a href="([^"]+)">(.*?)</a>', page, re.DOTALL)
    assert lead
    return {"Outstanding invoices": (unescape(lead[1]), _text(lead[2])), **found}


def _text(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", "", markup)).split())


def test_every_list_says_the_sum_that_home_says(world: World) -> None:
    books = Books(world.olive, world.greenleaf, day=today())
    invoice = books.invoice("1000.00")
    note, excess = books.credit_note("120.10"), books.pay("70.00")
    apply_credit(actor=world.olive, source=note, invoice=invoice, amount=books.money("20.00"))
    apply_credit(actor=world.olive, source=excess, invoice=invoice, amount=books.money("7.00"))
    for amount, paid in (("300.00", "300.00"), ("500.00", "110.50"), ("44.00", None)):
        retainer = books.retainer(amount)
        if paid:
            books.pay(paid, retainer=retainer)
            draw_retainer(actor=world.olive, retainer=retainer, invoice=invoice, amount=books.money("10.50"))
    Books(world.olive, world.greenleaf, "EUR", day=today()).credit_note("5.00")
    client = signed_in(world.maya)
    dollars = _figures(client.get("/").content.decode().split("In EUR")[0])
    expected = {
        "Outstanding invoices": "$952.00",
        "Available credits": "$163.10",
        "Outstanding retainer invoices": "$433.50",
        "Available retainer payments": "$389.50",
    }
    assert {label: amount for label, (_href, amount) in dollars.items()} == expected
    for label, (href, amount) in dollars.items():
        answer = client.get(href)
        assert answer.status_code == 200, label
        page = _text(answer.content.decode().split("<main")[1].split("</main>")[0])
        assert amount in page, label
    books.assert_clean()


def test_a_figure_leads_to_what_it_adds_up_even_where_maya_opens_the_list_with_a_view_of_hers(
    world: World,
) -> None:
    books = Books(world.olive, world.greenleaf, day=today())
    books.invoice("952.00")
    books.retainer("44.00")
    ordered = order(world)
    for kind in ("invoice", "retainer_invoice", "sales_order"):
        save_view(
            actor=world.maya,
            listing=listing_of(kind),
            name="None",
            query="q=nothing-like-it",
            is_default=True,
        )
    maya = signed_in(world.maya)
    home = maya.get("/").content.decode()
    shown = _figures(home)
    for label in ("Outstanding invoices", "Outstanding retainer invoices"):
        href, amount = shown[label]
        answer = maya.get(href)
        assert answer.status_code == 200, label
        assert amount in _text(answer.content.decode().split("<main")[1]), label
    [href] = re.findall(r'<dt>Orders not invoiced</dt>\s*<dd><a href="([^"]+)">', home)
    assert ordered.number in maya.get(href).content.decode()
