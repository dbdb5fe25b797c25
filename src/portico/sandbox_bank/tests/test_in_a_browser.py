"""Maya types her card into the bank's fields in a real browser, and confirms it by 3-D Secure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from portico.sandbox_bank.running import RunningBank
from portico.sandbox_bank.tests.framing import running_parent
from portico.sandbox_bank.tests.merchants import Merchant

pytestmark = pytest.mark.browser

CARD = {
    "Card number": "4242424242424242",
    "Expires": "1239",
    "Security code": "123",
    "Name on the card": "Maya Lindqvist",
    "Billing address": "12 Orchard Lane",
    "Postal code": "97201",
    "City": "Portland",
}


@pytest.fixture
def parent() -> Iterator[str]:
    """Northwind's origin."""
    with running_parent() as origin:
        yield origin


@pytest.fixture
def shop(bank: RunningBank, parent: str) -> Merchant:
    """Northwind, whose pages may frame the fields."""
    return Merchant(bank, parent_origins=[parent])


@dataclass(frozen=True)
class Till:
    """A browser tab with a page of Northwind's, whose origin is ``parent``."""

    tab: Page
    shop: Merchant
    parent: str

    def open(self, *, width: int = 480, **query: str) -> FrameLocator:
        """Show the page with the bank's fields in it; gives the frame."""
        query = {"parent": self.parent, **query}
        src = f"{self.shop.bank.url}/fields/{self.shop.account.publishable_key}?{urlencode(query)}"
        self.tab.goto(f"{self.parent}/pay?{urlencode({'src': src, 'width': str(width)})}")
        self.tab.wait_for_function("heard.some((message) => message.type === 'ready')")
        return self.tab.frame_locator("#fields")

    def press_pay(self) -> dict[str, Any]:
        """What the fields say after Pay was pressed."""
        self.tab.evaluate("heard.length = 0")
        self.tab.get_by_role("button", name="Pay").click()
        found = self.tab.wait_for_function(
            "heard.find((message) => ['token', 'invalid'].includes(message.type))"
        )
        message: dict[str, Any] = found.json_value()
        return message


def fill_card(frame: FrameLocator, **typed: str) -> None:
    """Give a card, in the order of the fields; some of them key by key."""
    for label, value in {**CARD, **typed}.items():
        field = frame.get_by_label(label, exact=True)
        if label in typed:
            field.press_sequentially(value)
        else:
            field.fill(value)
    frame.get_by_label("Country").select_option("US")


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A browser tab; a script error or a refusal of the content policy fails the test."""
    context = browser.new_context()
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if "Policy" in message.text else None)
    yield page
    context.close()
    assert wrong == []


@pytest.fixture
def till(tab: Page, shop: Merchant, parent: str) -> Till:
    """Northwind's page in a tab."""
    return Till(tab, shop, parent)


def test_maya_pays_with_what_she_typed(till: Till) -> None:
    frame = till.open(kind="card")
    fill_card(frame, **CARD)
    expect(frame.get_by_label("Card number")).to_have_value("4242 4242 4242 4242")
    expect(frame.get_by_label("Expires")).to_have_value("12 / 39")
    message = till.press_pay()
    assert message["summary"] == {"brand": "visa", "last4": "4242"}
    assert set(message) == {"type", "token", "summary"}
    assert till.shop.confirm(till.shop.create()["id"], message["token"])["status"] == "succeeded"


def test_each_empty_field_says_what_it_wants(till: Till) -> None:
    frame = till.open()
    before = till.tab.evaluate("heard[0].height")
    assert till.press_pay() == {
        "type": "invalid",
        "message": "Check the fields that have a message below them.",
    }
    number = frame.get_by_label("Card number")
    expect(number).to_have_attribute("aria-invalid", "true")
    expect(number).to_have_accessible_description("Enter the card number.")
    expect(frame.get_by_label("Country")).to_have_accessible_description("Choose the country.")
    expect(number).to_be_focused()
    till.tab.wait_for_function(
        f"heard.some((message) => message.type === 'height' && message.height > {before})"
    )
    postal_code = frame.get_by_label("Postal code")
    expect(postal_code).to_have_accessible_description("Enter the postal code.")
    frame.get_by_label("Country").select_option("HK")
    till.press_pay()
    expect(postal_code).not_to_have_attribute("aria-invalid", "true")
    number.press_sequentially("4242424242424242")
    expect(number).not_to_have_attribute("aria-invalid", "true")


@pytest.mark.parametrize(
    ("label", "value", "says"),
    [
        ("Card number", "4242424242424241", "typing mistake"),
        ("Card number", "4111111111111111", "sandbox"),
        ("Expires", "0120", "expired"),
        ("Expires", "1399", "month and year"),
        ("Security code", "12", "3 digits"),
        ("Postal code", "9720", "5 digits"),
    ],
)
def test_a_wrong_value_is_explained_below_its_field(till: Till, label: str, value: str, says: str) -> None:
    frame = till.open()
    fill_card(frame, **{label: value})
    assert till.press_pay()["type"] == "invalid"
    field = frame.get_by_label(label, exact=True)
    expect(field).to_have_attribute("aria-invalid", "true")
    described = field.get_attribute("aria-describedby")
    expect(frame.locator(f"#{described}")).to_contain_text(says)
    expect(frame.locator(".error:visible")).to_have_count(1)


def test_a_mistake_shows_when_maya_leaves_the_field(till: Till) -> None:
    frame = till.open()
    frame.get_by_label("Card number").fill("1234")
    frame.get_by_label("Expires").focus()
    expect(frame.locator("#number-error")).to_contain_text("typing mistake")


def test_greenleaf_gives_its_bank_account(till: Till) -> None:
    frame = till.open(kind="bank")
    frame.get_by_label("Routing number").fill("110000000")
    frame.get_by_label("Account number").fill("000123456788")
    frame.get_by_label("Account holder").fill("Greenleaf Gardens")
    assert till.press_pay()["type"] == "invalid"
    expect(frame.locator("#account-error")).to_contain_text("sandbox")
    frame.get_by_label("Account number").fill("000123456789")
    frame.get_by_label("Type of account").select_option("savings")
    message = till.press_pay()
    assert message["summary"] == {"brand": "Sandbox Federal", "last4": "6789"}
    assert till.shop.confirm(till.shop.create()["id"], message["token"])["status"] == "processing"


def test_the_bank_being_gone_is_said_and_nothing_is_charged(
    tab: Page, mortal_bank: RunningBank, parent: str
) -> None:
    till = Till(tab, Merchant(mortal_bank, parent_origins=[parent]), parent)
    frame = till.open()
    fill_card(frame)
    mortal_bank.kill()
    assert till.press_pay() == {
        "type": "invalid",
        "message": "The bank could not be reached. You have not been charged. Try again.",
    }
    mortal_bank.start()
    assert till.press_pay()["type"] == "token"


def test_only_northwinds_pages_may_frame_the_fields(till: Till, browser: Browser) -> None:
    url = f"{till.shop.bank.url}/fields/{till.shop.account.publishable_key}"
    answer = till.shop.bank.http.get(url, params={"parent": till.parent})
    policy = answer.headers["Content-Security-Policy"]
    assert f"frame-ancestors {till.parent}" in policy
    assert "unsafe-inline" not in policy
    refused = till.shop.bank.http.get(url, params={"parent": "http://evil.example"})
    assert (refused.status_code, refused.json()["code"]) == (403, "parent_not_allowed")
    assert till.shop.bank.http.get(url).status_code == 422
    with running_parent() as evil:
        page = browser.new_page()
        src = f"{url}?{urlencode({'parent': till.parent})}"
        with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
            page.goto(f"{evil}/pay?{urlencode({'src': src})}")
        expect(page.frame_locator("#fields").locator("form")).to_have_count(0)
        page.context.close()


def test_the_fields_obey_nobody_but_their_parent(till: Till) -> None:
    frame = till.open()
    # The same message from a window that is not the parent, on an origin that is not the parent's.
    frame.locator("body").evaluate("window.postMessage({type: 'portico.tokenise'}, '*')")
    till.tab.evaluate("document.getElementById('fields').contentWindow.postMessage({type: 'other'}, '*')")
    till.tab.wait_for_timeout(300)
    expect(frame.locator(".error:visible")).to_have_count(0)
    assert {each["type"] for each in till.tab.evaluate("heard")} <= {"ready", "height"}


@pytest.mark.parametrize("kind", ["card", "bank"])
def test_the_fields_fit_a_phone(till: Till, kind: str) -> None:
    frame = till.open(kind=kind, width=272)
    form = frame.locator("form")
    assert form.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert frame.locator("input").first.evaluate("element => element.getBoundingClientRect().height") >= 44


@pytest.mark.parametrize(("theme", "expected"), [("light", "light"), ("dark", "dark"), ("", "light dark")])
def test_the_fields_wear_the_pages_theme(till: Till, theme: str, expected: str) -> None:
    frame = till.open(theme=theme)
    scheme = frame.locator("form").evaluate("getComputedStyle(document.documentElement).colorScheme")
    assert scheme == expected


def test_the_fields_speak_german(till: Till) -> None:
    frame = till.open(lang="de-AT")
    expect(frame.locator("html")).to_have_attribute("lang", "de")
    till.press_pay()
    expect(frame.get_by_label("Kartennummer")).to_have_accessible_description(
        "Geben Sie die Kartennummer ein."
    )
    expect(frame.get_by_label("Land").locator("option[value=DE]")).to_have_text("Deutschland")


@pytest.mark.parametrize(("button", "status"), [("Approve", "succeeded"), ("Decline", "failed")])
@pytest.mark.parametrize("script", [True, False])
def test_maya_answers_3d_secure_with_and_without_javascript(
    browser: Browser, till: Till, button: str, status: str, script: bool
) -> None:
    shop, parent = till.shop, till.parent
    payment = shop.pay("4000000000003220", return_url=f"{parent}/back?invoice=7", description="INV-7")
    assert payment["status"] == "requires_action"
    assert shop.charged()["count"] == 0
    context = browser.new_context(java_script_enabled=script)
    page = context.new_page()
    address = payment["next_action"]["redirect_url"]
    assert address.startswith(f"{shop.bank.url}/3ds/")
    page.goto(address)
    expect(page.get_by_text("$10.50")).to_be_visible()
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("heading", name="Back at Northwind")).to_be_visible()
    assert page.url == f"{parent}/back?invoice=7&payment={payment['id']}"
    assert shop.get(payment["id"])["status"] == status
    page.goto(address)
    expect(page.get_by_role("button")).to_have_count(0)
    expect(page.get_by_role("link", name="Back to")).to_be_visible()
    context.close()
    assert shop.charged()["count"] == (1 if status == "succeeded" else 0)


def test_a_cancelled_payment_is_not_charged_by_approving_it(shop: Merchant) -> None:
    payment = shop.pay("4000000000003220")
    shop.call("POST", f"/payments/{payment['id']}/cancel", json={})
    address = payment["next_action"]["redirect_url"]
    for _ in range(2):
        assert shop.bank.http.post(address, data={"answer": "approve"}).status_code == 303
    assert shop.get(payment["id"])["status"] == "cancelled"
    assert shop.charged()["count"] == 0


def test_approving_twice_charges_once(shop: Merchant) -> None:
    payment = shop.pay("4000000000003220")
    address = payment["next_action"]["redirect_url"]
    for answer in ["approve", "approve", "decline"]:
        assert shop.bank.http.post(address, data={"answer": answer}).status_code == 303
    assert shop.bank.http.post(address, data={"answer": "perhaps"}).status_code == 422
    assert shop.bank.http.get(f"{shop.bank.url}/3ds/tds_none").status_code == 404
    assert shop.get(payment["id"])["status"] == "succeeded"
    assert shop.charged()["count"] == 1


def test_the_front_page_works_in_a_browser(tab: Page, shop: Merchant) -> None:
    payment = shop.debit()
    tab.goto(f"{shop.bank.url}/?account={shop.account.id}")
    tab.get_by_label("Hold events back").check()
    tab.get_by_role("button", name="Set the switches").click()
    expect(tab.get_by_label("Hold events back")).to_be_checked()
    assert shop.control("GET", "faults")["hold_events"] is True
    tab.get_by_role("button", name="Settle", exact=True).click()
    expect(tab.get_by_role("button", name="Settle", exact=True)).to_have_count(0)
    assert shop.get(payment["id"])["status"] == "succeeded"
