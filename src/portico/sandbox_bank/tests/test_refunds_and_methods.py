"""Money that goes back, and cards and accounts kept for next time."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from portico.sandbox_bank.running import RunningBank
from portico.sandbox_bank.tests.merchants import Merchant


def refund(merchant: Merchant, payment: dict[str, Any], amount: object, key: str) -> httpx.Response:
    """Northwind asks for a refund."""
    body = {"payment": payment["id"], "amount": amount, "reference": f"REF-{key}"}
    return merchant.call("POST", "/refunds", key=key, json=body, timeout=60)


def test_a_payment_is_refunded_in_parts_up_to_what_was_charged(northwind: Merchant) -> None:
    payment = northwind.pay()
    first = refund(northwind, payment, 1000, "a")
    assert (first.status_code, first.json()["status"], first.json()["currency"]) == (201, "succeeded", "USD")
    too_much = refund(northwind, payment, 51, "b")
    assert (too_much.status_code, too_much.json()["code"]) == (422, "refund_too_large")
    second = refund(northwind, payment, 50, "c")
    assert northwind.get(payment["id"])["amount_refunded"] == 1050
    listed = northwind.call("GET", f"/refunds?payment={payment['id']}").json()["data"]
    assert [each["id"] for each in listed] == [second.json()["id"], first.json()["id"]]
    assert northwind.call("GET", f"/refunds/{first.json()['id']}").json() == first.json()
    assert northwind.charged() == {"count": 1, "charged": 1050, "refunded": 1050, "returned": 0, "net": 0}


def test_refunds_at_once_never_exceed_the_charge(northwind: Merchant) -> None:
    payment = northwind.pay()
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda key: refund(northwind, payment, 400, str(key)), range(10)))
    assert sorted(each.status_code for each in answers) == [201] * 2 + [422] * 8
    assert northwind.get(payment["id"])["amount_refunded"] == 800


def test_the_same_refund_asked_twice_is_made_once(northwind: Merchant) -> None:
    payment = northwind.pay()
    assert refund(northwind, payment, 400, "k").json() == refund(northwind, payment, 400, "k").json()
    assert northwind.get(payment["id"])["amount_refunded"] == 400


@pytest.mark.parametrize("amount", [0, -5, 1.5, "1", None])
def test_a_refund_of_a_wrong_amount_is_refused(northwind: Merchant, amount: object) -> None:
    assert refund(northwind, northwind.pay(), amount, "k").json()["param"] == "amount"


def test_only_what_succeeded_can_be_refunded(northwind: Merchant) -> None:
    for payment in [northwind.create(), northwind.pay("4000000000000002"), northwind.debit()]:
        answer = refund(northwind, payment, 1, payment["id"])
        assert (answer.status_code, answer.json()["code"]) == (422, "payment_not_refundable")


def test_a_token_is_good_once(northwind: Merchant) -> None:
    token = northwind.card()
    northwind.confirm(northwind.create()["id"], token)
    again = northwind.create()
    answer = northwind.call("POST", f"/payments/{again['id']}/confirm", key="k", json={"method_token": token})
    assert (answer.status_code, answer.json()["code"]) == (422, "token_used")
    assert northwind.get(again["id"])["status"] == "created"


def test_a_token_is_good_for_fifteen_minutes(mortal_bank: RunningBank) -> None:
    northwind = Merchant(mortal_bank)
    token = northwind.card()
    with sqlite3.connect(mortal_bank.store) as store:
        kept = store.execute("SELECT expires - created FROM tokens WHERE id = ?", (token,)).fetchone()
        store.execute("UPDATE tokens SET expires = created WHERE id = ?", (token,))
    store.close()
    assert kept == (15 * 60 * 1000,)
    answer = northwind.call("POST", "/payments", key="k", json=northwind.order(method_token=token))
    assert (answer.status_code, answer.json()["code"]) == (422, "token_expired")


def test_a_saved_card_pays_again_until_it_is_deleted(northwind: Merchant) -> None:
    body = {"method_token": northwind.card(), "customer_reference": "greenleaf"}
    saved = northwind.call("POST", "/methods", json=body).json()
    assert (saved["kind"], saved["brand"], saved["last4"]) == ("card", "visa", "4242")
    assert (saved["exp_month"], saved["exp_year"], saved["bank_name"]) == (12, 2039, None)
    for _ in range(2):
        payment = northwind.create(method=saved["id"])
        paid = northwind.confirm(payment["id"])
        assert (paid["status"], paid["method"]["id"]) == ("succeeded", saved["id"])
    for _ in range(2):
        gone = northwind.call("DELETE", f"/methods/{saved['id']}")
        assert (gone.status_code, gone.json()["deleted"]) == (200, True)
    answer = northwind.call("POST", "/payments", key="k", json=northwind.order(method=saved["id"]))
    assert answer.status_code == 404


def test_a_card_is_saved_while_it_pays(northwind: Merchant) -> None:
    payment = northwind.create(save_method=True, customer_reference="greenleaf")
    paid = northwind.confirm(payment["id"], northwind.card())
    listed = northwind.call("GET", "/methods?customer_reference=greenleaf").json()["data"]
    assert [each["id"] for each in listed] == [paid["method"]["id"]]
    failed = northwind.pay("4000000000000002", save_method=True, customer_reference="other")
    assert failed["method"]["id"] is None
    assert northwind.call("GET", "/methods?customer_reference=other").json()["data"] == []


def test_a_bank_account_is_saved_with_its_bank(northwind: Merchant) -> None:
    token = northwind.bank.bank_token(northwind.account)
    body = {"method_token": token, "customer_reference": "greenleaf"}
    saved = northwind.call("POST", "/methods", key="k", json=body).json()
    assert (saved["kind"], saved["bank_name"], saved["last4"]) == ("bank_account", "Sandbox Federal", "6789")
    assert northwind.call("POST", "/methods", key="k", json=body).json() == saved


def test_a_stranger_can_neither_use_nor_delete_northwinds_method(
    northwind: Merchant, stranger: Merchant
) -> None:
    body = {"method_token": northwind.card(), "customer_reference": "greenleaf"}
    saved = northwind.call("POST", "/methods", json=body).json()
    assert stranger.call("DELETE", f"/methods/{saved['id']}").status_code == 404
    assert stranger.call("GET", f"/methods/{saved['id']}").status_code == 404
    answer = stranger.call("POST", "/payments", key="k", json=stranger.order(method=saved["id"]))
    assert answer.status_code == 404
    assert northwind.call("GET", f"/methods/{saved['id']}").json() == saved


def test_the_store_never_holds_a_number(mortal_bank: RunningBank) -> None:
    northwind = Merchant(mortal_bank)
    payment = northwind.create(save_method=True, customer_reference="greenleaf")
    northwind.confirm(payment["id"], northwind.card())
    northwind.debit()
    mortal_bank.stop()
    files = [path for path in mortal_bank.store.parent.iterdir() if path.name.startswith("bank.")]
    assert mortal_bank.store in files
    content = b"".join(path.read_bytes() for path in files)
    assert payment["id"].encode() in content
    for secret in [b"4242424242424242", b"000123456789", b"110000000", b"Orchard Lane"]:
        assert secret not in content
