"""No card or account number reaches us: neither a request, nor a table, nor a log, an error report or an e-mail."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from urllib.parse import unquote_plus

import psycopg
import pytest
from django.db import connection
from playwright.sync_api import Page, Request, expect
from psycopg import sql

from portico.access.scope import scope
from portico.customers.models import Customer
from portico.sandbox_bank.running import RunningBank, running_bank
from portico.testing.bank import SUCCEEDS, connect, open_account
from portico.testing.books import Books
from portico.testing.people import make_world
from portico.testing.site import Site, running_site
from tests.faults.commits import failing_commit
from tests.journeys.test_maya_pays import Shop, sign_in, type_card

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

ROUTING, ACCOUNT = "110000000", "000123456789"
NUMBERS = (SUCCEEDS, SUCCEEDS[:12], "4242 4242 4242", ROUTING, ACCOUNT, ACCOUNT[:8])
"""Whole, without their last four, and as people write them."""


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, RunningBank]]:
    """The site and the bank."""
    folder = tmp_path_factory.mktemp("numbers")
    with running_bank(folder / "bank.sqlite3") as bank, running_site(bank_url=bank.url) as site:
        yield site, bank


def test_no_card_or_account_number_reaches_us(page: Page, parts: tuple[Site, RunningBank]) -> None:
    site, bank = parts
    world = make_world()
    account = open_account(bank.url, f"Numbers {world.tag}", parent=site.url)
    gateway = connect(world.olive, account)
    account.webhook_to(f"{site.url}/webhooks/{gateway.pk}/", parent=site.url)
    books = Books(world.olive, world.greenleaf)
    by_card, failing, by_bank = (books.invoice(amount) for amount in ("60.00", "70.00", "80.00"))
    shop = Shop(site, world, by_card.number)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(_all_of(request)) if site.url in request.url else None)

    sign_in(page, shop)
    page.goto(f"{site.url}/pay/?invoice={by_card.pk}")
    type_card(page, SUCCEEDS)
    page.get_by_role("checkbox", name=re.compile("for future")).first.check()
    page.get_by_role("button", name="Pay $60.00").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Payment received")

    page.goto(f"{site.url}/pay/?invoice={failing.pk}")
    page.locator("input[name=way][value$=':card']").check()
    type_card(page, SUCCEEDS)
    with failing_commit(world, "payments_paymentattempt", "disk full"):
        with page.expect_response(lambda answer: answer.url == f"{site.url}/pay/") as answered:
            page.get_by_role("button", name="Pay $70.00").click()
        assert answered.value.status == 500

    with scope(world.job):
        Customer.objects.filter(pk=world.greenleaf.pk).update(allow_bank_payments=True)
    page.goto(f"{site.url}/pay/?invoice={by_bank.pk}")
    page.locator("input[name=way][value$=':bank_debit']").check()
    fields = page.frame_locator("iframe[src*='kind=bank']")
    fields.locator("#routing").fill(ROUTING)
    fields.locator("#account").fill(ACCOUNT)
    fields.locator("#holder").fill("Maya Chen")
    page.get_by_role("button", name="Pay $80.00").click()
    expect(page.get_by_role("main")).to_contain_text(re.compile("on its way|Payment received", re.IGNORECASE))
    site.wait_for_jobs()

    assert site.mailbox is not None
    assert len(sent) > 10
    assert any("submission_key" in each for each in sent), "requests are seen with what they carry"
    assert "Internal Server Error" in site.said(), "the error was reported"
    places = {
        "requests": "\n".join(sent),
        "logs and error reports": site.said(),
        "e-mails": "\n".join(str(each) for each in site.mailbox.to(world.email("maya"))),
    }
    found = [(where, number) for where, text in places.items() for number in NUMBERS if number in text]
    assert found == []
    assert list(_in_tables()) == []


def _all_of(request: Request) -> str:
    body = (request.post_data_buffer or b"").decode("utf-8", "replace")
    return unquote_plus(f"{request.url}\n{request.headers}\n{body}")


def _in_tables() -> Iterator[tuple[str, str]]:
    """Which tables have a row with a number in it, in any column; asked past every policy."""
    name = str(connection.settings_dict["NAME"])
    with psycopg.connect(os.environ["PORTICO_TEST_SERVER"], dbname=name) as all_seeing:
        tables = all_seeing.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
        ).fetchall()
        for (table,) in tables:
            for number in NUMBERS:
                asked = sql.SQL("SELECT 1 FROM {} AS row WHERE row::text LIKE %s LIMIT 1").format(
                    sql.Identifier(table)
                )
                if all_seeing.execute(asked, [f"%{number}%"]).fetchone():
                    yield table, number
