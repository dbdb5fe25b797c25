"""The list of sales orders as Maya, Leo and Ines get it."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from portico.access.actors import Permission
from portico.access.scope import scope
from portico.sales_orders.actions import cancel_order, close_order, invoice_order
from portico.sales_orders.tests.making import draft, order, planters, shipped, some, today
from portico.testing.clients import signed_in
from portico.testing.counting import statements
from portico.testing.people import World, make_contact
from portico.transactions.drafts import LineDraft


def _page(world: World, query: str = "", who: str = "maya", status: int = 200) -> str:
    response = signed_in(getattr(world, who)).get(f"/sales-orders/{query}")
    assert response.status_code == status
    return response.content.decode()


def _numbers(page: str) -> list[str]:
    return re.findall(r'class="c-main"><a href="[0-9a-f-]+/">([^<]+)<', page)


def test_invoices_are_narrowed_to_those_of_one_order(world: World) -> None:
    mine, other = order(world), order(world)
    wanted = invoice_order(actor=world.olive, order=mine, issue=True)
    left_out = invoice_order(actor=world.olive, order=other, issue=True)
    page = signed_in(world.maya).get(f"/invoices/?order={mine.pk}").content.decode()
    assert wanted.number in page
    assert left_out.number not in page
    assert mine.number in page, "the chip"


def test_the_first_tab_holds_what_is_not_invoiced_whatever_is_ticked(world: World) -> None:
    whole = order(world)
    invoice_order(actor=world.olive, order=whole, issue=True)
    half, none = order(world, ordered=-1), order(world, ordered=-2)
    invoice_order(actor=world.olive, order=half, quantities=some(world, half, "5"), issue=True)
    drafted = order(world, ordered=-3)
    invoice_order(actor=world.olive, order=drafted)  # a draft is no invoice yet
    uninvoiced = [half.number, none.number, drafted.number]
    assert _numbers(_page(world)) == uninvoiced
    assert _numbers(_page(world, "?status=open")) == uninvoiced
    assert _numbers(_page(world, "?tab=all")) == [whole.number, *uninvoiced]
    assert _numbers(_page(world, "?tab=all&status=open")) == [whole.number, *uninvoiced]


def test_each_status_shows_its_own_and_the_row_says_it(world: World) -> None:
    made = {"open": order(world), "part": order(world), "shipped": order(world)}
    made |= {
        "delivered": order(world),
        "completed": order(world),
        "closed": order(world),
        "void": order(world),
    }
    shipped(world, made["part"], "4")
    shipped(world, made["shipped"])
    shipped(world, made["delivered"], arrived=True)
    shipped(world, made["completed"], arrived=True)
    invoice_order(actor=world.olive, order=made["completed"], issue=True)
    close_order(actor=world.olive, order=made["closed"])
    cancel_order(actor=world.olive, order=made["void"], reason="No")
    words = {"open": "Open", "part": "Part shipped", "shipped": "Shipped", "delivered": "Delivered"}
    words |= {"completed": "Completed", "closed": "Closed", "void": "Cancelled"}
    for status, mine in made.items():
        page = _page(world, f"?tab=all&status={status}")
        assert _numbers(page) == [mine.number], status
        assert f">{words[status]}</span>" in page.split("c-status")[1], status
    assert made["void"].number not in _numbers(_page(world, "?tab=all"))
    theirs = {
        status: _numbers(_page(world, f"?tab=all&status={status}", "leo"))
        for status in made
        if status != "completed"
    }
    assert theirs["delivered"] == [made["completed"].number, made["delivered"].number]
    assert _page(world, "?tab=all&status=completed", "leo", 422)


def test_leo_gets_a_list_that_says_nothing_of_invoices(world: World) -> None:
    mine = order(world)
    invoice = invoice_order(actor=world.olive, order=mine, issue=True)
    page = _page(world, who="leo")
    assert _numbers(page) == [mine.number]  # not delivered yet
    assert "To be delivered" in page
    assert "nvoice" not in page.split("<main")[1]
    assert invoice.number not in page


def test_vera_who_may_see_billing_but_no_orders_is_refused(world: World) -> None:
    mine = order(world)
    with scope(world.job):
        vera = make_contact(
            world.greenleaf, "Vera", {Permission.VIEW_BILLING}, tag=world.tag, company="greenleaf"
        )
    client = signed_in(vera)
    for path in ("", f"{mine.pk}/", f"{mine.pk}/pdf", f"{mine.pk}/print"):
        assert client.get(f"/sales-orders/{path}").status_code == 403
    invoice = invoice_order(actor=world.olive, order=mine, issue=True)
    assert mine.number not in client.get(f"/invoices/{invoice.pk}/").content.decode()
    assert "/sales-orders/" not in client.get("/").content.decode()


def test_ines_sees_none_of_mayas_orders_and_nobody_sees_drafts(world: World) -> None:
    draft(world)
    mine, theirs = order(world), order(world, customer=world.harbourview)
    assert _numbers(_page(world, "?tab=all")) == [mine.number]
    assert _numbers(_page(world, "?tab=all", "ines")) == [theirs.number]
    assert Client().get("/sales-orders/").headers["Location"].startswith("/account/login/")


def test_search_ranges_and_sorts(world: World) -> None:
    old = order(world, [planters("1", "900.00")], ordered=-30, reference="PO 77")
    new = order(world, [LineDraft(name="Garden hose", sku="GH-1", rate=Decimal("20.00"))])
    found = {
        query: _numbers(_page(world, query))
        for query in ("?q=po+77", "?q=garden", "?q=gh-1", "?total_from=100", "?sort=total", "?sort=-total")
    }
    assert found == {
        "?q=po+77": [old.number],
        "?q=garden": [new.number],
        "?q=gh-1": [new.number],
        "?total_from=100": [old.number],
        "?sort=total": [new.number, old.number],
        "?sort=-total": [old.number, new.number],
    }
    day = (today() - timedelta(days=1)).isoformat()
    assert _numbers(_page(world, f"?date_from={day}")) == [new.number]
    assert _numbers(_page(world, f"?date_to={day}")) == [old.number]
    assert "Nothing is shown until the filter is put right" in _page(world, "?date_from=soon", status=422)


@pytest.mark.parametrize("query", ["?tab=all", "?tab=all&status=open", ""])
def test_pages_follow_one_another_and_cost_the_same_for_25_rows_as_for_100(world: World, query: str) -> None:
    numbers = [order(world, ordered=-each % 9).number for each in range(26)]
    page = _page(world, query)
    following = re.search(r'href="(\?[^"]+)" rel="next"', page)
    assert following
    rest = _page(world, following[1].replace("&amp;", "&"))
    assert sorted(_numbers(page) + _numbers(rest)) == sorted(numbers)
    client = signed_in(world.maya)
    client.get(f"/sales-orders/{query}")
    with statements() as few:
        client.get(f"/sales-orders/{query}")
    with statements() as many:
        client.get(f"/sales-orders/{query}{'&' if query else '?'}size=100")
    assert len(many) <= len(few) <= 12, "\n".join(few)


def test_an_empty_list_says_why(world: World) -> None:
    assert "No sales orders yet" in _page(world)
    mine = order(world)
    invoice_order(actor=world.olive, order=mine, issue=True)
    assert "All invoiced" in _page(world)
    assert "Nothing matches" in _page(world, "?q=zzz")
