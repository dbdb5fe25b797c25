"""Events of the bank: repeated, early, late, forged, or wrong. They are hints; the bank is asked what is true."""

from __future__ import annotations

import json

import httpx
import pytest

from portico.access.scope import scope
from portico.kit.ids import new_id
from portico.notifications.models import Notification
from portico.payments.models import GatewayEvent
from portico.testing.bank import ASKS_3DS
from tests.faults.paying import Shop
from tests.faults.test_killed import wait_until

pytestmark = pytest.mark.xdist_group("faults")


def inbox(shop: Shop) -> list[GatewayEvent]:
    with scope(shop.world.job):
        return list(GatewayEvent.objects.visible_to(shop.world.job).order_by("received_at"))


def delivered(shop: Shop, kind: str, times: int) -> bool:
    rows = [row for row in inbox(shop) if row.kind == kind]
    return bool(rows) and rows[0].deliveries >= times and rows[0].outcome != "received"


def test_an_event_delivered_ten_times_after_the_return_page_makes_one_payment(shop: Shop) -> None:
    shop.bank.faults(duplicate_events=10)
    assert shop.pay(new_id()).status_code == 302
    wait_until(lambda: delivered(shop, "payment.succeeded", 10))
    assert shop.assert_one_or_none() == 1


def test_an_event_delivered_ten_times_before_the_return_page_makes_one_payment(shop: Shop) -> None:
    shop.bank.faults(duplicate_events=10)
    there = shop.asked_at(shop.pay(new_id(), card=ASKS_3DS))
    back = httpx.post(there, data={"answer": "approve"}, timeout=60).headers["Location"]
    wait_until(lambda: delivered(shop, "payment.succeeded", 10))
    assert shop.assert_one_or_none() == 1
    with shop.browser() as browser:
        assert "/payments/" in browser.get(back).headers["Location"], "the page leads to the receipt"
    assert shop.assert_one_or_none() == 1


def test_events_in_the_wrong_order_end_the_same(shop: Shop) -> None:
    shop.bank.faults(reorder_events=True, hold_events=True)
    there = shop.asked_at(shop.pay(new_id(), card=ASKS_3DS))
    httpx.post(there, data={"answer": "approve"}, timeout=60)
    shop.bank.faults(hold_events=False)
    wait_until(lambda: delivered(shop, "payment.succeeded", 1))
    shop.settle_all()
    assert shop.assert_one_or_none() == 1


@pytest.mark.parametrize("fault", ["wrong_amount_events", "wrong_currency_events"])
def test_an_event_with_another_amount_or_currency_changes_nothing_and_is_written_down(
    shop: Shop, fault: str
) -> None:
    shop.bank.faults(**{fault: True, "drop_answer_after_charge": 1})
    shop.pay(new_id())
    shop.leave_unknown()
    wait_until(lambda: any(row.outcome == "refused" for row in inbox(shop)))
    assert shop.payments() == []
    with scope(shop.world.job):
        notices = Notification.objects.visible_to(shop.world.job)
        assert notices.filter(event="payment_mismatch").exists(), "staff are told"
    shop.bank.behave()
    shop.settle_all()
    assert shop.assert_one_or_none() == 1, "the truth comes from asking the bank"


def test_an_event_with_a_wrong_signature_changes_nothing_and_is_written_down(shop: Shop) -> None:
    shop.bank.faults(wrong_signature_events=True, drop_answer_after_charge=1)
    shop.pay(new_id())
    shop.leave_unknown()
    wait_until(lambda: any(row.outcome == "refused" for row in inbox(shop)))
    assert shop.payments() == []
    assert {row.outcome for row in inbox(shop)} == {"refused"}
    shop.bank.behave()
    shop.settle_all()
    assert shop.assert_one_or_none() == 1


def test_nobody_else_can_send_events(shop: Shop) -> None:
    where = f"{shop.site.url}/webhooks/{shop.account.pk}/"
    body = {"id": "evt_1", "type": "payment.succeeded", "data": {"payment": {"id": "pay_1"}}}
    assert httpx.post(where, json=body, timeout=60).status_code == 400
    assert httpx.post(where, content=b"\x00\xff not JSON", timeout=60).status_code == 400
    assert httpx.post(where, content=b"x" * 2_000_000, timeout=60).status_code == 413
    assert httpx.get(where, timeout=60).status_code == 405
    assert httpx.post(f"{shop.site.url}/webhooks/{new_id()}/", json=body).status_code == 404
    assert {row.outcome for row in inbox(shop)} == {"refused"}
    assert all("\x00" not in row.body for row in inbox(shop))
    assert json.loads(inbox(shop)[0].body) == body
    assert shop.assert_one_or_none() == 0


def test_an_event_of_another_organisation_is_not_ours(shop: Shop) -> None:
    stranger = shop_of(shop)
    stranger.bank.webhook_to(f"{shop.site.url}/webhooks/{shop.account.pk}/")
    stranger.pay(new_id())
    wait_until(lambda: any(row.outcome == "refused" for row in inbox(shop)))
    assert shop.payments() == []
    stranger.settle_all()
    assert stranger.assert_one_or_none() == 1


def shop_of(shop: Shop) -> Shop:
    """Another organisation on the same site, with its own account at the same bank."""
    from tests.faults.paying import open_shop

    return open_shop(shop.site, shop.running, shop.order)
