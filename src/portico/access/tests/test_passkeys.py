"""Passkeys in a real Chromium, whose device is a virtual authenticator (S1.3)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from playwright.sync_api import Browser, BrowserContext, Page, expect

from portico.organisations.actions.edit import edit_preferences
from portico.testing.browsing import PATIENCE
from portico.testing.mail import text_of
from portico.testing.people import PASSWORD, World
from portico.testing.site import Site, running_site

SHOTS = os.environ.get("PORTICO_SHOTS", "")


@pytest.fixture(scope="module")
def named_site() -> Iterator[Site]:
    """A site with a name: browsers give passkeys to no bare IP address."""
    named = {"PORTICO_BASE_DOMAIN": "portal.localhost", "PORTICO_HOSTS": "127.0.0.1,portal.localhost"}
    with running_site(worker=False, environment=named) as site:
        site.url = site.url.replace("127.0.0.1", "portal.localhost")
        yield site


@pytest.fixture
def device(browser: Browser, named_site: Site) -> Iterator[Page]:
    """A browser on a device that gives passkeys with a finger."""
    cache.clear()
    context = browser.new_context(
        base_url=named_site.url, viewport={"width": 1280, "height": 900}, locale="en-US"
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    _with_finger(context, page)
    yield page
    context.close()


def _with_finger(context: BrowserContext, page: Page) -> None:
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def _sign_in(page: Page, world: World) -> None:
    page.goto("/account/login/")
    page.get_by_label("E-mail").fill(world.email("maya"))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Sign in")


def _add_passkey(page: Page, name: str) -> None:
    page.goto("/account/passkeys/add/")
    if "reauthenticate" in page.url:
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Continue").click()
    page.get_by_label("Name").fill(name)
    _shoot(page, "passkey-add")
    page.get_by_role("button", name="Add a passkey").click()


def _shoot(page: Page, name: str) -> None:
    if not SHOTS:
        return
    for look in ("light", "dark"):
        page.emulate_media(color_scheme=look)
        page.screenshot(path=Path(SHOTS) / f"{name}-{look}.png", full_page=True)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 360, "height": 800})
    page.screenshot(path=Path(SHOTS) / f"{name}-phone.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.browser
def test_maya_adds_a_passkey_signs_in_with_it_renames_and_removes_it(
    world: World, device: Page, named_site: Site
) -> None:
    page = device
    _sign_in(page, world)
    _add_passkey(page, "Phone")
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    _shoot(page, "recovery-codes")
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("link", name="Remove Phone")).to_be_visible()
    _shoot(page, "security")
    assert named_site.mailbox is not None
    assert "passkey was added" in text_of(named_site.mailbox.wait_for(world.email("maya")))

    page.context.clear_cookies()
    page.goto("/account/login/?next=/invoices/")
    _shoot(page, "sign-in")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(f"{named_site.url}/invoices/")

    page.goto("/account/security/")
    page.get_by_role("link", name="Rename").click()
    if "reauthenticate" in page.url:  # a passkey is asked for, or the password, before something is changed
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Continue").click()
    page.get_by_label("Name").fill("Kitchen tablet")
    page.get_by_role("button", name="Save the name").click()
    expect(page.get_by_role("link", name="Remove Kitchen tablet")).to_be_visible()
    page.get_by_role("link", name="Remove").click()
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_role("link", name="Remove Kitchen tablet")).to_have_count(0)
    assert not Authenticator.objects.filter(user_id=world.maya.user_id).exists()
    named_site.mailbox.wait_for(world.email("maya"), 2)


@pytest.mark.browser
def test_after_a_password_the_passkey_is_the_second_factor(
    world: World, device: Page, named_site: Site
) -> None:
    page = device
    _sign_in(page, world)
    _add_passkey(page, "Desk")
    page.get_by_role("link", name="I have kept them").click()
    page.context.clear_cookies()
    _sign_in(page, world)
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    _shoot(page, "second-factor")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(f"{named_site.url}/")


@pytest.mark.browser
def test_who_has_to_have_a_second_factor_sets_up_a_passkey_and_goes_on(
    world: World, device: Page, named_site: Site
) -> None:
    edit_preferences(actor=world.olive, require_second_factor=True)
    page = device
    _sign_in(page, world)
    page.wait_for_timeout(5_200)  # the other process may remember for so long that nobody asks
    page.goto("/payments/")
    expect(page.get_by_role("heading", name="A second factor, please")).to_be_visible()
    _shoot(page, "needed")
    page.get_by_role("link", name="Set up an authenticator app").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Set up an authenticator app")).to_be_visible()
    _shoot(page, "app")
    _add_passkey(page, "Phone")
    page.get_by_role("link", name="I have kept them, go on").click()
    expect(page).to_have_url(f"{named_site.url}/payments/")


@pytest.mark.browser
def test_a_passkey_works_at_every_portal_below_the_base_domain(
    world: World, device: Page, named_site: Site
) -> None:
    page = device
    _sign_in(page, world)
    _add_passkey(page, "Phone")
    page.get_by_role("link", name="I have kept them").click()
    theirs = named_site.url.replace("portal.localhost", f"{world.organisation.portal_name}.portal.localhost")
    page.goto(f"{theirs}/account/login/")
    expect(page.get_by_text("Northwind Traders").first).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(f"{theirs}/")


@pytest.mark.browser
def test_a_device_without_that_passkey_says_so_and_leaves_the_other_ways(
    world: World, device: Page, named_site: Site
) -> None:
    device.goto("/account/login/")
    device.get_by_role("button", name="Use a passkey").click()
    expect(device.get_by_role("alert")).to_contain_text("Your device did not give the passkey")
    expect(device.get_by_role("button", name="Sign in")).to_be_enabled()


def test_at_a_bare_address_no_passkey_is_offered(world: World, site: Site) -> None:
    assert "data-passkey" not in httpx.get(f"{site.url}/account/login/", timeout=60).text
