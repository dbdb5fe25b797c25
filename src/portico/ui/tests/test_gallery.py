"""Everybody can use every part of the kit: by eye, by ear, by keyboard, on a phone, in the dark."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation
from playwright.sync_api import Browser, Page, expect

from portico.ui.tests import samples
from portico.ui.tests.site import STATIC, serving

AXE = Path(__file__).parent / "axe" / "axe.min.js"
Scheme = Literal["light", "dark"]
LOADS = ("portico/portico.css", "portico/app.js", "portico/icons.svg")


def gallery(language: str = "en") -> str:
    """The page with every part in every state."""
    with translation.override(language):
        return render_to_string("ui/gallery.html", samples.context(), RequestFactory().get("/gallery/"))


@pytest.fixture(scope="module")
def shown() -> Iterator[tuple[str, list[str]]]:
    with serving({"/": gallery(), "/ar": gallery("ar")}) as served:
        yield served


def opened(browser: Browser, address: str, *, width: int, scheme: Scheme, script: bool = True) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        reduced_motion="reduce",
        java_script_enabled=script,
        bypass_csp=script,  # axe is put into the page; the page itself is tested with the policy on elsewhere
    )
    page = context.new_page()
    page.goto(address)
    return page


def violations(page: Page, within: str = "html", **options: Any) -> list[str]:
    """What axe finds in the page as it stands, by rule and by the first element that breaks it."""
    if not page.evaluate("typeof axe === 'object'"):
        page.add_script_tag(path=AXE)
    found: list[dict[str, Any]] = page.evaluate(
        """async ([within, options]) =>
            (await axe.run(within, {resultTypes: ["violations"], ...options})).violations""",
        [within, options],
    )
    return [
        f"{each['id']}: {each['nodes'][0]['target']} {each['nodes'][0]['failureSummary']}" for each in found
    ]


@pytest.mark.browser
@pytest.mark.parametrize(
    ("width", "scheme"), [(1440, "light"), (390, "dark"), (320, "light"), (1440, "dark")]
)
def test_axe_finds_nothing_even_with_a_menu_open(
    browser: Browser, shown: tuple[str, list[str]], width: int, scheme: Scheme
) -> None:
    page = opened(browser, shown[0], width=width, scheme=scheme)
    assert violations(page) == []
    for menu in ("account", "export", "filters", "sort", "working"):
        page.evaluate("id => document.getElementById(id).showPopover()", menu)
        assert violations(page, f"#{menu}") == [], menu
        page.keyboard.press("Escape")
        expect(page.locator(f"#{menu}:popover-open")).to_have_count(0)
    page.get_by_role("button", name="Open a dialog").click()
    expect(page.get_by_role("dialog", name="Remove the card")).to_be_visible()
    assert violations(page, "dialog[open]") == []
    page.context.close()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_can_be_read_with_any_accent(
    browser: Browser, shown: tuple[str, list[str]], scheme: Scheme
) -> None:
    page = opened(browser, shown[0], width=1440, scheme=scheme)
    for accent in ("#ffd400", "#ff2d2d", "#7cfc00", "#000000", "#ffffff", "#8a1c5b"):
        page.add_style_tag(content=f":root {{ --accent: {accent}; }}")
        assert violations(page, runOnly=["color-contrast"]) == [], accent
    page.context.close()


@pytest.mark.browser
@pytest.mark.parametrize("path", ["/", "/ar"])
@pytest.mark.parametrize("width", [1440, 390, 320])
def test_nothing_sticks_out_at_any_width_in_either_direction(
    browser: Browser, shown: tuple[str, list[str]], path: str, width: int
) -> None:
    page = opened(browser, shown[0] + path, width=width, scheme="light")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    beyond = page.evaluate(
        """width => [...document.querySelectorAll("main *")].filter((el) => {
            const box = el.getBoundingClientRect();
            return box.width > 0 && (box.right > width + 1 || box.left < -1) && !el.closest(".tabs, .scroll");
        }).map((el) => el.outerHTML.slice(0, 120))""",
        width,
    )
    assert beyond == []
    page.context.close()


@pytest.mark.browser
def test_the_drawer_opens_on_a_phone_and_focus_comes_back(
    browser: Browser, shown: tuple[str, list[str]]
) -> None:
    page = opened(browser, shown[0], width=390, scheme="light")
    more = page.get_by_role("button", name="More", exact=True)
    more.click()
    expect(page.locator("#menu").get_by_role("link", name="Credit notes")).to_be_visible()
    assert violations(page, "#menu") == []
    page.keyboard.press("Escape")
    expect(page.locator("#menu")).not_to_be_visible()
    expect(more).to_be_focused()
    page.context.close()


@pytest.mark.browser
def test_a_page_asks_for_four_things_and_its_policy_lets_all_of_them_in(browser: Browser) -> None:
    refused: list[str] = []
    with serving({"/": gallery()}) as (address, asked):
        context = browser.new_context()
        page = context.new_page()
        page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
        page.goto(address, wait_until="networkidle")
        context.close()
    assert refused == []
    things = [path for path in asked if "/fonts/" not in path]
    assert sorted(things) == sorted(["/", *(f"/static/{each}" for each in LOADS)])


@pytest.mark.browser
def test_without_a_script_the_menus_open_and_nothing_is_offered_that_needs_one(
    browser: Browser, shown: tuple[str, list[str]]
) -> None:
    page = opened(browser, shown[0], width=1440, scheme="light", script=False)
    page.get_by_role("button", name="Export").click()
    expect(page.get_by_role("link", name="Excel workbook")).to_be_visible()
    expect(page.locator("[data-pick-all]")).to_be_hidden()
    page.context.close()


@pytest.mark.browser
def test_ticking_rows_says_how_many_and_how_much(browser: Browser, shown: tuple[str, list[str]]) -> None:
    page = opened(browser, shown[0], width=1440, scheme="light")
    says = page.locator("output[name=sum]")
    expect(says).to_have_text("2 invoices, $7,190.00")
    page.get_by_label("Select INV-2093").uncheck()
    expect(says).to_have_text("1 invoice, $3,210.00")
    page.get_by_label("Select all invoices").check()
    expect(says).to_have_text("2 invoices, $7,190.00")  # the one on its way cannot be ticked
    page.context.close()


@pytest.mark.browser
def test_the_dark_side_is_kept_on_this_device(browser: Browser, shown: tuple[str, list[str]]) -> None:
    page = opened(browser, shown[0], width=1440, scheme="light")
    page.locator(".sidebar .account").click()
    page.get_by_role("button", name="Dark", exact=True).click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert "portico_theme=dark" in page.evaluate("document.cookie")
    page.get_by_role("button", name="As the device").click()
    expect(page.locator("html")).not_to_have_attribute("data-theme", re.compile(""))
    page.context.close()


@pytest.mark.browser
def test_a_phone_number_on_a_paper_in_arabic_begins_with_its_plus(
    browser: Browser, shown: tuple[str, list[str]]
) -> None:
    page = opened(browser, shown[0], width=1440, scheme="light")
    plus, last = page.evaluate(
        """() => {
            const desk = document.querySelector(".desk"), doc = document.createElement("div");
            doc.className = "doc";
            doc.dir = "rtl";
            desk.replaceWith(doc);
            doc.append(desk);
            const address = desk.querySelector("address");
            address.append(document.createElement("br"), "+1 206 555 0142");
            const line = address.lastChild, range = new Range();
            return [0, line.length - 1].map((at) => {
                range.setStart(line, at);
                range.setEnd(line, at + 1);
                return range.getBoundingClientRect().x;
            });
        }"""
    )
    assert plus < last
    page.context.close()


def test_no_page_carries_style_or_script_of_its_own() -> None:
    html = gallery()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=", html)
    assert re.findall(r"<script[^>]*>", html) == ['<script src="/static/portico/app.js" defer>']


def test_everything_a_page_loads_first_weighs_less_than_60_kb() -> None:
    files = [(STATIC / name).read_bytes() for name in LOADS]
    assert sum(len(gzip.compress(each)) for each in [gallery().encode(), *files]) < 60_000


def test_every_id_is_there_once_and_whatever_points_to_one_finds_it() -> None:
    html = gallery()
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    pointed = re.findall(r'(?:aria-describedby|aria-labelledby|popovertarget|commandfor|for)="([^"]+)"', html)
    assert {each for many in pointed for each in many.split()} <= set(ids)


def test_the_page_reads_from_the_right_in_arabic_and_its_chart_begins_there() -> None:
    html = gallery("ar")
    assert '<html lang="ar" dir="rtl"' in html
    first_bar, last_bar = (re.findall(r'class="series-1" x="([\d.]+)%"', html)[i] for i in (0, -1))
    assert float(first_bar) > float(last_bar)
