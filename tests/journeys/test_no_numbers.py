"""No card or account number reaches us: Maya types them in a real browser, and then they are looked for everywhere."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Final

import httpx
import psycopg
import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import FrameLocator, Page, expect
from psycopg import sql
from psycopg.conninfo import make_conninfo
from pypdf import PdfReader

from portico.access.scope import scope
from portico.customers.models import Customer
from portico.sandbox_bank.running import running_bank
from portico.testing.bank import ASKS_3DS, DECLINES, SUCCEEDS, BankAccount, connect, open_account
from portico.testing.books import Books
from portico.testing.people import PASSWORD, World, make_world
from portico.testing.plugin import DATABASE
from portico.testing.recording import Relay, running_relay
from portico.testing.site import Site, running_site
from tests.faults.commits import failing_commit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

ACCOUNT: Final = "000123456789"
COMES_BACK: Final = "000111111116"
NUMBERS: Final = (SUCCEEDS, DECLINES, ASKS_3DS, ACCOUNT, COMES_BACK)
BETWEEN: Final = "(?:%20|[ +._-]){0,3}"
"""What people and forms put between digits."""


def _pattern() -> str:
    """Each number whole, grouped, without its last four, and as the hexadecimal that bytes are shown in."""
    spelled = []
    for number in NUMBERS:
        spelled.append(BETWEEN.join(number))
        spelled.append(f"(?<![0-9a-f]){BETWEEN.join(number[:-4])}(?![0-9a-f])")
        spelled.append(number.encode().hex())
    return "|".join(spelled)


TRACE: Final = _pattern()
"""Read alike by Python and by PostgreSQL."""


@dataclass
class Shop:
    """A site behind a relay that keeps what is sent to it, and a customer who owes."""

    site: Site
    relay: Relay
    world: World
    bank: BankAccount


@contextmanager
def _open_shop(folder: Path) -> Iterator[Shop]:
    with (
        running_relay() as relay,
        running_bank(folder / "bank.sqlite3") as bank,
        running_site(
            bank_url=bank.url, environment={"PORTICO_URL": relay.url, "PORTICO_LOG": "DEBUG"}
        ) as site,
    ):
        relay.target = site.url
        world = make_world()
        account = open_account(bank.url, f"Numbers {world.tag}", parent=relay.url)
        gateway = connect(world.olive, account)
        account.webhook_to(f"{relay.url}/webhooks/{gateway.pk}/", parent=relay.url)
        with scope(world.job):
            Customer.objects.filter(pk=world.greenleaf.pk).update(allow_bank_payments=True)
        yield Shop(site, relay, world, account)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """One for the tests of this file."""
    with _open_shop(tmp_path_factory.mktemp("numbers")) as opened:
        yield opened


def traces(text: str) -> list[str]:
    """Where one of the numbers stands in a text, with what is around it."""
    return [text[max(0, found.start() - 60) : found.end() + 20] for found in re.finditer(TRACE, text)]


def rows_with_traces() -> set[tuple[str, str]]:
    """Every row of every table that has a number in any column, as the superuser sees them."""
    found: set[tuple[str, str]] = set()
    place = make_conninfo(os.environ["PORTICO_TEST_SERVER"], dbname=DATABASE)
    with psycopg.connect(place, autocommit=True) as connection:
        tables = connection.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        assert len(tables) > 60
        for schema, table in tables:
            rows = connection.execute(
                sql.SQL("SELECT row::text FROM {} AS row WHERE row::text ~ %s").format(
                    sql.Identifier(schema, table)
                ),
                [TRACE],
            )
            found.update((table, str(row)) for (row,) in rows)
    return found | {
        ("session", str(each.get_decoded()))
        for each in Session.objects.all()
        if traces(str(each.get_decoded()))
    }


def text_of_all(messages: list[EmailMessage]) -> str:
    """Headers, texts and attached PDFs of e-mails, decoded."""
    texts = []
    for message in messages:
        texts += [f"{name}: {value}" for name, value in message.items()]
        for part in message.walk():
            content = part.get_payload(decode=True)
            if not isinstance(content, bytes):
                continue
            if part.get_content_type() == "application/pdf":
                texts += [page.extract_text() for page in PdfReader(BytesIO(content)).pages]
            else:
                texts.append(content.decode("utf-8", errors="replace"))
    return "\n".join(texts)


def _pay_page(page: Page, shop: Shop, kind: str = "Card") -> FrameLocator:
    """Maya at the page of paying for a new invoice; the fields of this kind, ready."""
    invoice = Books(shop.world.olive, shop.world.greenleaf).invoice("25.00")
    page.goto(f"{shop.relay.url}/pay/?invoice={invoice.pk}")
    page.get_by_role("radio", name=re.compile(f"^{kind}")).check()
    return page.frame_locator(f"iframe[title^='{kind}']")


def _type_card(fields: FrameLocator, number: str) -> None:
    fields.get_by_label("Card number").press_sequentially(number)
    for label, value in {
        "Expires": "12 / 34",
        "Security code": "123",
        "Name on the card": "Maya Chen",
        "Billing address": "48 Orchard Lane",
        "City": "Portland",
        "Postal code": "97205",
    }.items():
        fields.get_by_label(label).fill(value)
    fields.get_by_label("Country").select_option("US")


def _type_account(fields: FrameLocator, number: str) -> None:
    fields.get_by_label("Routing number").fill("110000000")
    fields.get_by_label("Account number").press_sequentially(number)
    fields.get_by_label("Account holder").fill("Maya Chen")


def test_what_maya_types_at_the_bank_is_nowhere_with_us(page: Page, shop: Shop) -> None:
    before = rows_with_traces()  # what other tests have written
    page.goto(f"{shop.relay.url}/")
    page.get_by_label("E-mail").fill(shop.world.email("maya"))
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    heading, pay = page.get_by_role("heading", level=1), page.get_by_role("button", name="Pay $25.00")

    _type_card(_pay_page(page, shop), SUCCEEDS)
    page.get_by_label("Use this card for future transactions").check()
    pay.click()
    expect(heading).to_contain_text("Payment received")

    _type_card(_pay_page(page, shop), DECLINES)
    pay.click()
    expect(page.get_by_role("main")).to_contain_text("You have not been charged.")

    _type_card(_pay_page(page, shop), ASKS_3DS)
    pay.click()
    page.get_by_role("button", name="Approve").click()
    expect(heading).to_contain_text("Payment received")

    for number in (ACCOUNT, COMES_BACK):
        _type_account(_pay_page(page, shop, "Bank account"), number)
        pay.click()
        expect(page.get_by_role("main")).to_contain_text("$25.00 is on its way")

    _type_card(_pay_page(page, shop), SUCCEEDS)
    with failing_commit(shop.world, "payments_paymentattempt", "disk full"):
        with page.expect_response(
            lambda answer: answer.request.method == "POST" and "/pay/" in answer.url
        ) as got:
            pay.click()
        assert got.value.status == 500

    shop.bank.settle()
    shop.site.mailbox and shop.site.mailbox.wait_for(shop.world.email("maya"), 2)
    shop.site.wait_for_jobs()

    requests, log = shop.relay.received(), shop.site.said()
    assert shop.site.mailbox is not None
    mail = text_of_all(shop.site.mailbox.messages)
    # What is searched is what it is taken for: six forms with tokens, webhooks, the error, the receipt.
    assert len(re.findall(r"^POST /pay/ ", requests, re.MULTILINE)) == 6
    assert len(re.findall(r"token=tok_\w+", requests)) == 6
    assert "POST /webhooks/" in requests
    assert "No space left on device" in log
    assert "4242" in mail
    assert traces(requests) == []
    assert traces(log) == []
    assert traces(mail) == []
    assert rows_with_traces() - before == set()


@pytest.mark.parametrize(
    "planted",
    [
        "number=4242424242424242&cvc=123",
        "number=4242+4242+4242+4242",
        "number=4242%204242%204242%204242",
        '{"account": "000123456789"}',
        "000-123-456-789",
        "400000000000****",
        "0001 2345 ....",
        "\\x34303030303030303030303033323230",
    ],
)
def test_a_number_would_be_found_however_it_is_written(planted: str) -> None:
    assert traces(planted)


def test_a_number_sent_to_us_or_kept_by_us_would_be_found(shop: Shop) -> None:
    httpx.post(f"{shop.relay.url}/pay/?x=1", data={"note": "my card is 4242 4242 4242 4242"}, timeout=60)
    assert traces(shop.relay.received())
    before = rows_with_traces()
    with scope(shop.world.job):
        Customer.objects.filter(pk=shop.world.greenleaf.pk).update(remarks="Card 4000 0000 0000 3220")
    assert [table for table, _row in rows_with_traces() - before] == ["customers_customer"]
