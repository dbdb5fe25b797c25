"""Northwind is told what happens: signed, in order, again until it says that it heard."""

from __future__ import annotations

import base64
import hashlib
import hmac
import socket
import time

from portico.sandbox_bank.running import RunningBank
from portico.sandbox_bank.tests.merchants import Merchant
from portico.sandbox_bank.tests.receiving import Delivery, Receiver, running_receiver, wait_until


def is_signed(delivery: Delivery, secret: str) -> bool:
    """Whether the signature is right by Standard Webhooks, worked out on its own here."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    text = f"{delivery.headers['webhook-id']}.{delivery.headers['webhook-timestamp']}.".encode()
    digest = hmac.new(key, text + delivery.raw, hashlib.sha256).digest()
    return delivery.headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"


def test_each_event_is_signed_and_tells_the_payment(listening: Merchant, receiver: Receiver) -> None:
    payment = listening.pay()
    [delivery] = receiver.wait_for(1)
    event = delivery.event
    assert (event["type"], event["id"]) == ("payment.succeeded", delivery.headers["webhook-id"])
    assert event["id"].startswith("evt_")
    assert event["data"]["payment"] == payment
    assert is_signed(delivery, listening.account.webhook_secret)
    assert not is_signed(delivery, "whsec_AAAA")
    assert abs(int(delivery.headers["webhook-timestamp"]) - time.time()) < 60


def test_every_turn_of_a_payment_is_told(listening: Merchant, receiver: Receiver) -> None:
    paid = listening.pay()
    listening.call("POST", "/refunds", key="r", json={"payment": paid["id"], "amount": 50, "reference": "R"})
    listening.pay("4000000000000002")
    listening.pay("4000000000003220")
    listening.call("POST", f"/payments/{listening.create()['id']}/cancel", json={})
    debit = listening.debit()
    listening.control("POST", "settle")
    listening.control("POST", "return", payment=debit["id"])
    receiver.wait_for(8)
    assert receiver.types() == [
        "payment.succeeded",
        "refund.succeeded",
        "payment.failed",
        "payment.requires_action",
        "payment.cancelled",
        "payment.processing",
        "payment.succeeded",
        "payment.returned",
    ]
    refund = receiver.deliveries[1].event["data"]
    assert (refund["refund"]["amount"], refund["payment"]["amount_refunded"]) == (50, 50)


def test_an_event_comes_again_until_it_was_heard(listening: Merchant, receiver: Receiver) -> None:
    receiver.refusals += [500, 302, 404]
    listening.pay()
    receiver.wait_for(4)
    assert len({each.headers["webhook-id"] for each in receiver.deliveries}) == 1
    wait_until(lambda: listening.control("GET", "events")["data"][0]["delivered"] == 1)
    [event] = listening.control("GET", "events")["data"]
    assert [each["status"] for each in event["deliveries"]] == [500, 302, 404, 204]
    assert [each["attempt"] for each in event["deliveries"]] == [1, 2, 3, 4]
    assert event["open"] == 0


def test_an_address_where_nobody_listens_is_tried_again(bank: RunningBank) -> None:
    with (
        socket.socket() as nobody
    ):  # has the port, so that nobody else gets it meanwhile, but does not listen
        nobody.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        northwind = Merchant(bank, webhook_url=f"http://127.0.0.1:{port}/webhook")
        northwind.pay()
        wait_until(lambda: bool(northwind.control("GET", "events")["data"][0]["deliveries"]))
        with running_receiver(port) as back:
            back.wait_for(1)
    first = northwind.control("GET", "events")["data"][0]["deliveries"][0]
    assert (first["status"], first["error"]) == (None, "ConnectError")


def test_an_event_that_fails_does_not_hold_up_the_next(listening: Merchant, receiver: Receiver) -> None:
    receiver.refusals += [500]
    listening.faults(hold_events=True)
    listening.pay("4000000000000002")
    listening.pay()
    listening.faults(hold_events=False)
    receiver.wait_for(3)
    # On a slow machine the first may be tried again before the next has had its turn.
    assert receiver.types()[0] == "payment.failed"
    assert sorted(receiver.types()) == ["payment.failed", "payment.failed", "payment.succeeded"]


def test_a_merchant_who_does_not_answer_does_not_hold_up_another(
    bank: RunningBank, listening: Merchant, receiver: Receiver
) -> None:
    with running_receiver() as slow:
        other = Merchant(bank, webhook_url=slow.url)
        slow.refusals += [500] * 3
        other.pay()
        listening.pay()
        receiver.wait_for(1)
        slow.wait_for(4)


def test_an_event_is_sent_again_by_hand_any_number_of_times(listening: Merchant, receiver: Receiver) -> None:
    listening.pay()
    receiver.wait_for(1)
    event = listening.control("GET", "events")["data"][0]["id"]
    listening.control("POST", f"events/{event}/resend", times=3)
    listening.bank.control("POST", f"/events/{event}/resend")
    receiver.wait_for(5)
    assert {each.headers["webhook-id"] for each in receiver.deliveries} == {event}
    assert len({each.raw for each in receiver.deliveries}) == 1


def test_duplicates_reordering_and_holding(listening: Merchant, receiver: Receiver) -> None:
    listening.faults(duplicate_events=3)
    listening.pay()
    receiver.wait_for(3)
    assert receiver.types() == ["payment.succeeded"] * 3

    receiver.deliveries.clear()
    listening.control("DELETE", "faults")
    listening.faults(hold_events=True)
    debit = listening.debit()
    listening.control("POST", "settle")
    time.sleep(0.6)
    assert receiver.deliveries == [], "held back"
    event = listening.control("GET", "events")["data"][0]["id"]
    listening.control("POST", f"events/{event}/resend")
    receiver.wait_for(1)
    assert receiver.types() == ["payment.succeeded"], "by hand it goes out even so"

    listening.faults(hold_events=False, reorder_events=True)
    receiver.wait_for(3)
    assert receiver.types()[1:] == ["payment.succeeded", "payment.processing"], "newest first"
    assert {each.event["data"]["payment"]["id"] for each in receiver.deliveries} == {debit["id"]}


def test_reordering_waits_until_it_is_quiet(listening: Merchant, receiver: Receiver) -> None:
    listening.faults(
        reorder_events=True, hold_events=True
    )  # held, as the machine may take longer than the quiet
    listening.debit()
    listening.control("POST", "settle")
    listening.faults(hold_events=False)
    receiver.wait_for(2)
    assert receiver.types() == ["payment.succeeded", "payment.processing"]


def test_false_events_are_false_only_while_the_switch_is_on(listening: Merchant, receiver: Receiver) -> None:
    listening.faults(wrong_amount_events=True, wrong_currency_events=True)
    listening.pay()
    [false] = receiver.wait_for(1)
    payment = false.event["data"]["payment"]
    assert (payment["amount"], payment["currency"]) == (1051, "XTS")
    assert is_signed(false, listening.account.webhook_secret)

    listening.control("DELETE", "faults")
    listening.faults(wrong_signature_events=True)
    event = false.event["id"]
    listening.control("POST", f"events/{event}/resend")
    receiver.wait_for(2)
    assert not is_signed(receiver.deliveries[1], listening.account.webhook_secret)

    listening.control("DELETE", "faults")
    listening.control("POST", f"events/{event}/resend")
    true = receiver.wait_for(3)[2]
    assert is_signed(true, listening.account.webhook_secret)
    assert true.event["data"]["payment"]["amount"] == 1050
