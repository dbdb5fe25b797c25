"""Who loses access in one browser is out in the other on the next click (S1.2)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from portico.access.actors import Role
from portico.access.scope import scope
from portico.customers.actions import set_active
from portico.customers.models import Customer
from portico.organisations.actions import add_staff, edit_staff
from portico.testing.people import PASSWORD, make_world
from portico.testing.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]


def _signed_in(context: BrowserContext, site: Site, email: str) -> Page:
    page = context.new_page()
    page.goto(f"{site.url}/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).not_to_have_url(re.compile("/account/login/"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    return page


def test_leo_is_out_on_his_next_click_after_maya_ends_his_access(
    browser: Browser, context: BrowserContext, site: Site
) -> None:
    world = make_world()
    with browser.new_context(viewport={"width": 390, "height": 844}, locale="en-US") as phone:
        leo = _signed_in(phone, site, world.email("leo"))
        maya = _signed_in(context, site, world.email("maya"))
        maya.goto(f"{site.url}/profile/contacts/")
        maya.get_by_role("link", name="Leo", exact=True).click()
        maya.get_by_role("link", name="End access").click()
        maya.get_by_role("button", name="End access").click()
        expect(maya.get_by_role("main")).to_contain_text("Leo has no access any more.")
        leo.reload()
        expect(leo.get_by_role("button", name="Sign in", exact=True)).to_be_visible()


def test_everybody_is_out_when_the_customer_is_made_inactive(context: BrowserContext, site: Site) -> None:
    world = make_world()
    maya = _signed_in(context, site, world.email("maya"))
    with scope(world.olive):
        greenleaf = Customer.objects.one_for(world.olive, pk=world.greenleaf.pk)
    set_active(actor=world.olive, customer=greenleaf, is_active=False)
    maya.reload()
    expect(maya.get_by_role("button", name="Sign in", exact=True)).to_be_visible()


def test_a_staff_member_who_is_let_go_is_out(context: BrowserContext, site: Site) -> None:
    world = make_world()
    email = f"sam.{world.tag}@northwind.example"
    sam = add_staff(actor=world.olive, name="Sam", email=email, role=Role.SALES, password=PASSWORD)
    office = _signed_in(context, site, email)
    edit_staff(actor=world.olive, staff=sam, is_active=False)
    office.reload()
    expect(office.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
