"""Whoever is killed at whichever step of a payment: afterwards there is one charge and one payment, or neither."""

from __future__ import annotations

import threading
import time

import httpx
import pytest

from portico.kit.ids import new_id
from portico.testing.bank import ASKS_3DS
from tests.faults.paying import Shop

pytestmark = pytest.mark.xdist_group("faults")

PAY = "portico.payments.actions"
GATEWAY = "portico.gateways.sandbox.gateway:SandboxGateway"
# The end of a step is the beginning of the next one: each place between two of them is named once.
BEFORE_CHARGING = [
    f"{PAY}.submit:claim:before",
    f"{GATEWAY}.start:before",
    f"{PAY}.submit:keep_reference:before",
    f"{GATEWAY}.confirm:before",
]
AFTER_CHARGING = [
    f"{PAY}.settle:settle:before",
    f"{PAY}.record:record_payment:before",
    f"{PAY}.record:record_payment:after",
    f"{PAY}.settle:settle:after",
]
IN_THE_WORKER = [
    f"{PAY}.events:apply_received:before",
    f"{GATEWAY}.fetch:after",
    f"{PAY}.record:record_payment:after",
    f"{PAY}.events:apply_received:after",
]


@pytest.mark.parametrize("step", BEFORE_CHARGING)
def test_the_web_process_dies_before_charging(shop: Shop, step: str) -> None:
    key = new_id()
    shop.bank.faults(hold_events=True)
    shop.crash_at(step)
    with pytest.raises(httpx.TransportError):
        shop.pay(key)
    assert shop.has_crashed
    shop.site.restart_web()
    shop.bank.behave()
    shop.settle_all()
    assert shop.assert_one_or_none() == 0
    assert shop.pay(new_id()).status_code == 302, "and Maya can pay again"
    shop.settle_all()
    assert shop.assert_one_or_none() == 1


@pytest.mark.parametrize("step", AFTER_CHARGING)
def test_the_web_process_dies_after_charging(shop: Shop, step: str) -> None:
    key = new_id()
    shop.bank.faults(hold_events=True)
    shop.crash_at(step)
    with pytest.raises(httpx.TransportError):
        shop.pay(key)
    assert shop.has_crashed
    shop.site.restart_web()
    again = shop.pay(key)
    assert again.status_code == 302, "the same form sent again leads to the same attempt"
    shop.bank.behave()
    shop.settle_all()
    assert shop.assert_one_or_none() == 1
    assert len(shop.attempts()) == 1


@pytest.mark.parametrize("step", IN_THE_WORKER)
def test_the_worker_dies_while_it_applies_the_event(shop: Shop, step: str) -> None:
    shop.bank.faults(drop_answer_after_charge=1)
    shop.crash_at(step)
    shop.pay(new_id())
    wait_until(lambda: shop.has_crashed)
    shop.site.restart_worker()
    shop.settle_all()
    assert shop.assert_one_or_none() == 1


def test_the_bank_dies_in_the_middle_of_charging(shop: Shop) -> None:
    token = shop.bank.card()
    shop.bank.faults(delay_ms=1500)
    dying = threading.Timer(0.7, shop.running.kill)
    dying.start()
    shop.pay(new_id(), token=token)
    dying.join()
    shop.running.start()
    shop.bank.behave()
    shop.settle_all()
    shop.assert_one_or_none()


def test_the_bank_is_gone_and_comes_back(shop: Shop) -> None:
    token_first = new_id()
    shop.bank.faults(drop_before=100)
    answer = shop.pay(token_first)
    shop.leave_unknown()
    assert answer.status_code == 302
    assert [attempt.state for attempt in shop.attempts()] == ["unknown"], "unknown is not failed"
    refused = shop.pay(new_id(), amount="100.00")
    assert refused.status_code in (409, 422), "what is reserved is not paid twice"
    shop.bank.behave()
    shop.settle_all()
    assert shop.assert_one_or_none() == 0


def test_charged_and_the_answer_lost(shop: Shop) -> None:
    shop.bank.faults(drop_answer_after_charge=1, hold_events=True)
    shop.pay(new_id())
    shop.leave_unknown()
    assert [attempt.state for attempt in shop.attempts()] == ["unknown"]
    shop.settle_all()
    assert shop.assert_one_or_none() == 1
    shop.bank.behave()


def test_the_window_is_closed_during_3d_secure(shop: Shop) -> None:
    answer = shop.pay(new_id(), card=ASKS_3DS)
    still_open = shop.asked_at(answer)  # the bank's page, in another tab
    assert shop.bank.url in still_open
    shop.settle_all()
    assert shop.assert_one_or_none() == 0
    httpx.post(still_open, data={"answer": "approve"}, timeout=60)
    shop.settle_all()
    assert shop.assert_one_or_none() == 0, "what was called off is not charged any more"


def wait_until(true: object, seconds: float = 60) -> None:
    """Wait for something that another process does."""
    last = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < last, "waited in vain"
        time.sleep(0.1)
