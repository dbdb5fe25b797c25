"""Maya has 60 open invoices and pays 37 of them with her saved card, in three clicks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from portico.access.scope import scope
from portico.ledger.selfcheck import selfcheck
from portico.payments.models import Payment, SavedMethod
from portico.payments.tests.making import card_at_bank
from portico.sandbox_bank.running import running_bank
from portico.testing.bank import connect, open_account
from portico.testing.books import Books
from portico.testing.people import PASSWORD, make_world
from portico.testing.site import running_site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]
ALL, CHOSEN = 60, 37


def test_37_of_60_invoices_are_paid_with_one_saved_card_in_three_clicks(page: Page, tmp_path: Path) -> None:
    with running_bank(tmp_path / "bank.sqlite3") as bank, running_site(bank_url=bank.url) as site:
        world = make_world()
        at_bank = open_account(bank.url, f"Many {world.tag}", parent=site.url)
        card_at_bank(world.maya, connect(world.olive, at_bank), at_bank)
        books = Books(world.olive, world.greenleaf)
        numbers = [books.invoice("10.00").number for _ in range(ALL)]
        page.goto(f"{site.url}/invoices/?size=100")
        page.get_by_label("E-mail").fill(world.email("maya"))
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        boxes = page.locator("input[name=pick]")
        expect(boxes).to_have_count(ALL)
        for box in boxes.all()[:CHOSEN]:
            box.check()
        expect(page.get_by_role("status").or_(page.locator("output"))).to_contain_text(["$370.00"])
        # 1: on to paying
        page.get_by_role("button", name=re.compile("^Pay")).click()
        expect(page.get_by_role("radio", name=re.compile("Visa ending 4242"))).to_be_checked()
        # 2: pay
        page.get_by_role("button", name="Pay $370.00").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Payment received")
        paid = [number for number in numbers if number in page.get_by_role("main").inner_text()]
        assert len(paid) == CHOSEN
        # 3: the receipt to keep
        with page.expect_download() as downloading:
            page.get_by_role("link", name="Download PDF").click()
        receipt = tmp_path / "receipt.pdf"
        downloading.value.save_as(receipt)
        text = "".join(each.extract_text() for each in PdfReader(receipt).pages)
        assert [number for number in numbers if number in text] == paid
        assert at_bank.charges() == {"USD": (1, 37000)}
        with scope(world.job):
            assert Payment.objects.visible_to(world.job).count() == 1
            assert SavedMethod.objects.get().used_at is not None
        assert not selfcheck(world.organisation.pk)
