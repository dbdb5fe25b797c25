"""Everything at the same moment: clicks, tabs, the return page and the event."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from portico.kit.ids import new_id
from portico.testing.bank import ASKS_3DS
from tests.faults.paying import Shop

pytestmark = pytest.mark.xdist_group("faults")


def test_a_hundred_submissions_of_the_same_payment_make_one_charge(shop: Shop) -> None:
    key = new_id()
    token = shop.bank.card()
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: shop.pay(key, token=token, timeout=60).status_code, range(100)))
    assert set(answers) <= {302}
    shop.settle_all()
    assert shop.assert_one_or_none() == 1
    assert len(shop.attempts()) == 1


def test_two_tabs_pay_the_same_balance_once(shop: Shop) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: shop.pay(new_id(), amount="100.00").status_code, range(4)))
    assert min(answers) == 302
    assert len([status for status in answers if status == 302]) == 1, answers
    shop.settle_all()
    assert shop.assert_one_or_none() == 1


def test_the_return_page_and_the_event_arrive_together(shop: Shop) -> None:
    there = shop.asked_at(shop.pay(new_id(), card=ASKS_3DS))
    back = httpx.post(there, data={"answer": "approve"}, timeout=60).headers["Location"]
    succeeded = next(event for event in shop.bank.events() if event["type"] == "payment.succeeded")

    def look(_: int) -> int:
        shop.bank.resend(succeeded["id"])
        with shop.browser() as browser:
            return browser.get(back).status_code

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(look, range(12))) == {302}
    shop.settle_all()
    assert shop.assert_one_or_none() == 1


def test_the_back_button_shows_a_new_form_and_the_old_one_leads_to_its_attempt(shop: Shop) -> None:
    key = new_id()
    assert shop.pay(key).status_code == 302
    again = shop.pay(key, amount="99.00")
    assert again.status_code == 302
    assert again.headers["Location"].endswith(f"/pay/{shop.attempts()[0].pk}/")
    assert shop.assert_one_or_none() == 1
