"""Nobody is charged twice: the same key, other keys, many at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from portico.sandbox_bank.tests.merchants import Merchant


def test_the_same_key_gets_the_stored_answer(northwind: Merchant) -> None:
    first = northwind.call("POST", "/payments", key="k", json=northwind.order())
    northwind.confirm(first.json()["id"], northwind.card())
    second = northwind.call("POST", "/payments", key="k", json=northwind.order())
    assert "Idempotent-Replay" not in first.headers
    assert second.headers["Idempotent-Replay"] == "true"
    assert (second.status_code, second.json()) == (first.status_code, first.json())


def test_the_same_key_with_another_body_is_a_conflict(northwind: Merchant) -> None:
    northwind.call("POST", "/payments", key="k", json=northwind.order())
    answer = northwind.call("POST", "/payments", key="k", json=northwind.order(amount=1051))
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")


def test_the_same_key_for_another_payment_is_a_conflict(northwind: Merchant) -> None:
    first, second = northwind.create(), northwind.create()
    northwind.confirm(first["id"], northwind.card(), key="k")
    answer = northwind.call("POST", f"/payments/{second['id']}/confirm", key="k", json={})
    assert (answer.status_code, northwind.get(second["id"])["status"]) == (409, "created")


def test_keys_of_two_merchants_have_nothing_to_do_with_each_other(
    northwind: Merchant, stranger: Merchant
) -> None:
    first = northwind.call("POST", "/payments", key="k", json=northwind.order()).json()
    second = stranger.call("POST", "/payments", key="k", json=stranger.order(amount=7)).json()
    assert (first["amount"], second["amount"]) == (1050, 7)


@pytest.mark.parametrize("path", ["/payments", "/payments/pay_x/confirm", "/refunds"])
def test_a_key_is_due(northwind: Merchant, path: str) -> None:
    answer = northwind.call("POST", path, json={})
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")
    answer = northwind.call("POST", path, key="k" * 256, json={})
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_invalid")


def test_fifty_at_once_with_one_key_make_one_payment(northwind: Merchant) -> None:
    with ThreadPoolExecutor(50) as pool:
        futures = [
            pool.submit(northwind.call, "POST", "/payments", key="k", json=northwind.order(), timeout=60)
            for _ in range(50)
        ]
        answers = [each.result() for each in futures]
    assert {each.status_code for each in answers} == {201}
    assert len({each.json()["id"] for each in answers}) == 1
    assert sum("Idempotent-Replay" not in each.headers for each in answers) == 1
    assert len(northwind.call("GET", "/payments").json()["data"]) == 1


def test_fifty_at_once_with_keys_of_their_own_charge_once(northwind: Merchant) -> None:
    payment = northwind.create()
    tokens = [northwind.card() for _ in range(50)]
    with ThreadPoolExecutor(50) as pool:
        futures = [
            pool.submit(northwind.confirm, payment["id"], token, key=f"k{number}", timeout=60)
            for number, token in enumerate(tokens)
        ]
        answers = [each.result() for each in futures]
    assert {each["status"] for each in answers} == {"succeeded"}
    assert northwind.charged() == {"count": 1, "charged": 1050, "refunded": 0, "returned": 0, "net": 1050}
    succeeded = [
        each for each in northwind.control("GET", "events")["data"] if each["type"] == "payment.succeeded"
    ]
    assert len(succeeded) == 1


def test_cancelling_and_confirming_at_once_ends_in_one_of_the_two(northwind: Merchant) -> None:
    charged = 0
    for _ in range(10):
        payment, token = northwind.create(), northwind.card()
        path = f"/payments/{payment['id']}"
        with ThreadPoolExecutor(2) as pool:
            one = pool.submit(northwind.confirm, payment["id"], token)
            other = pool.submit(northwind.call, "POST", f"{path}/cancel", json={})
            states = {one.result()["status"], other.result().json()["status"]}
        final = northwind.get(payment["id"])["status"]
        assert states == {final}
        charged += final == "succeeded"
    assert northwind.charged()["count"] == charged
