"""A bank debit takes its time, and can come back."""

from __future__ import annotations

import pytest

from portico.sandbox_bank.running import RunningBank
from portico.sandbox_bank.tests.merchants import Merchant
from portico.sandbox_bank.tests.receiving import Receiver, wait_until


def test_a_debit_is_processing_until_it_settles(northwind: Merchant) -> None:
    payment = northwind.debit()
    assert (payment["status"], payment["method"]["kind"]) == ("processing", "bank_account")
    assert northwind.charged()["count"] == 0
    cancelled = northwind.call("POST", f"/payments/{payment['id']}/cancel", json={}).json()
    assert cancelled["status"] == "processing", "what is on its way cannot be called off"
    assert northwind.control("POST", "settle")["settled"] == [payment["id"]]
    assert northwind.get(payment["id"])["status"] == "succeeded"
    assert northwind.control("POST", "settle")["settled"] == []
    assert northwind.charged()["count"] == 1


def test_one_debit_settles_and_the_other_waits(northwind: Merchant) -> None:
    first, second = northwind.debit(), northwind.debit()
    northwind.control("POST", "settle", payment=second["id"])
    assert northwind.get(first["id"])["status"] == "processing"
    assert northwind.get(second["id"])["status"] == "succeeded"


def test_debits_settle_by_themselves_and_one_comes_back(bank: RunningBank, receiver: Receiver) -> None:
    northwind = Merchant(bank, settlement_ms=200, webhook_url=receiver.url)
    good, bad = northwind.debit(), northwind.debit("000111111116")
    wait_until(lambda: northwind.get(bad["id"])["status"] == "returned")
    wait_until(lambda: northwind.get(good["id"])["status"] == "succeeded")
    returned = northwind.get(bad["id"])
    assert returned["failure"]["code"] == "R01"
    receiver.wait_for(5)
    told = [
        each.event["type"] for each in receiver.deliveries if each.event["data"]["payment"]["id"] == bad["id"]
    ]
    assert told == ["payment.processing", "payment.succeeded", "payment.returned"]
    assert northwind.charged() == {"count": 2, "charged": 2100, "refunded": 0, "returned": 1050, "net": 1050}


@pytest.mark.parametrize("settled", [False, True])
def test_a_debit_is_returned_before_or_after_it_arrived(northwind: Merchant, settled: bool) -> None:
    payment = northwind.debit()
    if settled:
        northwind.control("POST", "settle")
    for _ in range(2):
        returned = northwind.control("POST", "return", payment=payment["id"], code="R02")
        assert (returned["status"], returned["failure"]["code"]) == ("returned", "R02")
    assert northwind.charged()["returned"] == (1050 if settled else 0)
    assert northwind.confirm(payment["id"], northwind.card())["status"] == "returned"


def test_a_card_payment_is_not_returned(northwind: Merchant) -> None:
    payment = northwind.pay()
    url = f"{northwind.bank.url}/control/accounts/{northwind.account.id}/return"
    answer = northwind.bank.http.post(url, json={"payment": payment["id"]})
    assert (answer.status_code, answer.json()["code"]) == (422, "payment_not_returnable")
