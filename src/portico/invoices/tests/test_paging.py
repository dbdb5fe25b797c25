"""Maya turns the pages of her invoices: every row once, in order, whatever the sort."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from portico.access.scope import scope
from portico.invoices.listing import INVOICES
from portico.invoices.queries import InvoiceList, all_count, invoice_list, outstanding
from portico.invoices.tests.making import draft, invoice, today
from portico.testing.people import World
from portico.transactions import lists


def _list(world: World, address: str) -> InvoiceList:
    asked = lists.read(INVOICES, QueryDict(address), today=today(), language="en")
    assert not asked.problems
    with scope(world.maya):
        unpaid = outstanding(world.maya, asked.today)
        listed, _currencies = all_count(world.maya)
        return invoice_list(world.maya, asked, unpaid=unpaid, listed=listed)


def _walk(world: World, address: str, *, backwards: bool = False) -> list[list[str]]:
    """The numbers on each page, by its links."""
    page = _list(world, f"{address}&page=last" if backwards else address)
    pages = [[row.number for row in page.rows]]
    while link := page.previous if backwards else page.next:
        page = _list(world, f"{address}&page={link}")
        pages.append([row.number for row in page.rows])
    return pages


@pytest.fixture
def many(world: World) -> World:
    """Sixty invoices, many with the same date, amount and due date; half are past due."""
    for index in range(60):
        invoice(world, str(100 + index % 3), issued=-10 - index // 20, due=-5 + index % 10)
    return world


def test_every_invoice_is_on_one_page_forwards_and_backwards(many: World) -> None:
    sorts = ["date", "-date", "due_date", "-due_date", "number", "-total", "balance"]
    for address in (f"tab={tab}&sort={sort}" for tab in ("outstanding", "all") for sort in sorts):
        whole = [row.number for row in _list(many, f"{address}&size=100").rows]
        assert len(whole) == len(set(whole)) == 60
        forwards = _walk(many, address)
        assert [number for page in forwards for number in page] == whole, address
        assert [len(page) for page in forwards] == [25, 25, 10]
        backwards = _walk(many, address, backwards=True)
        assert backwards == [whole[-25:], whole[-50:-25], whole[:25]], address  # the first page is a full one


def test_a_page_knows_where_it_stands(many: World) -> None:
    second = _list(many, f"tab=all&page={_list(many, 'tab=all').next}")
    assert (second.offset, second.count.number) == (25, 60)
    assert _list(many, f"tab=all&page={second.previous}").offset == 0


def test_past_due_comes_first_and_the_sections_add_up(many: World) -> None:
    page = _list(many, "size=100")
    late, later = page.sections
    assert all(row.days_late > 0 for row in late)
    assert all(row.days_late <= 0 for row in later)
    (unpaid,) = page.outstanding
    assert sum(row.balance.amount for row in late) == unpaid.late.amount
    assert sum(row.balance.amount for row in later) == unpaid.later.amount
    assert unpaid.count == 60


def test_subtotals_follow_the_filter(many: World) -> None:
    page = _list(many, "status=overdue&total_from=101&size=100")
    (unpaid,) = page.outstanding
    assert not page.sections[1]
    assert unpaid.late.amount == sum(row.balance.amount for row in page.rows) > 0
    assert unpaid.later.amount == 0


def test_when_the_rest_of_the_list_has_gone_the_last_page_is_shown(many: World) -> None:
    link = _list(many, "tab=all&sort=number").next
    page = _list(many, f"tab=all&sort=number&total_to=100&page={link}")
    assert page.rows


def test_drafts_are_never_there_and_another_customers_neither(world: World) -> None:
    mine = invoice(world)
    draft(world)
    invoice(world, customer=world.harbourview)
    assert [row.number for row in _list(world, "tab=all").rows] == [mine.number]
    assert _list(world, "tab=all").count == lists.Count(1)
