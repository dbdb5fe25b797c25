"""Maya pays through Stripe in a real browser, with localstripe's script in the place of Stripe's own.

The script types and tokenises; what it speaks to keeps the rules of Stripe's API, of which localstripe's own server
refuses what every payment here says: a description, a way back, a method to be saved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.test import override_settings
from playwright.sync_api import Page, expect

from portico.access.scope import scope
from portico.gateways.stripe.tests.fake_objects import ASKS
from portico.gateways.stripe.tests.fake_stripe import Accounts, FakeStripe, running_stripe
from portico.ledger.selfcheck import selfcheck
from portico.payments.actions.gateways import connect_gateway
from portico.payments.models import Payment
from portico.testing.books import Books
from portico.testing.people import make_world
from portico.testing.site import Site, running_site
from tests.journeys.test_maya_pays import Shop, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]


@pytest.fixture(scope="module")
def parts() -> Iterator[tuple[Site, Accounts]]:
    """The site, and the stand-in for Stripe; the script is read as a text, none of it is imported."""
    found = find_spec("localstripe")
    assert found is not None
    assert found.origin is not None
    script = Path(found.origin).with_name("localstripe-v3.js").read_text()
    with running_stripe(script) as accounts:
        elsewhere = {
            "PORTICO_STRIPE_API": accounts.url,
            "PORTICO_STRIPE_SCRIPT": f"{accounts.url}/js.stripe.com/v3/",
        }
        with running_site(environment=elsewhere) as site, override_settings(STRIPE_API=accounts.url):
            yield site, accounts


@pytest.fixture
def shop(parts: tuple[Site, Accounts]) -> tuple[Shop, FakeStripe]:
    """Greenleaf has an invoice, and Northwind an account at Stripe."""
    site, accounts = parts
    world = make_world()
    stripe = accounts.open(f"Journey {world.tag}")
    connect_gateway(actor=world.olive, gateway="stripe", name="Card", settings=stripe.settings)
    return Shop(site, world, Books(world.olive, world.greenleaf).invoice("100.00").number), stripe


def type_card(page: Page, number: str) -> None:
    fields = page.frame_locator("iframe[data-origin]")
    for place, text in (
        ("number", number),
        ("exp_month", "12"),
        ("exp_year", "34"),
        ("cvc", "123"),
        ("postal_code", "97205"),
    ):
        fields.get_by_placeholder(place).fill(text)


def open_paying(page: Page, shop: Shop, number: str) -> None:
    page.goto(f"{shop.site.url}/invoices/")
    page.get_by_role("link", name=number, exact=True).click()
    page.get_by_role("link", name="Pay now").click()


def test_maya_saves_her_card_with_3d_secure_and_pays_with_it_again(
    page: Page, shop: tuple[Shop, FakeStripe]
) -> None:
    there, stripe = shop
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text) if "Content Security" in said.text else None)
    sign_in(page, there)
    open_paying(page, there, there.number)
    type_card(page, ASKS)
    page.get_by_label("Use this card for future transactions").check()
    page.get_by_role("button", name="Pay $100.00").click()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Payment received")
    second = Books(there.world.olive, there.world.greenleaf).invoice("40.00").number
    open_paying(page, there, second)
    expect(page.get_by_role("radio", name=re.compile("Visa"))).to_be_checked()
    page.get_by_role("button", name="Pay $40.00").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Payment received")
    assert stripe.charged("USD") == 14000
    with scope(there.world.job):
        assert Payment.objects.visible_to(there.world.job).count() == 2
    assert not selfcheck(there.world.organisation.pk)
    assert wrong == []
