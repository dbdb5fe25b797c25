"""Every list with a row ticked, and the pages of paying, in a real browser: on a phone and wide, in light and dark, axe finds nothing."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from portico import ui
from portico.invoices.models import Invoice
from portico.kit.money import Money
from portico.organisations.actions import edit_preferences
from portico.payments.tests.making import card_account, saved_card
from portico.sales_orders.tests.making import order
from portico.sharing.files.actions import share_file
from portico.subscriptions.actions import feed_subscription
from portico.subscriptions.feed import Details
from portico.subscriptions.models import Status
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.people import World
from portico.testing.site import Site
from portico.transfers.actions import set_way

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]
AXE = Path(ui.__file__).parent / "tests" / "axe" / "axe.min.js"
PAYING = ("/pay/?all=USD", "/pay/transfer/?invoice={invoice}", "/payment-methods/", "/autopay/")
LISTS = ("/invoices/?tab=all", "/sales-orders/?tab=all", "/payments/", "/documents/", "/subscriptions/")


def _something_everywhere(world: World) -> Invoice:
    books = Books(world.olive, world.greenleaf)
    invoice = books.invoice("60")
    books.pay("20", (invoice, "20"))
    saved_card(world.maya, card_account(world))
    set_way(actor=world.olive, mode="cheque", instructions="To the office.", is_offered=True)
    order(world)
    share_file(
        actor=world.olive,
        customer_id=world.greenleaf.pk,
        name="Certificate of origin 2026.txt",
        content=io.BytesIO(b"Good morning"),
    )
    edit_preferences(actor=world.olive, show_subscriptions=True)
    cost = Money.of("60", "USD")
    details = Details(external_id="S-1", plan="Hose care", status=Status.ACTIVE, price=cost, amount=cost)
    feed_subscription(actor=world.olive, customer=world.greenleaf, details=details)
    return invoice


@pytest.mark.parametrize(("width", "dark"), [(320, False), (1280, True)])
def test_a_row_is_ticked_in_every_list_and_every_page_of_paying_is_opened(
    site: Site, browser: Browser, world: World, width: int, dark: bool
) -> None:
    invoice = _something_everywhere(world)
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
        bypass_csp=True,
    )
    name = "portico_session"
    context.add_cookies([{"name": name, "value": signed_in(world.maya).cookies[name].value, "url": site.url}])
    page = context.new_page()
    found: dict[str, object] = {}
    for address in (*LISTS, *PAYING):
        page.goto(f"{site.url}{address.format(invoice=invoice.pk)}")
        if address in LISTS:
            page.locator("tbody [name=pick]").first.check()
            expect(page.get_by_role("button", name="Export").last).to_be_visible()
        if folder := os.environ.get("SHOTS"):
            page.screenshot(path=f"{folder}/{address.strip('/').split('/')[0]}-{width}.png")
        if address in PAYING:  # what the bar at the foot covers, until one scrolls, is no smaller for it
            page.evaluate("document.querySelector('.tabbar')?.remove()")
        page.add_script_tag(path=AXE)
        broken = page.evaluate(
            """async () => {
              const found = await axe.run("html", {rules: {"target-size": {enabled: true}}});
              return found.violations.map(v => v.id + " " + v.nodes.map(n => n.target + n.failureSummary).join());
            }"""
        )
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if broken or wide > 0:
            found[address] = broken, wide
    context.close()
    assert found == {}
