"""The bank is killed, hangs up or fails; nothing is lost and nothing is doubled."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock

import httpx
import pytest

from portico.sandbox_bank.running import RunningBank, running_bank
from portico.sandbox_bank.tests.merchants import Merchant
from portico.sandbox_bank.tests.receiving import running_receiver, wait_until


@pytest.mark.parametrize(("switch", "charged"), [("delay_ms", 0), ("delay_answer_ms", 1)])
def test_killed_in_the_middle_of_a_slow_confirm(mortal_bank: RunningBank, switch: str, charged: int) -> None:
    northwind = Merchant(mortal_bank)
    payment, token = northwind.create(), northwind.card()
    northwind.faults(**{switch: 20_000, "only": ["payments.confirm"]})
    with ThreadPoolExecutor(1) as pool:
        confirming = pool.submit(northwind.confirm, payment["id"], token, key="k")
        if charged:
            wait_until(lambda: northwind.get(payment["id"])["status"] == "succeeded")
        else:
            time.sleep(0.8)
        mortal_bank.kill()
        assert isinstance(confirming.exception(), httpx.TransportError)
    mortal_bank.start()
    assert northwind.charged()["count"] == charged
    northwind.control("DELETE", "faults")
    for _ in range(2):
        assert northwind.confirm(payment["id"], token, key="k")["status"] == "succeeded"
    assert northwind.charged()["count"] == 1


def test_killed_under_load_every_answer_given_stays_true(mortal_bank: RunningBank) -> None:
    northwind = Merchant(mortal_bank)
    answered: dict[str, str] = {}
    orders = [(northwind.create(reference=f"INV-{number}")["id"], northwind.card()) for number in range(30)]
    killing, killed = Lock(), Event()

    def pay(order: tuple[str, str]) -> None:
        if order is orders[-1]:
            killed.wait(60)  # so that one at least comes too late, however quick the others are
        try:
            answered[order[0]] = northwind.confirm(*order, key=order[0])["status"]
        except httpx.TransportError:
            return
        with killing:
            if len(answered) >= 8 and not killed.is_set():
                mortal_bank.kill()
                killed.set()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(pay, orders))
    assert 8 <= len(answered) < 30
    mortal_bank.start()
    for payment_id in answered:
        assert northwind.get(payment_id)["status"] == "succeeded"
    for order in orders:
        assert northwind.confirm(*order, key=order[0])["status"] == "succeeded"
    assert northwind.charged()["count"] == 30
    events = northwind.control("GET", "events?limit=100")["data"]
    assert len({each["data"]["payment"]["id"] for each in events}) == len(events) == 30


def test_events_are_delivered_after_a_restart(mortal_bank: RunningBank) -> None:
    with running_receiver() as receiver:
        northwind = Merchant(mortal_bank, webhook_url=receiver.url)
        northwind.faults(hold_events=True)
        northwind.pay()
        receiver.refusals += [500] * 100
        northwind.faults(hold_events=False)
        receiver.wait_for(1)
        mortal_bank.kill()
        refused = len(receiver.deliveries)
        receiver.refusals.clear()
        mortal_bank.start()
        receiver.wait_for(refused + 1)
        wait_until(lambda: northwind.control("GET", "events")["data"][0]["delivered"] == 1)
        time.sleep(0.5)
        assert len(receiver.deliveries) == refused + 1


def test_debits_settle_after_a_restart(mortal_bank: RunningBank) -> None:
    northwind = Merchant(mortal_bank, settlement_ms=700)
    payment = northwind.debit()
    mortal_bank.kill()
    time.sleep(0.7)
    mortal_bank.start()
    wait_until(lambda: northwind.get(payment["id"])["status"] == "succeeded")
    assert northwind.charged()["count"] == 1


def test_charged_and_hung_up(northwind: Merchant) -> None:
    payment, token = northwind.create(), northwind.card()
    northwind.faults(drop_answer_after_charge=2)
    for _ in range(2):
        with pytest.raises(httpx.RemoteProtocolError):
            northwind.confirm(payment["id"], token, key="k")
    assert northwind.get(payment["id"])["status"] == "succeeded"
    assert northwind.confirm(payment["id"], token, key="k")["status"] == "succeeded"
    assert northwind.charged()["count"] == 1


def test_hung_up_before_anything_was_done(northwind: Merchant) -> None:
    northwind.faults(drop_before=1)
    with pytest.raises(httpx.RemoteProtocolError):
        northwind.call("POST", "/payments", key="k", json=northwind.order())
    assert northwind.call("GET", "/payments").json()["data"] == []
    assert northwind.call("POST", "/payments", key="k", json=northwind.order()).status_code == 201


def test_any_answer_can_be_dropped(northwind: Merchant) -> None:
    payment = northwind.pay()
    northwind.faults(drop_answer=1, only=["refunds.create"])
    body = {"payment": payment["id"], "amount": 100, "reference": "R"}
    assert northwind.get(payment["id"])["amount_refunded"] == 0
    with pytest.raises(httpx.RemoteProtocolError):
        northwind.call("POST", "/refunds", key="k", json=body)
    assert northwind.call("POST", "/refunds", key="k", json=body).headers["Idempotent-Replay"] == "true"
    assert northwind.get(payment["id"])["amount_refunded"] == 100


def test_an_error_500_changed_nothing(northwind: Merchant) -> None:
    northwind.faults(error_500=1)
    answer = northwind.call("POST", "/payments", key="k", json=northwind.order())
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert northwind.call("GET", "/payments").json()["data"] == []


def test_switches_strike_what_they_name_and_leave_others_alone(
    northwind: Merchant, stranger: Merchant
) -> None:
    northwind.faults(error_500=5, only=["payments.get"])
    payment = northwind.create()
    assert northwind.call("GET", f"/payments/{payment['id']}").status_code == 500
    assert northwind.control("GET", "faults")["error_500"] == 4
    assert stranger.create()["status"] == "created"
    northwind.control("DELETE", "faults")
    assert northwind.call("GET", f"/payments/{payment['id']}").status_code == 200


def test_a_clean_stop_answers_what_is_under_way(mortal_bank: RunningBank) -> None:
    northwind = Merchant(mortal_bank)
    payment, token = northwind.create(), northwind.card()
    northwind.faults(delay_answer_ms=1500, only=["payments.confirm"])
    with ThreadPoolExecutor(1) as pool:
        confirming = pool.submit(northwind.confirm, payment["id"], token)
        wait_until(lambda: northwind.get(payment["id"])["status"] == "succeeded")
        mortal_bank.stop()
        assert confirming.result()["status"] == "succeeded"
    with pytest.raises(httpx.ConnectError):
        northwind.get(payment["id"])


def test_a_stop_succeeds_and_says_nothing(mortal_bank: RunningBank) -> None:
    process = mortal_bank.process
    mortal_bank.stop()
    assert process is not None
    assert process.returncode == 0
    assert mortal_bank.log.read_text(encoding="utf-8") == ""


def test_a_port_that_is_taken_is_said_and_nothing_runs(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("taken")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        bank = RunningBank(folder / "bank.sqlite3", port)
        with pytest.raises(RuntimeError, match=f"Port {port} is in use"):
            bank.start()
        bank.http.close()


def test_the_bank_knows_nothing_of_the_portal() -> None:
    code = "import sys, portico.sandbox_bank.__main__ as m; print(*sorted(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    ours = {
        name for name in loaded if name.startswith("portico.") and not name.startswith("portico.sandbox_bank")
    }
    assert "portico.sandbox_bank.app" in loaded
    assert ours == set()
    assert not [name for name in loaded if name.split(".")[0] == "django"]


def test_two_processes_on_one_store_charge_once(mortal_bank: RunningBank) -> None:
    with running_bank(mortal_bank.store) as second:
        northwind = Merchant(mortal_bank)
        twin = Merchant(second, northwind.name)
        payment = northwind.create()
        tokens = [northwind.card() for _ in range(20)]
        with ThreadPoolExecutor(20) as pool:
            futures = [
                pool.submit(merchant.confirm, payment["id"], token, key=token, timeout=60)
                for token in tokens
                for merchant in (northwind, twin)
            ]
            found = [each.result()["status"] for each in futures]
        assert found == ["succeeded"] * 40
        assert northwind.charged()["count"] == 1
