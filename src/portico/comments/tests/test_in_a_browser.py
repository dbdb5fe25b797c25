"""Maya writes beside an invoice in a real browser: by keyboard, without scripts, on a phone, and in the dark."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from portico import ui
from portico.access.actors import ContactActor
from portico.comments.tests.making import mine, say
from portico.invoices.models import Invoice
from portico.testing.clients import signed_in
from portico.testing.people import World
from portico.testing.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]
AXE = Path(ui.__file__).parent / "tests" / "axe" / "axe.min.js"

assert mine  # a fixture


def _page(context: BrowserContext, site: Site, actor: ContactActor, address: str) -> Page:
    name = "portico_session"
    context.add_cookies([{"name": name, "value": signed_in(actor).cookies[name].value, "url": site.url}])
    page = context.new_page()
    page.goto(f"{site.url}{address}")
    return page


def test_control_and_enter_send_and_the_page_stays(
    site: Site, context: BrowserContext, world: World, mine: Invoice
) -> None:
    page = _page(context, site, world.maya, f"/invoices/{mine.pk}/")
    page.evaluate("document.body.dataset.same = 'yes'")
    page.get_by_label("Add a comment").fill("Two pots are broken.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Your comment was sent.")).to_be_visible()
    expect(page.locator("#comments .thread")).to_contain_text("Two pots are broken.")
    expect(page.get_by_label("Add a comment")).to_have_value("")
    expect(page.get_by_label("Add a comment")).to_be_focused()
    assert page.evaluate("document.body.dataset.same") == "yes"


def test_too_much_is_said_in_place_and_nothing_is_lost(
    site: Site, context: BrowserContext, world: World, mine: Invoice
) -> None:
    page = _page(context, site, world.maya, f"/invoices/{mine.pk}/")
    box = page.get_by_label("Add a comment")
    box.evaluate("box => { box.removeAttribute('maxlength'); box.value = 'x'.repeat(4005) }")
    page.get_by_role("button", name="Send comment").click()
    expect(page.get_by_text("5 characters too long")).to_be_visible()
    assert len(box.input_value()) == 4_005


def test_without_scripts_it_works_too(site: Site, browser: Browser, world: World, mine: Invoice) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = _page(context, site, world.maya, f"/invoices/{mine.pk}/")
    page.get_by_label("Add a comment").fill("No scripts here.")
    page.get_by_role("button", name="Send comment").click()
    expect(page.locator("#comments .thread")).to_contain_text("No scripts here.")
    assert page.url.endswith(f"/invoices/{mine.pk}/#comments")
    page.get_by_role("link", name="Forward").click()
    page.get_by_label("Other e-mail addresses").fill("tom@bank.example")
    page.get_by_role("button", name="Preview the e-mail").click()
    expect(page.get_by_role("heading", name="This is what goes out")).to_be_visible()
    context.close()


@pytest.mark.parametrize("look", [(1280, "dark"), (320, "light")])
def test_axe_finds_nothing_and_nothing_sticks_out(
    site: Site, browser: Browser, world: World, mine: Invoice, look: tuple[int, str]
) -> None:
    width, scheme = look
    say(world.maya, mine, f"https://photos.example/{'x' * 200}")
    say(world.olive, mine, "Thank you.")
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type] # one of the two
        bypass_csp=True,  # axe is put into the page
        reduced_motion="reduce",
    )
    page = _page(context, site, world.maya, "/conversations/")
    for address in (
        "/conversations/",
        f"/conversations/invoice/{mine.pk}/",
        f"/invoices/{mine.pk}/",
        f"/forward/invoice/{mine.pk}/",
    ):
        page.goto(f"{site.url}{address}")
        if address.startswith("/forward/"):
            page.get_by_label("Other e-mail addresses").fill("tom@bank.example")
            page.get_by_label("Message").fill("y" * 300)
            page.get_by_role("button", name="Preview the e-mail").click()
            page.get_by_role("heading", name="This is what goes out").wait_for()
        page.add_script_tag(path=AXE)
        found = page.evaluate("async () => (await axe.run()).violations.map(each => each.id)")
        assert found == [], address
        assert not page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        ), address
    context.close()
