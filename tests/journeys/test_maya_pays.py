"""Maya's journey in a real browser: what she owes, a payment with 3-D Secure, the receipt, the statement."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect
from pypdf import PdfReader

from portico.access.scope import scope
from portico.kit import clock
from portico.ledger.selfcheck import selfcheck
from portico.payments.models import Payment
from portico.sandbox_bank.running import RunningBank, running_bank
from portico.testing.bank import ASKS_3DS, DECLINES, SUCCEEDS, connect, open_account
from portico.testing.books import Books
from portico.testing.people import PASSWORD, World, make_world
from portico.testing.site import Site, running_site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]


@dataclass
class Shop:
    """A site with a bank, and an organisation whose customer owes."""

    site: Site
    world: World
    number: str


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, RunningBank]]:
    """The site and the bank."""
    folder = tmp_path_factory.mktemp("journeys")
    with running_bank(folder / "bank.sqlite3") as bank, running_site(bank_url=bank.url) as site:
        yield site, bank


@pytest.fixture
def shop(parts: tuple[Site, RunningBank]) -> Shop:
    """Greenleaf owes $1,500.00 overdue and $250.00 due later, and has a credit of $40.00."""
    site, bank = parts
    world = make_world()
    account = open_account(bank.url, f"Journey {world.tag}", parent=site.url)
    gateway = connect(world.olive, account)
    account.webhook_to(f"{site.url}/webhooks/{gateway.pk}/", parent=site.url)
    books = Books(world.olive, world.greenleaf)
    overdue = books.invoice("1500.00")
    replace(books, day=clock.today("UTC") - timedelta(days=1)).invoice("250.00")
    books.credit_note("40.00")
    return Shop(site, world, overdue.number)


def sign_in(page: Page, shop: Shop, name: str = "maya", company: str = "greenleaf") -> None:
    page.goto(f"{shop.site.url}/")
    page.get_by_label("E-mail").fill(shop.world.email(name, company))
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).not_to_have_url(re.compile("/account/login/"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def open_invoice(page: Page, shop: Shop) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name=re.compile("^Invoices")).click()
    page.get_by_role("link", name=shop.number, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(shop.number)


def type_card(page: Page, number: str) -> None:
    fields = page.frame_locator("iframe[data-origin]")
    fields.get_by_label("Card number").fill(number)
    fields.get_by_label(re.compile("Expir")).fill("12 / 34")
    fields.get_by_label("Security code").fill("123")
    fields.get_by_label("Name on the card").fill("Maya Chen")
    fields.get_by_label(re.compile("^(Billing a|A)ddress")).fill("48 Orchard Lane")
    fields.get_by_label("City").fill("Portland")
    fields.get_by_label(re.compile("Country")).select_option("US")
    fields.get_by_label(re.compile("(Postal|ZIP)", re.IGNORECASE)).fill("97205")


def paid(shop: Shop) -> list[str]:
    with scope(shop.world.job):
        return [str(row.amount) for row in Payment.objects.visible_to(shop.world.job).order_by("created_at")]


def test_maya_pays_part_of_an_overdue_invoice_with_3d_secure(page: Page, shop: Shop, tmp_path: Path) -> None:
    sign_in(page, shop)
    main = page.get_by_role("main")
    for figure in ("$1,750.00", "$40.00", "$1,710.00"):
        expect(main).to_contain_text(figure)
    open_invoice(page, shop)
    page.get_by_role("link", name="Pay now").click()
    amount = page.get_by_label(f"Amount for {shop.number}", exact=False)
    amount.fill("1,000.00")
    amount.blur()
    button = page.get_by_role("button", name="Pay $1,000.00")
    expect(button).to_be_visible()
    type_card(page, ASKS_3DS)
    button.click()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Payment received")
    expect(page.get_by_role("main")).to_contain_text("$1,000.00")
    with page.expect_download() as downloading:
        page.get_by_role("link", name=re.compile("PDF")).first.click()
    receipt = tmp_path / "receipt.pdf"
    downloading.value.save_as(receipt)
    assert "1,000.00" in PdfReader(receipt).pages[0].extract_text()
    page.goto(f"{shop.site.url}/")
    for figure in ("$750.00", "$710.00"):
        expect(page.get_by_role("main")).to_contain_text(figure)
    page.get_by_role("link", name="Get a statement").click()
    page.goto(f"{shop.site.url}/statements/?period=all")
    expect(page.get_by_role("main")).to_contain_text("$710.00")
    assert paid(shop) == ["1000.00 USD"]
    assert not selfcheck(shop.world.organisation.pk)


def test_a_declined_card_is_said_and_another_one_works(page: Page, shop: Shop) -> None:
    sign_in(page, shop)
    open_invoice(page, shop)
    page.get_by_role("link", name="Pay now").click()
    type_card(page, DECLINES)
    page.get_by_role("button", name="Pay $1,500.00").click()
    expect(page.get_by_role("main")).to_contain_text("You have not been charged.")
    page.get_by_role("link", name="Try again").click()
    type_card(page, SUCCEEDS)
    page.get_by_role("button", name="Pay $1,500.00").dblclick()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Payment received")
    assert paid(shop) == ["1500.00 USD"]


def test_all_outstanding_is_paid_at_once_and_back_pays_nothing_twice(page: Page, shop: Shop) -> None:
    sign_in(page, shop)
    page.get_by_role("link", name="Pay now").click()
    type_card(page, SUCCEEDS)
    page.get_by_role("button", name="Pay $1,750.00").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Payment received")
    page.go_back()
    expect(page.get_by_role("main")).to_contain_text("Nothing to pay")
    assert paid(shop) == ["1750.00 USD"]


def test_a_card_that_is_mistyped_is_said_in_its_field_and_nothing_is_sent(page: Page, shop: Shop) -> None:
    sign_in(page, shop)
    page.get_by_role("link", name="Pay now").click()
    type_card(page, "4242424242424241")
    page.get_by_role("button", name="Pay $1,750.00").click()
    expect(
        page.frame_locator("iframe[data-origin]").get_by_text(re.compile("number", re.IGNORECASE)).first
    ).to_be_visible()
    expect(page.get_by_role("button", name="Pay $1,750.00")).to_be_enabled()
    assert paid(shop) == []


def test_who_presses_before_the_card_fields_have_come_is_answered_once_they_are_there(
    page: Page, shop: Shop
) -> None:
    sign_in(page, shop)
    late: list[Route] = []
    page.route(re.compile("/fields/"), lambda route: late.append(route))  # no builtin is taken
    page.get_by_role("link", name="Pay now").click()
    page.get_by_role("button", name="Pay $1,750.00").click()
    expect(page.locator("form[data-frames][data-waiting]")).to_be_attached()
    for each in late:
        each.continue_()
    expect(page.locator("form[data-frames]:not([data-waiting])")).to_be_attached()


def test_leo_sees_no_amount_and_ines_finds_nothing_of_mayas(context: BrowserContext, shop: Shop) -> None:
    page = context.new_page()
    sign_in(page, shop, "leo")
    assert not re.search(r"\$\d", page.get_by_role("main").inner_text())
    for address in ("/invoices/", "/payments/", "/statements/", "/pay/?all=USD"):
        answer = page.goto(shop.site.url + address)
        assert answer is not None
        assert answer.status == 403
        assert not re.search(r"\$\d", page.locator("body").inner_text())


def test_without_javascript_everything_but_the_card_fields_works(page: Page, shop: Shop) -> None:
    browser = page.context.browser
    assert browser is not None
    plain = browser.new_context(java_script_enabled=False)
    try:
        reader = plain.new_page()
        sign_in(reader, shop)
        reader.goto(f"{shop.site.url}/invoices/?tab=all")
        reader.get_by_role("link", name=shop.number, exact=True).click()
        expect(reader.get_by_role("heading", level=1)).to_contain_text(shop.number)
        reader.get_by_role("link", name="Pay now").click()
        expect(reader.get_by_text("need JavaScript")).to_be_visible()
        reader.goto(f"{shop.site.url}/statements/")
        expect(reader.get_by_role("heading", level=1)).to_be_visible()
    finally:
        plain.close()
