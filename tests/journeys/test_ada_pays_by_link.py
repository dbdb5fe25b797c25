"""Ada, who has no access, opens the link in her mail, confirms her address, pays with 3-D Secure and has her receipt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portico.access.scope import scope
from portico.ledger.selfcheck import selfcheck
from portico.payments.models import Payment
from portico.sandbox_bank.running import RunningBank, running_bank
from portico.sharing.links.actions import send_link
from portico.testing.bank import ASKS_3DS, connect, open_account
from portico.testing.books import Books
from portico.testing.mail import links_in, text_of
from portico.testing.people import make_world
from portico.testing.site import Site, running_site
from tests.journeys.test_maya_pays import type_card

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, RunningBank]]:
    """The site and the bank."""
    folder = tmp_path_factory.mktemp("by-link")
    with running_bank(folder / "bank.sqlite3") as bank, running_site(bank_url=bank.url) as site:
        yield site, bank


def test_ada_pays_through_the_link_in_her_mail(page: Page, parts: tuple[Site, RunningBank]) -> None:
    site, bank = parts
    world = make_world()
    account = open_account(bank.url, f"By link {world.tag}", parent=site.url)
    gateway = connect(world.olive, account)
    account.webhook_to(f"{site.url}/webhooks/{gateway.pk}/", parent=site.url)
    invoice = Books(world.olive, world.greenleaf).invoice("480.00")
    ada = f"ada.{world.tag}@elsewhere.example"
    send_link(world.olive, "invoice", invoice.pk, ada)
    assert site.mailbox is not None
    (link,) = (each for each in links_in(site.mailbox.wait_for(ada)) if "/l/" in each)
    path = "/l/" + link.split("/l/")[1]

    page.goto(site.url + path)
    expect(page.get_by_role("main")).to_contain_text("a***@elsewhere.example")
    page.get_by_role("button", name="Send me a code").click()
    found = re.search(r"^\d{6}$", text_of(site.mailbox.wait_for(ada, 2)), re.MULTILINE)
    assert found
    page.get_by_label("Code").fill(found[0])
    page.get_by_role("button", name="Show the document").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(invoice.number)
    _picture(page, "document")

    page.get_by_role("link", name="Pay now").click()
    type_card(page, ASKS_3DS)
    _picture(page, "pay")
    page.get_by_role("button", name="Pay $480.00").click()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Payment received")
    assert path in page.url
    _picture(page, "receipt")
    page.get_by_role("link", name="Back to the document").click()
    expect(page.get_by_role("main")).to_contain_text("Nothing is left to pay")
    with scope(world.job):
        assert [str(each.amount) for each in Payment.objects.all()] == ["480.00 USD"]
    assert path.split("/")[2] not in site.said(), "the log keeps no token"
    assert not selfcheck(world.organisation.pk)


def _picture(page: Page, name: str) -> None:
    """A picture of each step, where a folder for them is wanted."""
    import os

    folder = os.environ.get("PORTICO_PICTURES")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)
