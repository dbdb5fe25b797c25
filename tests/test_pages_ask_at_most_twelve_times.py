"""How many statements each page of a customer's portal sends to the database: at most twelve, however many rows.

What a person's first look at a document leaves behind (its mark, its history, word to staff) comes on top, once.
"""

from __future__ import annotations

import copy
import io
from collections.abc import Iterator, Mapping

import pytest
from django.db import models
from django.test import Client

from portico.access.scope import scope
from portico.access.tenancy import CustomerOwned
from portico.comments.actions import post_comment
from portico.kit.ids import new_id
from portico.kit.money import Money
from portico.organisations.actions import edit_preferences
from portico.sales_orders.tests.making import order, shipped
from portico.sharing.files.actions import share_file
from portico.sharing.files.models import SharedFile
from portico.subscriptions.actions import feed_subscription
from portico.subscriptions.feed import Details
from portico.subscriptions.models import Status
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.counting import statements
from portico.testing.people import World
from portico.transactions.kinds import kind_of

MOST = 12
FEW, MANY = 25, 100


@pytest.fixture
def rows(world: World) -> Mapping[str, CustomerOwned]:
    """One document of each kind with what its page tells, by the address of its list; every module is shown."""
    edit_preferences(actor=world.olive, customer_reviews=True, show_subscriptions=True)
    books = Books(world.olive, world.greenleaf)
    invoice = books.invoice("100.00")
    ordered = order(world)
    shipped(world, ordered, "4")
    price = Money.of("5", "USD")
    details = Details(external_id="S-1", plan="Hoses", status=Status.ACTIVE, price=price, amount=price)
    rows = {
        "/invoices/": invoice,
        "/sales-orders/": ordered,
        "/retainer-invoices/": books.retainer("30.00"),
        "/credit-notes/": books.credit_note("20.00"),
        "/payments/": books.pay("40.00", (invoice, "10.00")),
        "/documents/": share_file(
            actor=world.olive, customer_id=world.greenleaf.pk, name="a.txt", content=io.BytesIO(b"Roses")
        ),
        "/subscriptions/": feed_subscription(actor=world.olive, customer=world.greenleaf, details=details),
    }
    for path, kind in (("/invoices/", "invoice"), ("/sales-orders/", "sales_order")):
        post_comment(
            actor=world.olive,
            kind=kind_of(kind),
            document_id=rows[path].pk,
            text="Thank you",
            submission_key=new_id(),
        )
    return rows


def copies(row: CustomerOwned, count: int) -> Iterator[CustomerOwned]:
    """More of the same, each with an id and a number of its own."""
    for _each in range(count):
        more = copy.copy(row)
        more.pk = new_id()
        more._state = models.base.ModelState()
        for name in ("number", "external_id", "storage_key"):
            if hasattr(more, name):
                setattr(more, name, more.pk.hex)
        yield more


def make_more(world: World, rows: Mapping[str, CustomerOwned], count: int) -> None:
    """So many of each kind, the first included."""
    with scope(world.job):
        for row in rows.values():
            model = type(row)
            has = model._default_manager.filter(customer=world.greenleaf).count()
            model._default_manager.bulk_create(copies(row, count - has))


def costs(maya: Client, addresses: list[str]) -> dict[str, int]:
    """How many statements each page sends, when it is not seen for the first time."""
    found = {}
    for address in addresses:
        assert maya.get(address).status_code == 200, address
        with statements() as sent:
            maya.get(address)
        found[address] = len(sent)
    return found


def test_no_page_sends_more_than_twelve_nor_more_for_more_rows(
    world: World, rows: Mapping[str, CustomerOwned]
) -> None:
    lists = [f"{each}?size={MANY}" for each in rows]
    papers = [f"{path}{row.pk}/" for path, row in rows.items() if not isinstance(row, SharedFile)]
    pages = ["/", *lists, *papers, "/profile/", "/conversations/", "/statements/"]
    maya = signed_in(world.maya)
    make_more(world, rows, FEW)
    few = costs(maya, pages)
    make_more(world, rows, MANY)
    many = costs(maya, pages)
    told = "\n".join(f"{many[each]:3} {each}" for each in pages)
    assert few == many, told
    assert max(few.values()) <= MOST, told
