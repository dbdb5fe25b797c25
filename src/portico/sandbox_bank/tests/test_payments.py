"""Northwind takes payments: what each card does, what is refused, and what one account sees of another."""

from __future__ import annotations

import json
from typing import Any

import pytest

from portico.sandbox_bank.tests.merchants import Merchant


def test_a_new_payment_moves_no_money(northwind: Merchant) -> None:
    payment = northwind.create(description="Pots")
    assert payment["status"] == "created"
    assert (payment["amount"], payment["currency"], payment["reference"]) == (1050, "USD", "INV-1")
    assert (payment["method"], payment["next_action"], payment["failure"]) == (None, None, None)
    assert northwind.charged()["count"] == 0


@pytest.mark.parametrize(
    ("number", "brand"),
    [("4242424242424242", "visa"), ("5555555555554444", "mastercard"), ("378282246310005", "amex")],
)
def test_a_good_card_is_charged(northwind: Merchant, number: str, brand: str) -> None:
    payment = northwind.create()
    cvc = "1234" if brand == "amex" else "123"
    typed = {
        "kind": "card", "number": number, "expiry": "1/39", "cvc": cvc, "name": "Maya", "address": "1 Way",
        "city": "Oslo", "postal_code": "0150", "country": "NO",
    }  # fmt: skip
    url = f"{northwind.bank.url}/fields/{northwind.account.publishable_key}/tokens"
    token = northwind.bank.http.post(url, json=typed).json()["token"]
    paid = northwind.confirm(payment["id"], token)
    assert paid["status"] == "succeeded"
    assert (paid["method"]["brand"], paid["method"]["last4"]) == (brand, number[-4:])
    assert (paid["method"]["exp_month"], paid["method"]["exp_year"]) == (1, 2039)
    assert northwind.charged() == {"count": 1, "charged": 1050, "refunded": 0, "returned": 0, "net": 1050}


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("4000000000000002", "card_declined"),
        ("4000000000009995", "insufficient_funds"),
        ("4000000000000069", "expired_card"),
        ("4000000000000127", "incorrect_cvc"),
    ],
)
def test_a_bad_card_fails_for_good(northwind: Merchant, number: str, code: str) -> None:
    payment = northwind.pay(number)
    assert (payment["status"], payment["failure"]["code"]) == ("failed", code)
    assert payment["failure"]["message"].endswith(".")
    assert northwind.confirm(payment["id"], northwind.card())["status"] == "failed"
    assert northwind.charged()["count"] == 0


def test_a_cancelled_payment_cannot_be_charged(northwind: Merchant) -> None:
    payment = northwind.create()
    assert (
        northwind.call("POST", f"/payments/{payment['id']}/cancel", json={}).json()["status"] == "cancelled"
    )
    assert northwind.confirm(payment["id"], northwind.card())["status"] == "cancelled"
    assert northwind.charged()["count"] == 0


def test_cancelling_a_charged_payment_tells_the_truth(northwind: Merchant) -> None:
    payment = northwind.pay()
    answer = northwind.call("POST", f"/payments/{payment['id']}/cancel")
    assert (answer.status_code, answer.json()["status"]) == (200, "succeeded")


def test_confirming_without_a_card_is_refused_and_changes_nothing(northwind: Merchant) -> None:
    payment = northwind.create()
    answer = northwind.call("POST", f"/payments/{payment['id']}/confirm", key="empty-handed", json={})
    assert (answer.status_code, answer.json()["code"]) == (422, "method_missing")
    assert northwind.confirm(payment["id"], northwind.card(), key="empty-handed")["status"] == "succeeded"


@pytest.mark.parametrize(
    ("given", "code", "param"),
    [
        ({"amount": 0}, "amount_too_small", "amount"),
        ({"amount": -1}, "amount_too_small", "amount"),
        ({"amount": 100_000_000_000}, "amount_too_large", "amount"),
        ({"amount": 10.5}, "amount_invalid", "amount"),
        ({"amount": "1050"}, "amount_invalid", "amount"),
        ({"amount": True}, "amount_invalid", "amount"),
        ({"amount": None}, "parameter_missing", "amount"),
        ({"currency": "usd"}, "currency_invalid", "currency"),
        ({"currency": "EURO"}, "currency_invalid", "currency"),
        ({"currency": ""}, "parameter_missing", "currency"),
        ({"reference": "  "}, "parameter_missing", "reference"),
        ({"reference": "x" * 501}, "parameter_invalid", "reference"),
        ({"reference": "\ud800"}, "parameter_invalid", "reference"),
        ({"return_url": "/back"}, "url_invalid", "return_url"),
        ({"return_url": "javascript:alert(1)"}, "url_invalid", "return_url"),
        ({"return_url": "http://x.example/\nSet-Cookie: a"}, "url_invalid", "return_url"),
        ({"return_url": "http://x.example:99999/"}, "url_invalid", "return_url"),
        ({"method_token": "tok_none"}, "token_unknown", "method_token"),
        ({"save_method": "yes"}, "parameter_invalid", "save_method"),
        ({"ammount": 5}, "unknown_parameter", "ammount"),
    ],
)
def test_each_wrong_input_gets_its_own_answer(
    northwind: Merchant, given: dict[str, Any], code: str, param: str
) -> None:
    # Written here, as the client refuses to write half of a surrogate pair.
    raw = json.dumps(northwind.order(**given))
    answer = northwind.call(
        "POST", "/payments", key="wrong", content=raw, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["code"], problem["param"], problem["status"]) == (code, param, 422)
    assert problem["detail"]


def test_the_largest_amount_is_taken(northwind: Merchant) -> None:
    assert northwind.pay(amount=99_999_999_999, currency="JPY")["amount"] == 99_999_999_999


@pytest.mark.parametrize(
    ("raw", "kind", "status", "code"),
    [
        (b"{", "application/json", 400, "malformed_json"),
        (b"[1]", "application/json", 400, "malformed_json"),
        (b"[" * 60_000, "application/json", 400, "malformed_json"),
        (b"amount=1", "application/x-www-form-urlencoded", 415, "not_json"),
        (b'{"a": "' + b"x" * 70_000 + b'"}', "application/json", 413, "body_too_large"),
    ],
)
def test_a_body_that_is_no_json_object_is_refused(
    northwind: Merchant, raw: bytes, kind: str, status: int, code: str
) -> None:
    answer = northwind.call("POST", "/payments", key="raw", content=raw, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_nobody_gets_in_without_the_secret_key(northwind: Merchant) -> None:
    for given in ["", f"Bearer {northwind.account.publishable_key}", "Bearer sk_wrong", "Basic eDp5"]:
        answer = northwind.call("GET", "/payments", headers={"Authorization": given})
        assert answer.status_code == 401
        assert answer.json()["code"] in {"secret_key_missing", "secret_key_wrong"}


def test_a_stranger_finds_nothing_of_northwinds(northwind: Merchant, stranger: Merchant) -> None:
    payment = northwind.pay()
    refund = northwind.call(
        "POST", "/refunds", key="r", json={"payment": payment["id"], "amount": 1, "reference": "r"}
    )
    paths = [
        ("GET", f"/payments/{payment['id']}"),
        ("POST", f"/payments/{payment['id']}/confirm"),
        ("POST", f"/payments/{payment['id']}/cancel"),
        ("GET", f"/refunds/{refund.json()['id']}"),
        ("GET", f"/refunds?payment={payment['id']}"),
    ]
    for method, path in paths:
        assert stranger.call(method, path, key="s").status_code == 404, path
        assert northwind.call(method, path, key=f"own {path}".replace(" ", "-")).status_code == 200, path
    assert stranger.call("GET", "/payments").json()["data"] == []
    token = northwind.card()
    answer = stranger.call("POST", "/payments", key="t", json=stranger.order(method_token=token))
    assert answer.json()["code"] == "token_unknown"


def test_payments_are_listed_newest_first_page_by_page(northwind: Merchant) -> None:
    made = [northwind.create(reference=f"INV-{number % 2}")["id"] for number in range(5)]
    seen: list[str] = []
    after = ""
    while True:
        page = northwind.call("GET", f"/payments?limit=2{after}").json()
        seen += [each["id"] for each in page["data"]]
        if not page["has_more"]:
            break
        after = f"&after={page['next']}"
    assert seen == made[::-1]
    odd = northwind.call("GET", "/payments?reference=INV-1").json()["data"]
    assert [each["id"] for each in odd] == [made[3], made[1]]


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "after=pay_none"])
def test_a_wrong_page_is_refused(northwind: Merchant, query: str) -> None:
    answer = northwind.call("GET", f"/payments?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "parameter_invalid")


def test_wrong_addresses_and_verbs_are_problems_too(northwind: Merchant) -> None:
    assert northwind.call("GET", "/nothing").json()["code"] == "not_found"
    answer = northwind.call("PATCH", "/payments")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert "POST" in answer.headers["Allow"]
