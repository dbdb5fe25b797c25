"""Maya pays in the fields that providers' scripts make, and on their own sites, in a real browser.

Stripe's script is a stand-in of ours (gateways/stripe/tests/stripe_js), given to the browser in the place of
https://js.stripe.com, so the page has the Content-Security-Policy of production to the letter. Authorize.Net, PayPal and
GoCardless are the stand-ins of tests/fakes, on addresses of their own.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import override_settings
from playwright.sync_api import BrowserContext, FrameLocator, Page, Route, expect

from portico.access.scope import scope
from portico.customers.models import Customer
from portico.gateways.authorize_net.tests.benches import settings_of
from portico.gateways.gocardless.tests.bench import bench_at
from portico.gateways.stripe import tests as stripe_tests
from portico.gateways.stripe.tests.fake_objects import ASKS, BY_DEPOSITS
from portico.gateways.stripe.tests.fake_stripe import Accounts, FakeStripe, running_stripe
from portico.ledger.selfcheck import selfcheck
from portico.payments.actions.gateways import add_gateway_account
from portico.payments.models import GatewayAccount, Payment, SavedMethod
from portico.testing.books import Books
from portico.testing.browsing import PATIENCE
from portico.testing.people import World, make_world
from portico.testing.site import Site, running_site
from tests.fakes.authorize_net import DECLINED, AuthorizeNet, Merchant, running_authorize_net
from tests.fakes.gocardless import FakeGoCardless, running_gocardless
from tests.fakes.paypal import FakePayPal, running_paypal
from tests.journeys.test_maya_pays import Shop, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

GOOD = "4242424242424242"
SCRIPTS = Path(str(stripe_tests.__file__)).with_name("stripe_js")
KINDS = {".js": "text/javascript", ".html": "text/html", ".css": "text/css"}


@dataclass
class Providers:
    """The site and those it speaks with."""

    site: Site
    stripe: Accounts
    authorize_net: AuthorizeNet
    paypal: FakePayPal
    gocardless: FakeGoCardless


@dataclass
class Here:
    """Maya's browser, signed in, and her organisation; what the browser complained of."""

    page: Page
    shop: Shop
    providers: Providers
    wrong: list[str] = field(default_factory=list)

    @property
    def world(self) -> World:
        return self.shop.world

    def owes(self, amount: str) -> str:
        """A new invoice's number."""
        return Books(self.world.olive, self.world.greenleaf).invoice(amount).number

    def pays(self, amount: str) -> None:
        """Open the page of paying for a new invoice."""
        invoice = Books(self.world.olive, self.world.greenleaf).invoice(amount)
        self.page.goto(f"{self.shop.site.url}/pay/?invoice={invoice.pk}")

    def connects(self, gateway: str, name: str, settings: dict[str, str]) -> GatewayAccount:
        """Olive connects an account at a provider."""
        return add_gateway_account(actor=self.world.olive, gateway=gateway, name=name, settings=settings)

    def presses(self, button: str) -> None:
        self.page.get_by_role("button", name=button).click()

    def is_told(self, words: str) -> None:
        expect(self.page.get_by_role("main")).to_contain_text(words)

    def fields(self, kind: str = "card") -> FrameLocator:
        """Our page of fields."""
        return self.page.frame_locator(f"iframe[src*='/{kind}/']")

    def paid(self) -> list[str]:
        with scope(self.world.job):
            rows = Payment.objects.visible_to(self.world.job).order_by("created_at")
            return [str(row.amount) for row in rows]


@pytest.fixture(scope="module")
def providers() -> Iterator[Providers]:
    """One site and four stand-ins for all of these tests."""
    with ExitStack() as stack:
        stripe = stack.enter_context(running_stripe())
        stack.enter_context(override_settings(STRIPE_API=stripe.url))
        others = (
            stack.enter_context(each())
            for each in (running_authorize_net, running_paypal, running_gocardless)
        )
        elsewhere = {"PORTICO_STRIPE_API": stripe.url}
        site = stack.enter_context(running_site(worker=False, mailbox=False, environment=elsewhere))
        yield Providers(site, stripe, *others)


@pytest.fixture
def here(page: Page, providers: Providers) -> Iterator[Here]:
    """Maya is signed in at Greenleaf, which may pay from its bank account."""
    world = make_world()
    with scope(world.job):
        Customer.objects.filter(pk=world.greenleaf.pk).update(allow_bank_payments=True)
    made = Here(page, Shop(providers.site, world, ""), providers)
    page.on("console", lambda said: made.wrong.append(said.text) if "Content Security" in said.text else None)
    # A page left for another origin ends its crossfade, which Chromium reports as an error.
    page.on(
        "pageerror", lambda error: made.wrong.append(str(error)) if "ransition" not in str(error) else None
    )
    sign_in(page, made.shop)
    yield made
    assert made.wrong == []
    assert not selfcheck(world.organisation.pk)


@pytest.fixture
def stripe(here: Here, context: BrowserContext) -> FakeStripe:
    """Northwind's account at Stripe, whose addresses lead the browser to the stand-in."""
    account = here.providers.stripe.open(f"Fields {here.world.tag}")
    here.connects("stripe", "Card", account.settings)

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/v1/"):
            return route.fulfill(response=route.fetch(url=f"{account.url}{path}"))
        file = SCRIPTS / path.rpartition("/")[2]
        return route.fulfill(path=file, content_type=KINDS[file.suffix])

    context.route(re.compile(r"https://(js|api)\.stripe\.com/"), answer)
    return account


def type_card(fields: FrameLocator, number: str) -> None:
    inner = fields.frame_locator("iframe")
    for label, text in (
        ("Card number", number),
        ("Expiration date", "12 / 34"),
        ("Security code", "123"),
        ("ZIP", "97205"),
    ):
        inner.get_by_label(label).fill(text)


def wait_until_high(here: Here, kind: str) -> None:
    """Our page of fields says how high it is, and the page around it makes room, a moment after something opens."""
    around, last = here.page.locator(f"iframe[src*='/{kind}/']"), time.monotonic() + PATIENCE / 1000
    while (box := around.bounding_box()) is None or box["height"] <= 600:
        assert time.monotonic() < last, box
        here.page.wait_for_timeout(50)


def link_bank(here: Here, number: str) -> None:
    """Stripe's fields for a bank account, and the window of Stripe's in which it is chosen."""
    fields = here.fields("bank_debit")
    inner = fields.frame_locator("#stripe iframe")
    inner.get_by_label("Full name").fill("Maya Chen")
    inner.get_by_label("Email").fill("maya@greenleaf.example")
    inner.get_by_role("button", name="Choose your bank").click()
    window = fields.frame_locator("iframe[title='Bank account window']")
    window.get_by_label("Routing number").fill("110000000")
    window.get_by_label("Account number").fill(number)
    wait_until_high(here, "bank_debit")
    window.get_by_role("button", name="Link account").click()
    expect(inner.get_by_role("button", name=re.compile("TEST BANK"))).to_be_visible()


def test_maya_pays_by_card_in_the_payment_element_and_keeps_it_with_3d_secure(
    here: Here, stripe: FakeStripe
) -> None:
    here.pays("60.00")
    here.presses("Pay $60.00")
    expect(here.fields().frame_locator("iframe").get_by_role("alert")).to_have_text(
        "Card number is incomplete."
    )
    type_card(here.fields(), GOOD)
    here.presses("Pay $60.00")
    here.is_told("Payment received")
    here.pays("100.00")
    type_card(here.fields(), ASKS)
    here.page.get_by_label("Use this card for future transactions").check()
    expect(
        here.fields().frame_locator("iframe").get_by_text("charge you for future payments")
    ).to_be_visible()
    here.presses("Pay $100.00")
    here.presses("Approve")
    here.is_told("Payment received")
    here.pays("40.00")
    expect(here.page.get_by_role("radio", name=re.compile("Visa"))).to_be_checked()
    here.presses("Pay $40.00")
    here.is_told("Payment received")
    assert (stripe.charged("USD"), here.paid()) == (20000, ["60.00 USD", "100.00 USD", "40.00 USD"])


def test_a_page_that_asks_stripes_script_for_what_it_does_not_know_says_so(
    here: Here, stripe: FakeStripe
) -> None:
    def older(route: Route) -> None:
        script = (SCRIPTS / "stripe.js").read_text().replace("wallets: shape", "purses: shape")
        route.fulfill(body=script, content_type="text/javascript")

    here.page.route("https://js.stripe.com/endive/stripe.js", older)
    here.pays("60.00")
    expect(here.fields().get_by_role("alert")).to_contain_text("does not answer")
    assert stripe.charged("USD") == 0


def test_maya_pays_from_her_bank_account_in_the_payment_element(here: Here, stripe: FakeStripe) -> None:
    here.pays("80.00")
    here.page.locator("input[name=way][value$=':bank_debit']").check()
    link_bank(here, "000123456789")
    here.presses("Pay $80.00")
    here.is_told("$80.00 is on its way")
    assert stripe.charged("USD") == 8000


def test_maya_keeps_a_card_and_a_bank_account_without_paying(here: Here, stripe: FakeStripe) -> None:
    here.page.goto(f"{here.shop.site.url}/payment-methods/new/")
    type_card(here.fields(), GOOD)
    here.presses("Save")
    here.is_told("ending 4242")
    here.page.goto(f"{here.shop.site.url}/payment-methods/new/")
    here.page.locator("input[name=way][value$=':bank_debit']").check()
    link_bank(here, BY_DEPOSITS)
    here.presses("Save")
    here.page.get_by_role("link", name="Tell the deposits").click()
    here.presses("Approve")  # where she tells the two small deposits
    assert stripe.charged("USD") == 0
    with scope(here.world.job):
        assert SavedMethod.objects.filter(organisation_id=here.world.organisation.pk).count() == 1


@pytest.fixture
def merchant(here: Here) -> Merchant:
    """Northwind's account at Authorize.Net."""
    fake = here.providers.authorize_net
    made = fake.open_account()
    here.connects("authorize_net", "Card", settings_of(fake, made))
    return made


def accept_ui(here: Here, kind: str = "card") -> FrameLocator:
    """The form of Authorize.Net that lies over our page of fields, which is high enough for it."""
    form = here.fields(kind).frame_locator("#AcceptUIContainer.show iframe")
    expect(form.get_by_role("heading")).to_be_visible()
    wait_until_high(here, kind)
    return form


def type_into(form: FrameLocator, **typed: str) -> None:
    for label, text in typed.items():
        form.get_by_label(label.replace("_", " ")).fill(text)
    form.get_by_role("button", name="Use this").click()


def test_maya_pays_by_card_in_the_form_of_authorize_net(here: Here, merchant: Merchant) -> None:
    here.pays("60.00")
    here.presses("Pay $60.00")
    accept_ui(here).get_by_role("button", name="Close").click()
    expect(here.fields().get_by_role("alert")).to_contain_text("Type it in first")
    here.fields().get_by_role("button", name="Enter your card").click()
    type_into(accept_ui(here), Card_Number=DECLINED, Exp="12/34")
    expect(here.fields().get_by_role("status")).to_contain_text("0002")
    here.presses("Pay $60.00")
    here.is_told("You have not been charged.")
    here.page.get_by_role("link", name="Try again").click()
    here.presses("Pay $60.00")
    type_into(accept_ui(here), Card_Number=GOOD, Exp="12/34")
    here.is_told("Payment received")
    assert (merchant.charged(), here.paid()) == (6000, ["60.00 USD"])


def test_maya_pays_by_echeck_in_the_form_of_authorize_net(here: Here, merchant: Merchant) -> None:
    here.pays("80.00")
    here.page.locator("input[name=way][value$=':bank_debit']").check()
    here.fields("bank_debit").get_by_role("button", name="Enter your bank account").click()
    form = accept_ui(here, "bank_debit")
    type_into(form, Name="Maya Chen", Routing="110000000", Account_Number="000123456789")
    here.presses("Pay $80.00")
    here.is_told("$80.00 is on its way")
    assert merchant.charged() == 8000


def test_maya_agrees_at_paypal_and_another_time_turns_back(here: Here) -> None:
    fake = here.providers.paypal
    merchant = fake.open_merchant()
    given = {"client_id": merchant.client_id, "client_secret": merchant.secret}
    row = here.connects("paypal", "PayPal", {"mode": "sandbox", "webhook_id": merchant.webhook_id, **given})
    with scope(here.world.olive):
        GatewayAccount.objects.filter(pk=row.pk).update(public=row.public | {"stand_in": fake.url})
    here.pays("60.00")
    here.presses("Pay $60.00")
    here.presses("Agree")
    here.is_told("Payment received")
    here.pays("40.00")
    here.presses("Pay $40.00")
    here.presses("Cancel")
    here.is_told("You have not agreed at PayPal yet")
    here.presses("Do not pay")
    here.is_told("The payment was called off")
    assert ([str(each) for _, _, each in merchant.charged], here.paid()) == (["60.00"], ["60.00 USD"])


def test_maya_gives_a_mandate_at_gocardless_and_another_time_turns_back(here: Here) -> None:
    bench = bench_at(here.providers.gocardless)
    here.connects("gocardless", "Bank", {**bench.account.public, **bench.account.secrets})
    here.pays("60.00")
    here.presses("Pay $60.00")
    here.presses("Agree")
    here.is_told("$60.00 is on its way")
    here.pays("40.00")
    here.presses("Pay $40.00")
    here.page.get_by_role("link", name="Go back").click()
    here.is_told("You have not agreed at GoCardless yet")
    here.presses("Do not pay")
    here.is_told("The payment was called off")
    assert bench.charged("USD") == 6000
