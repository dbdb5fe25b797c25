"""Paying back through the gateway: asked for once, sent once, booked when it is done, restored when it fails."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx
import pytest
from django.db import IntegrityError, connection, connections, transaction

from portico.access.scope import scope
from portico.customers.locking import lock_books
from portico.invoices.models import Invoice
from portico.kit.errors import ConflictError, ForbiddenError, InvalidError
from portico.kit.ids import new_id
from portico.notifications.models import Mail, Notification
from portico.payments.actions.gateway_refunds import (
    refund_to_credit,
    request_refund,
    settle_refund,
    submit_refund,
)
from portico.payments.actions.reconcile import ask_about, reconcile
from portico.payments.actions.refunds import refund_excess
from portico.payments.actions.start import PayLine, start_payment
from portico.payments.actions.submit import submit_payment
from portico.payments.actions.undo_refund import undo_refund
from portico.payments.gateway import RefundSeen, Seen
from portico.payments.models import GatewayRefund, Payment, Refund, RefundState
from portico.payments.tests.gone_back import open_counter
from portico.retainers.actions.refund import refund_retainer
from portico.sandbox_bank.running import RunningBank, running_bank
from portico.testing.bank import BankAccount, connect, open_account
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.people import World


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBank]:
    with running_bank(tmp_path_factory.mktemp("bank") / "bank.sqlite3") as bank:
        yield bank


@dataclass
class Till:
    """An organisation with a real account at the sandbox bank, and a payment of Maya's over two invoices."""

    world: World
    bank: BankAccount
    books: Books
    first: Invoice
    second: Invoice
    payment: Payment

    def ask(self, amount: str, **parts: str) -> GatewayRefund:
        chosen = {getattr(self, name).pk: self.books.money(part) for name, part in parts.items()}
        return request_refund(
            actor=self.world.olive, payment=self.payment, amount=self.books.money(amount), chosen=chosen,
            reason="Two roses were broken",
        )  # fmt: skip

    def send(self, row: GatewayRefund) -> GatewayRefund:
        return submit_refund(organisation_id=self.world.organisation.pk, refund_id=row.pk)

    def open_on(self, invoice: Invoice) -> str:
        with scope(self.world.job):
            return str(Invoice.objects.get(pk=invoice.pk).balance.amount)

    def refunded_there(self) -> int:
        return sum(each["amount_refunded"] for each in self.bank.payments())

    def again(self) -> Payment:
        with scope(self.world.job):
            return Payment.objects.get(pk=self.payment.pk)


@pytest.fixture
def till(world: World, running: RunningBank) -> Till:
    bank = open_account(running.url, f"Northwind {world.tag}")
    account = connect(world.olive, bank)
    books = Books(world.olive, world.greenleaf)
    first, second = books.invoice("100"), books.invoice("50")
    attempt = start_payment(
        actor=world.maya, submission_key=new_id(), gateway_account_id=account.pk,
        lines=[PayLine(first.pk, books.money("100")), PayLine(second.pk, books.money("50"))],
    )  # fmt: skip
    submit_payment(
        organisation_id=world.organisation.pk,
        attempt_id=attempt.pk,
        token=bank.card(),
        return_url="http://127.0.0.1/back",
    )
    with scope(world.job):
        payment = Payment.objects.get(attempt=attempt)
    return Till(world, bank, books, first, second, payment)


def test_part_goes_back_and_the_chosen_invoice_opens(till: Till) -> None:
    done = till.send(till.ask("40", first="40"))
    assert (done.state, till.refunded_there()) == (RefundState.SUCCEEDED, 4000)
    assert (till.open_on(till.first), till.open_on(till.second)) == ("40.00", "0.00")
    with scope(till.world.job):
        refund = Refund.objects.get()
        assert (str(refund.amount), refund.gateway_refund_id) == ("40.00 USD", done.pk)
        mail = Mail.objects.get(key=f"refunded/{done.pk}")
    assert "Two roses were broken" in mail.text
    assert till.books.balances() == {"receivable": "40.00", "cash": "110.00", "sales": "-150.00"}
    till.books.assert_clean()


def test_unless_chosen_the_last_allocated_opens_first(till: Till) -> None:
    till.send(till.ask("60"))
    assert (till.open_on(till.first), till.open_on(till.second)) == ("10.00", "50.00")
    till.books.assert_clean()


def test_all_of_it_goes_back_in_two_parts_and_then_no_more(till: Till) -> None:
    till.send(till.ask("150"))
    assert till.refunded_there() == 15000
    with pytest.raises(InvalidError):
        till.ask("0.01")
    till.books.assert_clean()


def test_sent_ten_times_it_goes_out_once(till: Till) -> None:
    row = till.ask("40")
    for _ in range(3):
        till.send(row)
    assert till.refunded_there() == 4000
    till.books.assert_clean()


def test_a_second_refund_waits_for_the_first(till: Till) -> None:
    till.ask("40")
    with pytest.raises(ConflictError):
        till.ask("40")
    with pytest.raises(ConflictError):
        refund_to_credit(
            actor=till.world.olive, payment=till.payment, amount=till.books.money("10"), chosen={}
        )


def test_a_retainer_is_not_paid_back_by_hand_while_its_payment_goes_back_through_the_gateway(
    world: World,
) -> None:
    counter = open_counter(world)
    paid = counter.paid((counter.books.retainer("100"), "100"))
    row = request_refund(actor=world.olive, payment=paid.payment, amount=counter.books.money("60"), chosen={})
    retainer = paid.payment.retainer
    assert retainer is not None

    def by_hand() -> None:
        refund_retainer(
            actor=world.olive,
            retainer=retainer,
            amount=counter.books.money("40"),
            mode="cash",
            date=counter.books.day,
        )

    with pytest.raises(ConflictError, match="on its way"):
        by_hand()
    seen = RefundSeen("re_1", row.amount, Seen.SUCCEEDED, str(row.pk))
    settle_refund(organisation_id=row.organisation_id, refund_id=row.pk, seen=seen)
    by_hand()
    counter.books.assert_clean()


def test_the_database_takes_no_more_than_was_charged(till: Till) -> None:
    till.ask("100")
    with scope(till.world.job), pytest.raises(IntegrityError), transaction.atomic():
        GatewayRefund.objects.create(
            organisation=till.world.organisation, customer=till.world.greenleaf, payment=till.payment,
            currency="USD", amount=till.books.money("50.01"), charged=till.books.money("0"),
        )  # fmt: skip


def test_an_answer_that_is_lost_is_asked_for_with_the_same_key(till: Till) -> None:
    till.bank.faults(drop_answer=1, only=["refunds.create"])
    row = till.ask("40")
    assert till.send(row).state == RefundState.UNKNOWN
    assert till.open_on(till.second) == "0.00", "unknown is not done"
    till.bank.behave()
    reconcile(organisation_id=till.world.organisation.pk, grace=row.created_at - row.created_at)
    with scope(till.world.job):
        assert GatewayRefund.objects.get().state == RefundState.SUCCEEDED
    assert till.refunded_there() == 4000
    assert till.open_on(till.second) == "40.00"
    till.books.assert_clean()


def test_one_that_was_never_sent_is_sent_by_reconcile(till: Till) -> None:
    row = till.ask("40")
    reconcile(organisation_id=till.world.organisation.pk, grace=row.created_at - row.created_at)
    assert till.refunded_there() == 4000
    till.books.assert_clean()


def test_a_refused_refund_frees_what_was_reserved_and_staff_are_told(till: Till) -> None:
    row = till.ask("40")
    elsewhere(till, 12000)
    done = till.send(row)
    assert done.state == RefundState.FAILED
    with scope(till.world.job):
        assert Notification.objects.filter(event="refund_failed").count() == 1
    till.books.assert_clean()


def elsewhere(till: Till, amount: int) -> None:
    """A refund made at the bank itself."""
    httpx.post(
        f"{till.bank.url}/v1/refunds",
        json={"payment": till.bank.payments()[0]["id"], "amount": amount, "reference": "by hand"},
        headers={"Authorization": f"Bearer {till.bank.secret_key}", "Idempotency-Key": str(new_id())},
        timeout=60,
    ).raise_for_status()


def test_sending_a_refund_waits_for_whoever_moves_the_customers_money(till: Till) -> None:
    """Else it holds the refund's row and waits for the payment's, and an event of the payment the other way round."""
    row = till.ask("40")
    with ThreadPoolExecutor(1) as pool:
        with scope(till.world.job):
            lock_books(till.world.greenleaf.pk)
            Payment.objects.select_for_update(no_key=True).get(pk=till.payment.pk)  # as settle does
            sending = pool.submit(apart, lambda: till.send(row))
            wait_for_one_who_waits()
            GatewayRefund.objects.select_for_update(no_key=True, nowait=True).get(pk=row.pk)
        assert sending.result().state == RefundState.SUCCEEDED
    till.books.assert_clean()


def apart(thing: Callable[[], GatewayRefund]) -> GatewayRefund:
    """Do it on a connection of its own."""
    try:
        return thing()
    finally:
        connections.close_all()


def wait_for_one_who_waits() -> None:
    """Until somebody else waits for what this transaction has locked."""
    for _ in range(2000):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks AS l WHERE NOT l.granted AND pg_backend_pid() = ANY(pg_blocking_pids(l.pid))"
            )
            if cursor.fetchone() != (0,):
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


def test_a_refund_made_at_the_bank_itself_is_booked_when_it_is_asked(till: Till) -> None:
    elsewhere(till, 6000)
    attempt_id = till.payment.attempt_id
    assert attempt_id is not None
    for _ in range(2):
        assert ask_about(organisation_id=till.world.organisation.pk, attempt_id=attempt_id)
    with scope(till.world.job):
        row = GatewayRefund.objects.get()
    assert (row.is_ours, row.state, str(row.amount)) == (False, RefundState.SUCCEEDED, "60.00 USD")
    assert till.open_on(till.second) == "50.00"
    till.books.assert_clean()


def test_to_the_credit_no_bank_is_asked(till: Till) -> None:
    refund_to_credit(
        actor=till.world.olive, payment=till.payment, amount=till.books.money("30"),
        chosen={till.first.pk: till.books.money("10")},
    )  # fmt: skip
    assert till.refunded_there() == 0
    assert (till.open_on(till.first), till.open_on(till.second)) == ("10.00", "20.00")
    assert str(till.again().unused) == "30.00 USD"
    till.books.assert_clean()


def test_a_refund_that_fails_after_all_is_restored(world: World) -> None:
    counter = open_counter(world)
    invoice = counter.books.invoice("100")
    paid = counter.paid((invoice, "100"), mode="card")
    paid.refunded_there("40")
    assert counter.books.balances()["receivable"] == "40.00"
    paid.refunded_there("40", Seen.FAILED)
    assert counter.books.balances() == {"cash": "100.00", "sales": "-100.00"}
    counter.books.assert_clean()
    paid.refunded_there("40", Seen.SUCCEEDED)
    assert counter.books.balances()["receivable"] == "40.00", "and after that it went out all the same"
    counter.books.assert_clean()


def test_restored_it_is_credit_where_its_invoice_was_paid_meanwhile(world: World) -> None:
    counter = open_counter(world)
    invoice = counter.books.invoice("100")
    paid = counter.paid((invoice, "100"), mode="card")
    paid.refunded_there("40")
    counter.books.pay("30", (invoice, "30"))
    paid.refunded_there("40", Seen.FAILED)
    assert counter.books.balances() == {"cash": "130.00", "credit": "-30.00", "sales": "-100.00"}
    counter.books.assert_clean()


def test_refunds_at_the_gateway_beyond_the_charge_are_booked_by_nobody(world: World) -> None:
    counter = open_counter(world)
    paid = counter.paid((counter.books.invoice("100"), "100"), mode="card")
    paid.refunded_there("100.01")
    paid.refunded_there("100.01")
    with scope(world.job):
        assert not GatewayRefund.objects.exists()
        assert Notification.objects.filter(event="payment_mismatch").count() == 1


def test_paid_back_and_then_returned_the_customer_owes_it(world: World) -> None:
    counter = open_counter(world)
    paid = counter.paid((counter.books.invoice("100"), "100"))
    paid.refunded_there("100")
    paid.comes_back()
    assert counter.books.balances() == {"cash": "-100.00", "receivable": "200.00", "sales": "-100.00"}
    counter.books.assert_clean()


def test_maya_sees_it_on_her_payment_and_asks_for_none_herself(till: Till) -> None:
    till.send(till.ask("40"))
    page = signed_in(till.world.maya).get(f"/payments/{till.payment.pk}/").content.decode()
    assert "Paid back to Visa ending 4242" in page
    assert "Two roses were broken" in page
    with pytest.raises(ForbiddenError):
        request_refund(actor=till.world.maya, payment=till.payment, amount=till.books.money("1"), chosen={})


def test_what_was_refunded_by_mistake_is_undone(world: World) -> None:
    books = Books(world.olive, world.greenleaf)
    payment = books.pay("30")
    refund = refund_excess(
        actor=world.olive, payment=payment, amount=books.money("20"), mode="cash", date=books.day
    )
    undo_refund(actor=world.olive, refund=refund, reason="Wrong customer")
    assert books.balances() == {"cash": "30.00", "credit": "-30.00"}
    books.assert_clean()
    with pytest.raises(ConflictError):
        undo_refund(actor=world.olive, refund=refund, reason="Again")
