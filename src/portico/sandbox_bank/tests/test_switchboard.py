"""Whoever runs the demonstration opens accounts and works the switches; nobody else may."""

from __future__ import annotations

import pytest

from portico.sandbox_bank.running import RunningBank
from portico.sandbox_bank.tests.merchants import Merchant


def test_an_account_keeps_its_keys_and_takes_new_addresses(bank: RunningBank) -> None:
    first = bank.control("POST", "/accounts", name="Lindenhof", webhook_url="http://127.0.0.1:1/a")
    second = bank.control(
        "POST",
        "/accounts",
        name="Lindenhof",
        webhook_url="http://127.0.0.1:1/b",
        parent_origins=["http://P.example:80/"],
    )
    for key in ["id", "publishable_key", "secret_key", "webhook_secret"]:
        assert first[key] == second[key]
    assert second["webhook_url"] == "http://127.0.0.1:1/b"
    assert second["parent_origins"] == ["http://p.example"]
    third = bank.control("POST", "/accounts", name="Lindenhof")
    assert third == second, "what is not given stays"


@pytest.mark.parametrize(
    "origin", ["p.example", "ftp://p.example", "http://p.example/path", "http://p.example; script-src *", 5]
)
def test_a_parent_must_be_an_origin(bank: RunningBank, origin: object) -> None:
    body = {"name": "Nobody", "parent_origins": [origin]}
    answer = bank.http.post(f"{bank.url}/control/accounts", json=body)
    assert (answer.status_code, answer.json()["param"]) == (422, "parent_origins")


@pytest.mark.parametrize(
    "switches",
    [
        {"delay_ms": -1},
        {"delay_ms": True},
        {"drop_before": "1"},
        {"hold_events": 1},
        {"no_such": 1},
        {"only": ["x"]},
    ],
)
def test_a_wrong_switch_is_refused(northwind: Merchant, switches: dict[str, object]) -> None:
    url = f"{northwind.bank.url}/control/accounts/{northwind.account.id}/faults"
    assert northwind.bank.http.put(url, json=switches).status_code == 422


def test_switches_add_up_until_cleared(northwind: Merchant) -> None:
    northwind.faults(delay_ms=1)
    northwind.faults(hold_events=True)
    now = northwind.control("GET", "faults")
    assert (now["delay_ms"], now["hold_events"]) == (1, True)
    cleared = northwind.control("DELETE", "faults")
    assert not any(cleared.values())


def test_sums_are_kept_per_currency(northwind: Merchant) -> None:
    northwind.pay(amount=100)
    northwind.pay(amount=200)
    northwind.pay(amount=5000, currency="JPY")
    northwind.pay("4000000000000002")
    summary = northwind.control("GET", "summary")["charges"]
    assert summary["count"] == 3
    assert {code: sums["charged"] for code, sums in summary["by_currency"].items()} == {
        "JPY": 5000,
        "USD": 300,
    }


@pytest.mark.parametrize("path", ["/", "/control/accounts"])
def test_other_sites_and_other_names_are_kept_out(bank: RunningBank, path: str) -> None:
    for headers in [{"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Origin": "null"}]:
        answer = bank.http.get(f"{bank.url}{path}", headers=headers)
        assert (answer.status_code, answer.json()["code"]) in [
            (403, "loopback_only"),
            (403, "foreign_origin"),
        ]


def test_there_is_no_such_account(bank: RunningBank) -> None:
    for path in ["faults", "summary", "events"]:
        assert bank.http.get(f"{bank.url}/control/accounts/acct_none/{path}").status_code == 404
    assert bank.http.post(f"{bank.url}/control/events/evt_none/resend", json={}).status_code == 404


def test_the_bank_says_that_it_is_well(bank: RunningBank) -> None:
    assert bank.http.get(f"{bank.url}/healthz").json() == {"status": "ok"}


def test_the_front_page_shows_what_happened_and_works_the_switches(listening: Merchant) -> None:
    http, url = listening.bank.http, listening.bank.url
    paid = listening.pay(reference="<b>INV-7</b>")
    listening.call(
        "POST", "/refunds", key="r", json={"payment": paid["id"], "amount": 250, "reference": "REF-9"}
    )
    debit = listening.debit()
    page = http.get(f"{url}/?account={listening.account.id}").text
    for shown in [
        paid["id"],
        "$10.50",
        "$2.50",
        "REF-9",
        "payment.succeeded",
        "4000000000003220",
        "000111111116",
    ]:
        assert shown in page
    assert "<b>INV-7" not in page
    assert listening.account.secret_key not in page

    board = f"{url}/board/{listening.account.id}"
    assert http.post(f"{board}/settle").status_code == 303
    assert listening.get(debit["id"])["status"] == "succeeded"
    assert http.post(f"{board}/return", data={"payment": debit["id"]}).status_code == 303
    assert listening.get(debit["id"])["status"] == "returned"
    event = listening.control("GET", "events")["data"][0]["id"]
    assert http.post(f"{board}/resend", data={"event": event}).status_code == 303

    numbers = {name: "0" for name, value in listening.control("GET", "faults").items() if type(value) is int}
    http.post(f"{board}/switches", data={**numbers, "drop_before": "2", "hold_events": "on"})
    now = listening.control("GET", "faults")
    assert (now["drop_before"], now["hold_events"], now["reorder_events"]) == (2, True, False)
    http.post(f"{board}/switches", data={"clear": "1"})
    assert not any(listening.control("GET", "faults").values())
