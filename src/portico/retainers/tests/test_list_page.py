"""The list of retainer invoices, as Maya, Leo and Ines get it."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

from portico.invoices.tests.making import today
from portico.retainers.actions import (
    RetainerDraft,
    draft_retainer,
    draw_retainer,
    issue_retainer,
    void_retainer,
)
from portico.retainers.models import RetainerInvoice
from portico.statements.tests.counting import own
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.counting import statements
from portico.testing.people import World
from portico.transactions.drafts import LineDraft


def asked(
    world: World, amount: str, *, due: int = 30, issued: int = 0, item: str = "Advance"
) -> RetainerInvoice:
    """An issued retainer invoice; `issued` and `due` are days from today."""
    draft = RetainerDraft(
        date=today() + timedelta(days=issued),
        due_date=today() + timedelta(days=due),
        lines=[LineDraft(name=item, rate=Decimal(amount))],
    )
    drafted = draft_retainer(actor=world.olive, customer=world.greenleaf, draft=draft)
    return issue_retainer(actor=world.olive, retainer=drafted)


def page_of(world: World, query: str = "", status: int = 200) -> str:
    """The list as Maya gets it."""
    response = signed_in(world.maya).get(f"/retainer-invoices/{query}")
    assert response.status_code == status
    return response.content.decode()


def numbers(page: str) -> list[str]:
    """What is listed, in order."""
    return re.findall(r'class="c-main"><a href="[0-9a-f-]+/">([^<]+)<', page)


def _groups(page: str) -> list[str]:
    """The headings within the list, with their sums."""
    heads = re.findall(r'<tr role="row" class="group">(.*?)</tr>', page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", "", each).split()) for each in heads]


def test_outstanding_ones_stand_under_past_due_and_due_later_with_their_sums(world: World) -> None:
    books = Books(world.olive, world.greenleaf, day=today())
    later, late = asked(world, "70.00"), asked(world, "30.00", issued=-20, due=-3)
    part = asked(world, "100.00", due=5)
    books.pay("40.00", retainer=part)
    books.pay("25.00", retainer=asked(world, "25.00"))
    page = page_of(world)
    assert numbers(page) == [late.number, part.number, later.number]
    assert _groups(page) == ["Past due $30.00 · Only these", "Due later $130.00"]
    assert "$160.00</data> is asked for in advance on 3 retainer invoices." in page
    assert numbers(page_of(world, "?status=overdue")) == [late.number]
    assert numbers(page_of(world, "?status=partially_paid")) == [part.number]
    assert f'href="/pay/?retainer={late.pk}"' in page


def test_paid_used_available_and_void_ones_have_their_filters(world: World) -> None:
    books = Books(world.olive, world.greenleaf, day=today())
    open_, paid, used, gone = (asked(world, amount) for amount in ("10.00", "20.00", "30.00", "40.00"))
    books.pay("20.00", retainer=paid)
    books.pay("30.00", retainer=used)
    draw_retainer(
        actor=world.olive, retainer=used, invoice=books.invoice("90.00"), amount=books.money("30.00")
    )
    void_retainer(actor=world.olive, retainer=gone, reason="Wrong")
    assert set(numbers(page_of(world, "?tab=all"))) == {open_.number, paid.number, used.number}
    assert numbers(page_of(world, "?tab=all&status=paid&sort=number")) == [paid.number, used.number]
    assert numbers(page_of(world, "?tab=all&status=used")) == [used.number]
    assert numbers(page_of(world, "?tab=all&status=void")) == [gone.number]
    available = page_of(world, "?tab=all&status=available")
    assert numbers(available) == [paid.number]
    assert _groups(available) == ["Available retainer payments $20.00"]


def test_maya_searches_and_narrows_the_list(world: World) -> None:
    roses, other = asked(world, "500.00", item="Rose garden"), asked(world, "50.00", issued=-60)
    assert numbers(page_of(world, "?q=rose")) == [roses.number]
    assert numbers(page_of(world, f"?q={other.number}")) == [other.number]
    assert numbers(page_of(world, "?total_from=100")) == [roses.number]
    assert numbers(page_of(world, f"?date_to={today() - timedelta(days=30)}")) == [other.number]
    assert "“much” is not an amount." in page_of(world, "?total_from=much", status=422)
    assert "No retainer invoice matches these filters" in page_of(world, "?total_from=9000")


def test_every_one_is_on_one_page_by_each_sort(world: World) -> None:
    for each in range(27):
        asked(world, f"{10 + each % 3}.50", due=each % 5)
    for sort in ("due_date", "-date", "number", "-total", "balance"):
        first = page_of(world, f"?sort={sort}")
        (link,) = re.findall(r'href="(\?[^"]*)" rel="next"', first)
        found = numbers(first) + numbers(page_of(world, link.replace("&amp;", "&")))
        assert len(found) == len(set(found)) == 27
        assert numbers(page_of(world, f"?sort={sort}&size=50")) == found


def test_leo_may_not_look_and_ines_sees_nothing_of_it(world: World) -> None:
    mine = asked(world, "4321.00")
    assert signed_in(world.leo).get("/retainer-invoices/").status_code == 403
    theirs = signed_in(world.ines).get("/retainer-invoices/").content.decode()
    assert mine.number not in theirs
    assert "No retainer invoices yet" in theirs
    assert "Retainer invoices" not in signed_in(world.leo).get("/").content.decode()


def test_the_list_costs_the_same_for_many_as_for_one(world: World) -> None:
    client = signed_in(world.maya)
    asked(world, "5.00")
    client.get("/retainer-invoices/")
    with statements() as few:
        client.get("/retainer-invoices/?size=100")
    for _each in range(30):
        asked(world, "5.00")
    with statements() as many:
        client.get("/retainer-invoices/?size=100")
    assert own(few) == own(many)
