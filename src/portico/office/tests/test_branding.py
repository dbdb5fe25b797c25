"""Olive looks at a banner, a colour and a logo before anybody else does, and then customers see them (S1.1, S2 1, 2)."""

from __future__ import annotations

import html
import os
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from portico.access.scope import scope
from portico.organisations.models import Organisation, Preferences
from portico.organisations.previews import banner_html
from portico.testing.clients import signed_in
from portico.testing.people import PASSWORD, World
from portico.testing.site import Site

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
SHOTS = os.environ.get("PORTICO_SHOTS", "")


def preferences(world: World) -> Preferences:
    with scope(world.olive):
        return Preferences.objects.select_related("organisation").get(organisation=world.organisation)


def organisation(world: World) -> Organisation:
    with scope(world.olive):
        return Organisation.objects.get(pk=world.organisation.pk)


def page_of(world: World, name: str) -> str:
    row = world.organisation if name == "set-logo" else preferences(world)
    return reverse(f"admin:{name}", args=[row.pk])


def send(client: Client, world: World, name: str, **data: Any) -> Any:
    return client.post(page_of(world, name), data)


def frames(answer: Any) -> list[str]:
    found = re.findall(
        r'<iframe class="office-preview" sandbox="" title="[^"]*" srcdoc="([^"]*)"', answer.content.decode()
    )
    return [html.unescape(each) for each in found]


def test_a_banner_is_looked_at_before_customers_see_it(world: World) -> None:
    olive = signed_in(world.olive)
    shown = send(olive, world, "edit-preferences", banner_message="Closed on Friday", preview="1")
    assert shown.status_code == 200
    assert all("Closed on Friday" in frame for frame in frames(shown))
    assert len(frames(shown)) == 2
    assert "Closed on Friday" not in signed_in(world.maya).get("/").content.decode()
    assert send(olive, world, "edit-preferences", banner_message="Closed on Friday").status_code == 302
    assert "Closed on Friday" in signed_in(world.maya).get("/").content.decode()
    send(olive, world, "edit-preferences", banner_message="")
    assert "Notice from" not in signed_in(world.maya).get("/").content.decode()


def test_the_banner_is_on_every_page_and_its_links_are_safe(world: World) -> None:
    olive = signed_in(world.olive)
    text = (
        'See https://northwind.example/news <script>alert(1)</script> javascript:alert(1) <a href="//e">x</a>'
    )
    send(olive, world, "edit-preferences", banner_message=text, show_credit_notes="on")
    for path in ("/", "/invoices/", "/payments/", "/statements/"):
        page = signed_in(world.maya).get(path).content.decode()
        notice = page[page.index("Notice from") :][:900]
        assert '<a href="https://northwind.example/news" rel="nofollow">' in notice, notice
        assert "<script>alert" not in page
        assert 'href="javascript' not in page
        assert 'href="//e"' not in page


def test_a_banner_cannot_break_out() -> None:
    assert banner_html('https://a.example/"onmouseover="x').count('"') == banner_html(
        "https://a.example/"
    ).count('"')


def test_every_preference_says_what_it_does(world: World) -> None:
    page = signed_in(world.olive).get(page_of(world, "edit-preferences")).content.decode()
    for group in (
        "Name and banner",
        "Who comes in, and how",
        "What customers see",
        "Paying",
        "Hearing of it",
    ):
        assert group in page
    assert f"/at/{world.organisation.portal_name}/" in page
    assert page.count("Off: ") >= 6


def test_the_portal_name_is_the_first_preference(world: World) -> None:
    olive = signed_in(world.olive)
    assert send(olive, world, "edit-preferences", portal_name="a b").status_code == 422
    assert send(olive, world, "edit-preferences", portal_name=f"Fresh{world.tag}").status_code == 302
    assert organisation(world).portal_name == f"Fresh{world.tag}"
    send(olive, world, "edit-preferences", portal_name="")
    assert organisation(world).portal_name == f"Fresh{world.tag}"


def test_colour_and_logo_are_looked_at_and_then_saved_without_choosing_the_file_again(world: World) -> None:
    olive = signed_in(world.olive)
    logo = SimpleUploadedFile("logo.png", SVG, "image/png")  # named wrongly: the content decides
    shown = send(olive, world, "set-logo", accent_colour="#8a1c5b", logo=logo, preview="1")
    sign_in, light, dark = frames(shown)
    for frame in (sign_in, light, dark):
        assert "/brand/8a1c5b-" in frame
        assert "data:image/svg+xml;base64," in frame
    assert 'data-theme="dark"' in dark
    assert organisation(world).logo_type == ""
    kept = re.search(r'name="kept_logo" value="([^"]+)"', shown.content.decode())
    assert kept
    assert send(olive, world, "set-logo", accent_colour="#8a1c5b", kept_logo=kept[1]).status_code == 302
    now = organisation(world)
    assert (bytes(now.logo), now.logo_type, now.accent_colour) == (SVG, "image/svg+xml", "#8a1c5b")
    send(olive, world, "set-logo", accent_colour="#8a1c5b")
    assert organisation(world).logo_type == "image/svg+xml"
    send(olive, world, "set-logo", remove_logo="on")
    assert organisation(world).logo_type == ""


@pytest.mark.parametrize(
    "content",
    [
        b"<html><script>alert(1)</script></html>",
        SVG.replace(b"<path", b"<script>alert(1)</script><path"),
        SVG.replace(b"<path", b'<path onload="alert(1)"'),
        b"\x89PNG\r\n\x1a\n" + b"0" * 500_001,
        b"",
    ],
)
def test_what_is_no_safe_logo_is_refused_next_to_the_field(world: World, content: bytes) -> None:
    olive = signed_in(world.olive)
    logo = SimpleUploadedFile("logo.svg", content, "image/svg+xml")
    for more in ({"preview": "1"}, {}):
        logo.seek(0)
        answer = send(olive, world, "set-logo", accent_colour="#8a1c5b", logo=logo, **more)
        assert answer.status_code == 422
        assert frames(answer) == []
    assert organisation(world).logo_type == ""


@pytest.mark.parametrize("colour", ["red", "#12345", "#1234567", "url(x)", "#00000g"])
def test_a_colour_is_written_in_one_way(world: World, colour: str) -> None:
    assert send(signed_in(world.olive), world, "set-logo", accent_colour=colour).status_code == 422


@pytest.mark.browser
def test_the_preview_is_seen_in_a_browser(world: World, site: Site, page: Page) -> None:
    page.goto(f"{site.url}/account/login/")
    page.get_by_label("E-mail").fill(world.email("olive", "northwind"))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).not_to_have_url(re.compile("/account/login/"))
    page.goto(site.url + page_of(world, "set-logo"))
    page.get_by_label("Accent colour").fill("#e6ff00")
    page.get_by_role("button", name="Preview").click()
    frame = page.frame_locator("iframe[title='Sign-in page']")
    expect(frame.get_by_role("heading", name="Sign in")).to_be_visible()
    button = frame.get_by_role("button", name="Sign in")
    # The sheet is loaded, and the lightness fitted.
    expect(button).to_have_css("background-color", re.compile(r"^oklch\(0\.48"))
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / "brand-preview.png", full_page=True)
        page.goto(site.url + page_of(world, "edit-preferences"))
        page.screenshot(path=Path(SHOTS) / "preferences.png", full_page=True)
