"""The order's page, print view and PDF as Maya, Leo and Ines get them."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from pypdf import PdfReader

from portico.access.scope import scope
from portico.kit.money import Money
from portico.organisations.models import Preferences
from portico.sales_orders.actions import cancel_order, cancel_quantities, invoice_order, return_shipment
from portico.sales_orders.models import SalesOrder
from portico.sales_orders.tests.making import draft, order, planters, shipped, some
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.counting import statements
from portico.testing.people import World
from portico.transactions.drafts import LineDraft
from portico.transactions.totals import Tax

PATHS = ("", "pdf", "print")


def _page(world: World, mine: SalesOrder, who: str = "maya") -> str:
    response = signed_in(getattr(world, who)).get(f"/sales-orders/{mine.pk}/")
    assert response.status_code == 200
    return response.content.decode()


def _pdf(world: World, mine: SalesOrder) -> str:
    content = signed_in(world.maya).get(f"/sales-orders/{mine.pk}/pdf").content
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def _show_orders(world: World, shown: bool) -> None:
    with scope(world.olive):
        Preferences.objects.update(show_sales_orders=shown)


def test_page_print_view_and_pdf_say_the_same_to_the_cent(world: World) -> None:
    line = LineDraft(
        name="Planter", quantity=Decimal("2.5"), rate=Decimal("33.333"), taxes=(Tax("VAT", Decimal(20)),)
    )
    mine = order(
        world,
        [line, planters("3", "50")],
        reference="PO 7815",
        delivery_method="By ship",
        notes="Leave at the gate.",
        shipping_charge=Money.of("12.00", "USD"),
    )
    printed = signed_in(world.maya).get(f"/sales-orders/{mine.pk}/print").content.decode()
    for said in (_page(world, mine), printed, _pdf(world, mine).replace("\n", " ")):
        for text in (
            "Sales order",
            mine.number,
            "PO 7815",
            "By ship",
            "$33.333",
            "$83.33",
            "$150.00",
            "$233.33",  # subtotal
            "$16.67",  # a fifth of 83.33
            "$12.00",
            "$262.00",  # total
            "Leave at the gate.",
        ):
            assert text in said, text


def test_the_page_tells_quantities_shipments_invoices_and_payments(world: World) -> None:
    mine = order(world, [planters("10", "10.00"), planters("4", "5.00", name="Rose")])
    sent = shipped(
        world,
        mine,
        "6",
        "4",
        arrived=True,
        carrier="Pacific Freight",
        tracking_number="PF 123",
        tracking_url="https://track.example/PF123?a=1&b=2",
    )
    return_shipment(actor=world.olive, shipment=sent, quantities=some(world, mine, "0", "1"))
    cancel_quantities(actor=world.olive, order=mine, reason="Sold out", quantities=some(world, mine, "1"))
    invoice = invoice_order(actor=world.olive, order=mine, quantities=some(world, mine, "6", "4"), issue=True)
    payment = Books(world.olive, world.greenleaf).pay("30.00", (invoice, "30.00"))
    page = _page(world, mine)
    for text in (
        "Part shipped",
        "Part invoiced",
        "Part paid",
        "Shipped 6 · Delivered 6 · <b>Back-ordered 3</b> · <b>Cancelled 1</b> · Invoiced 6",
        "Shipped 4 · Delivered 4 · Returned 1 · Invoiced 4",
        sent.number,
        "Pacific Freight",
        "PF 123",
        'href="https://track.example/PF123?a=1&amp;b=2"',
        "1 came back",
        f'href="/invoices/{invoice.pk}/"',
        "50.00</data> open",
        f'href="/payments/{payment.pk}/"',
        "Order confirmed",
        f"Delivered, {sent.number}",
        "Part of it cancelled",
    ):
        assert text in page, text
    assert "Sold out" not in page  # why is staff's affair
    assert "1 × Terracotta planter" in _pdf(world, mine)


def test_leo_sees_goods_and_prices_but_nothing_of_invoices(world: World) -> None:
    mine = order(world)
    shipped(world, mine, arrived=True)
    invoice = invoice_order(actor=world.olive, order=mine, issue=True)
    Books(world.olive, world.greenleaf).pay("25.00", (invoice, "25.00"))
    assert "Completed" in _page(world, mine)
    page = _page(world, mine, "leo")
    assert "$125.00" in page  # the order's own price
    assert "Delivered" in page
    for text in (
        invoice.number,
        "nvoiced",
        "nvoice ",
        ">Paid",
        "Part paid",
        "Payment",
        "100.00",
        "25.00</data> received",
        "Completed",
    ):
        assert text not in page.split("<main")[1].split("History")[0], text
    assert invoice.number not in page


def test_ines_finds_nothing_and_a_draft_has_no_page(world: World) -> None:
    mine, drafted = order(world), draft(world)
    for path in PATHS:
        assert signed_in(world.ines).get(f"/sales-orders/{mine.pk}/{path}").status_code == 404
        assert signed_in(world.maya).get(f"/sales-orders/{drafted.pk}/{path}").status_code == 404


def test_a_cancelled_order_says_so(world: World) -> None:
    mine = order(world)
    cancel_order(actor=world.olive, order=mine, reason="Changed their mind")
    assert "Cancelled" in _page(world, mine)
    assert "Cancelled" in _pdf(world, mine)


@pytest.mark.parametrize("shown", [True, False])
def test_preference_12_takes_orders_away_altogether(world: World, shown: bool) -> None:
    mine = order(world)
    invoice = invoice_order(actor=world.olive, order=mine, issue=True)
    _show_orders(world, shown)
    client = signed_in(world.maya)
    for path in ("", *(f"{mine.pk}/{each}" for each in PATHS)):
        assert client.get(f"/sales-orders/{path}").status_code == (200 if shown else 404), path
    home = client.get("/").content.decode()
    assert ('href="/sales-orders/"' in home) is shown
    assert (mine.number in client.get(f"/invoices/{invoice.pk}/").content.decode()) is shown


def test_a_page_costs_the_same_for_many_lines_and_shipments(world: World) -> None:
    client = signed_in(world.maya)
    small, large = order(world), order(world, [planters("20", name=f"Rose {n}") for n in range(60)])
    shipped(world, small)
    for _time in range(4):
        shipped(world, large, *("2" for _line in range(60)))
        invoice_order(
            actor=world.olive,
            order=large,
            quantities=some(world, large, *("2" for _line in range(60))),
            issue=True,
        )
    for each in (small, large):
        client.get(f"/sales-orders/{each.pk}/")  # the first view writes more
    with statements() as few:
        client.get(f"/sales-orders/{small.pk}/")
    with statements() as many:
        client.get(f"/sales-orders/{large.pk}/")
    assert len(many) == len(few) <= 20, "\n".join(many)
