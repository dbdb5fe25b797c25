"""The list of invoices as Maya, Leo and Ines get it from /invoices/."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from portico.access.actors import Permission
from portico.access.scope import scope
from portico.customers.models import ContactPerson
from portico.invoices.actions import void_invoice
from portico.invoices.models import Invoice
from portico.invoices.tests.making import draft, invoice, today
from portico.kit.money import Money
from portico.organisations.models import Preferences
from portico.payments.actions.record import record_payment
from portico.statements.tests.counting import own
from portico.testing.clients import signed_in
from portico.testing.counting import statements
from portico.testing.people import World


def _page(world: World, address: str = "", status: int = 200) -> str:
    response = signed_in(world.maya).get(f"/invoices/{address}")
    assert response.status_code == status
    return response.content.decode()


def _numbers(page: str) -> list[str]:
    """The invoices' numbers in the rows, in order."""
    return re.findall(r'class="c-main"><a href="[0-9a-f-]+/">([^<]+)<', page)


def _pay(world: World, on: Invoice, amount: str) -> None:
    money = Money.of(amount, "USD")
    record_payment(
        actor=world.olive,
        customer=world.greenleaf,
        amount=money,
        date=today(),
        mode="cash",
        allocations={on.pk: money},
    )


def _day(days: int) -> str:
    return (today() + timedelta(days=days)).isoformat()


def test_maya_sees_what_is_late_first_with_sums_that_add_up_to_what_home_says(world: World) -> None:
    later = invoice(world, "1864.75")
    late = invoice(world, "3210.00", issued=-40, due=-13)
    page = _page(world)
    assert _numbers(page) == [late.number, later.number]
    assert "$3,210.00</data></span>" in page.split("Past due")[1].split(late.number)[0]
    assert "$1,864.75</data></span>" in page.split("Due later <span")[1].split(later.number)[0]
    assert "You owe <data" in page
    assert "$5,074.75</data> on 2 invoices." in page
    assert "$5,074.75" in signed_in(world.maya).get("/").content.decode()


def test_one_click_shows_only_what_is_late(world: World) -> None:
    invoice(world)
    late = invoice(world, issued=-40, due=-1)
    links = re.findall(r'href="(\?[^"]*status=overdue[^"]*)"', _page(world))
    assert links
    for link in links:
        assert _numbers(_page(world, link)) == [late.number]


def test_leo_gets_no_list_and_no_amount(world: World) -> None:
    invoice(world, "3210.00")
    response = signed_in(world.leo).get("/invoices/")
    assert response.status_code == 403
    assert "3,210" not in response.content.decode()


def test_ines_sees_none_of_mayas_invoices(world: World) -> None:
    mine = invoice(world)
    theirs = invoice(world, customer=world.harbourview)
    page = signed_in(world.ines).get("/invoices/?tab=all").content.decode()
    assert theirs.number in page
    assert mine.number not in page


def test_who_is_not_signed_in_is_asked_to(world: World) -> None:
    invoice(world)
    assert Client().get("/invoices/").headers["Location"].startswith("/account/login/")


def test_drafts_never_show_and_void_ones_only_where_asked_for(world: World) -> None:
    draft(world)
    kept, gone = invoice(world), invoice(world)
    void_invoice(actor=world.olive, invoice=gone, reason="Twice")
    assert _numbers(_page(world, "?tab=all")) == [kept.number]
    assert _numbers(_page(world, "?tab=all&status=void")) == [gone.number]


def test_each_status_shows_its_own(world: World) -> None:
    due = invoice(world)
    late = invoice(world, issued=-40, due=-1)
    part = invoice(world)
    paid = invoice(world)
    _pay(world, part, "40.00")
    _pay(world, paid, "100.00")
    shown = {
        status: set(_numbers(_page(world, f"?tab=all&status={status}")))
        for status in ("unpaid", "overdue", "partially_paid", "paid")
    }
    assert shown == {
        "unpaid": {due.number, late.number, part.number},
        "overdue": {late.number},
        "partially_paid": {part.number},
        "paid": {paid.number},
    }
    both = _page(world, "?tab=all&status=overdue&status=paid")
    assert set(_numbers(both)) == {late.number, paid.number}


def test_ranges_include_their_ends(world: World) -> None:
    old = invoice(world, "50.00", issued=-20, due=5)
    new = invoice(world, "75.50", issued=-1, due=20)
    assert _numbers(_page(world, f"?tab=all&date_from={_day(-20)}&date_to={_day(-20)}")) == [old.number]
    assert _numbers(_page(world, f"?due_from={_day(6)}&due_to={_day(20)}")) == [new.number]
    assert _numbers(_page(world, "?total_from=75.50&total_to=75.50")) == [new.number]
    assert _numbers(_page(world, "?tab=all&total_to=75.49")) == [old.number]


def test_a_currency_narrows_the_list_and_currencies_are_never_added(world: World) -> None:
    dollars = invoice(world, "10.00")
    euros = invoice(world, "20.00", currency="EUR")
    page = _page(world)
    assert {"$10.00", "€20.00"} <= set(re.findall(r"[$€][\d.,]+", page))
    assert "30.00" not in page
    assert _numbers(_page(world, "?currency=EUR")) == [euros.number]
    assert _numbers(_page(world, "?currency=USD")) == [dollars.number]


def test_search_finds_number_reference_and_items(world: World) -> None:
    pots = invoice(world, item="Terracotta planter, 40 cm", reference="PO 7815")
    hose = invoice(world, item="Garden hose", reference="PO 9000")
    assert _numbers(_page(world, f"?q={pots.number.lower()}")) == [pots.number]
    assert _numbers(_page(world, "?q=po+9000")) == [hose.number]
    assert _numbers(_page(world, "?tab=all&q=TERRACOTTA")) == [pots.number]
    assert _numbers(_page(world, "?q=%25")) == []  # a sign of LIKE is only a sign


@pytest.mark.parametrize(
    ("address", "field", "message"),
    [
        ("date_from=2026-05-01&date_to=2026-04-01", "date_to", "“Issued to” lies before “Issued from”."),
        ("due_from=yesterday", "due_from", "“yesterday” is not a date."),
        ("due_to=2026-02-30", "due_to", "“2026-02-30” is not a date."),
        ("total_from=abc", "total_from", "“abc” is not an amount."),
        ("total_from=-1", "total_from", "An amount here is not below zero."),
        ("total_to=1e9", "total_to", "“1e9” is not an amount."),
        ("total_to=99999999999999999999", "total_to", "is more than any amount here."),
        ("total_from=9&total_to=8", "total_to", "“At most” is less than “At least”."),
    ],
)
def test_a_bad_filter_gets_a_message_at_its_field(
    world: World, address: str, field: str, message: str
) -> None:
    invoice(world)
    page = _page(world, f"?tab=all&{address}", status=422)
    at_field = page.split(f'id="id_{field}"')[1].split('<div class="field">')[0]
    assert message in at_field
    assert 'aria-invalid="true"' in at_field
    assert not _numbers(page)


def test_other_nonsense_in_the_address_is_named_too(world: World) -> None:
    mine = invoice(world)
    assert "“lost” cannot be chosen" in _page(world, "?tab=all&status=lost", status=422)
    assert "“XYZ” is not a currency" in _page(world, "?currency=xyz", status=422)
    assert "at most 100 characters" in _page(world, f"?q={'x' * 101}", status=422)
    for address, notice in [
        ("?sort=colour", "cannot be sorted by “colour”"),
        ("?size=7", "A page has 25, 50, 80 or 100 rows."),
        ("?tab=none", "There is no list “none” here."),
        ("?page=WyJhIl0", "This link to a page is no longer good"),
    ]:
        page = _page(world, address)
        assert notice in page
        assert _numbers(page) == [mine.number]


def test_a_filter_in_use_is_a_chip_that_removes_itself(world: World) -> None:
    invoice(world, item="Rose")
    page = _page(world, "?tab=all&q=rose&status=unpaid&total_from=1&sort=number")
    removes = dict(re.findall(r'href="(\?[^"]*)" aria-label="Remove filter: ([^"]*)"', page))
    assert set(removes.values()) == {"“rose”", "Unpaid", "At least $1.00"}
    for link, words in removes.items():
        left = _page(world, link.replace("&amp;", "&"))
        assert f"Remove filter: {words}" not in left
        assert left.count("Remove filter: ") == 2
        assert "sort=number" in link


def test_htmx_gets_the_list_alone_and_the_whole_page_for_its_history(world: World) -> None:
    mine = invoice(world)
    client = signed_in(world.maya)
    asked = {"HX-Request": "true", "HX-Target": "list"}
    part = client.get("/invoices/", headers=asked)
    assert part.content.decode().lstrip().startswith('<div id="list"')
    assert _numbers(part.content.decode()) == [mine.number]
    assert {"HX-Request", "HX-Target"} <= set(part.headers["Vary"].split(", "))
    whole = client.get("/invoices/", headers={**asked, "HX-History-Restore-Request": "true"})
    assert "<!doctype html>" in whole.content.decode()


def test_who_may_not_pay_is_offered_no_payment(world: World) -> None:
    mine = invoice(world)
    offer = f'href="/pay/?invoice={mine.pk}"'
    assert offer in _page(world)
    with scope(world.job):
        ContactPerson.objects.filter(pk=world.maya.person_id).update(can_pay=False)
    page = _page(world)
    assert offer not in page
    assert "Pay selected" not in page
    assert Permission.PAY in world.maya.permissions  # the actor is old; the page read the row anew


def test_ticked_invoices_go_to_paying_together(world: World) -> None:
    one, two, paid = invoice(world), invoice(world), invoice(world)
    _pay(world, paid, "100.00")
    picks = "&".join(f"pick={each.pk}" for each in (one, two, paid))
    response = signed_in(world.maya).get(f"/invoices/pay?{picks}&pick=nonsense")
    assert response.headers["Location"] == f"/pay/?invoice={one.pk}&invoice={two.pk}"
    assert signed_in(world.maya).get("/invoices/pay").headers["Location"] == "/invoices/"
    assert signed_in(world.leo).get(f"/invoices/pay?pick={one.pk}").status_code == 403


def test_who_ticks_only_what_is_settled_is_told_that_nothing_is_to_pay(world: World) -> None:
    paid = invoice(world)
    _pay(world, paid, "100.00")
    page = signed_in(world.maya).get(f"/invoices/pay?pick={paid.pk}", follow=True).content.decode()
    assert "There is nothing to pay on what you have chosen." in page


def test_where_only_one_may_be_paid_at_a_time_several_cannot_be_paid_together(world: World) -> None:
    one, two = invoice(world), invoice(world)
    assert "Pay selected" in _page(world)
    with scope(world.olive):
        Preferences.objects.update(customers_may_pay_several=False)
    page = _page(world)
    assert "Pay selected" not in page
    assert page.count('name="pick"') == 2  # they are downloaded and exported all the same
    maya = signed_in(world.maya)
    refused = maya.get(f"/invoices/pay?pick={one.pk}&pick={two.pk}", follow=True).content.decode()
    assert "Invoices are paid one at a time here." in refused
    assert maya.get(f"/invoices/pay?pick={one.pk}").headers["Location"] == f"/pay/?invoice={one.pk}"


def test_a_list_costs_the_same_for_a_hundred_rows_as_for_one(world: World) -> None:
    client = signed_in(world.maya)
    invoice(world, issued=-40, due=-1)
    invoice(world)
    client.get("/invoices/")  # the first page of a session asks for more
    with statements() as few:
        client.get("/invoices/?size=100")
    for _more in range(48):
        invoice(world, issued=-40, due=-1)
        invoice(world)
    with statements() as many:
        assert len(_numbers(client.get("/invoices/?size=100").content.decode())) == 98
    assert own(many) == own(few)
    assert len(few) <= 12
    with statements() as filtered:
        client.get("/invoices/?tab=all&q=planter&status=unpaid&total_from=1")
    assert len(filtered) <= 12


def test_when_nothing_is_there_the_page_says_so(world: World) -> None:
    assert "No invoices yet" in _page(world)
    mine = invoice(world)
    assert "Nothing matches “zzz”" in _page(world, "?q=zzz")
    _pay(world, mine, "100.00")
    assert "All paid" in _page(world)
