"""Autopay charges each invoice once, after telling; it never races a person, tries again, and stops when told (S6.8)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import pytest

from portico.access.scope import scope
from portico.autopay.actions import charge_due, plan_charges, start_autopay, stop_autopay
from portico.autopay.models import Autopay, AutopayCharge
from portico.customers.actions import revoke_access, set_active
from portico.customers.models import ContactPerson, Customer
from portico.invoices.models import Invoice
from portico.kit import clock
from portico.kit.errors import ConflictError, InvalidError, NotFoundError
from portico.kit.ids import new_id
from portico.notifications.models import Mail
from portico.payments.accounts import open_account
from portico.payments.actions.gateway_refunds import request_refund, submit_refund
from portico.payments.actions.reconcile import ask_about, clear_up
from portico.payments.actions.settle import settle
from portico.payments.actions.unattended import start_unattended
from portico.payments.gateway import MethodKind
from portico.payments.models import Payment, PaymentAttempt, SavedMethod
from portico.payments.tests.making import saved_card
from portico.sandbox_bank.running import running_bank
from portico.testing.bank import ASKS_3DS, DECLINES, SUCCEEDS
from portico.testing.clients import signed_in
from portico.testing.people import World
from portico.testing.till import Till, open_till
from portico.testing.together import together

WORDS = "I allow it."


@pytest.fixture(scope="module")
def bank_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running bank."""
    with running_bank(tmp_path_factory.mktemp("bank") / "bank.sqlite3") as bank:
        yield bank.url


@dataclass(frozen=True)
class Shop(Till):
    """A till, and autopay at it."""

    def on(self, card: str = SUCCEEDS, maximum: str = "") -> Autopay:
        """Autopay with a card of Maya's."""
        return start_autopay(
            actor=self.world.maya,
            method_id=self.saved(card).pk,
            maximum=self.books.money(maximum) if maximum else None,
            agreement=WORDS,
        )

    def plan(self) -> int:
        """What the job does first."""
        return plan_charges(actor=self.world.job)

    def come(self) -> None:
        """The days pass until what is planned is due."""
        with scope(self.world.job):
            AutopayCharge.objects.filter(state="planned").update(charge_on=clock.today("UTC") - timedelta(1))

    def charge(self) -> int:
        """What the job does then."""
        return charge_due(organisation_id=self.world.organisation.pk)

    def charges(self) -> list[tuple[str, int]]:
        """State and failures of every charge, in order."""
        with scope(self.world.job):
            return list(AutopayCharge.objects.order_by("pk").values_list("state", "failures"))

    def mails(self, words: str) -> int:
        """How many e-mails to Maya have these words in their subject."""
        with scope(self.world.job):
            return Mail.objects.filter(to=self.world.email("maya"), subject__contains=words).count()


@pytest.fixture
def till(world: World, bank_url: str) -> Shop:
    """A shop whose customer owes nothing yet."""
    opened = open_till(world, bank_url)
    return Shop(opened.world, opened.bank, opened.account, opened.books)


def test_an_invoice_is_announced_charged_and_paid_once(till: Shop) -> None:
    till.on()
    invoice = till.books.invoice("60")
    assert (till.plan(), till.plan()) == (1, 0)
    assert till.mails("will charge") == 1
    assert till.charge() == 0  # not before the day that was announced
    till.come()
    assert till.charge() == 1
    assert (till.charge(), till.plan()) == (0, 0)
    assert till.charges() == [("paid", 0)]
    assert till.taken() == 6000
    with scope(till.world.job):
        payment = Payment.objects.get()
        assert Invoice.objects.get(pk=invoice.pk).status == "paid"
    assert payment.method_label == "Visa ending 4242"
    assert till.mails("Receipt") == 1
    till.books.assert_clean()


def test_the_notice_is_at_least_three_days_and_never_before_the_due_date(till: Shop) -> None:
    till.on()
    till.books.invoice("60")
    till.plan()
    with scope(till.world.job):
        charge = AutopayCharge.objects.select_related("invoice").get()
    today = clock.today(till.world.organisation.time_zone)
    assert charge.charge_on == max(charge.invoice.due_date, today + timedelta(days=3))


def test_what_is_over_the_maximum_is_not_charged_and_said(till: Shop) -> None:
    till.on(maximum="50")
    till.books.invoice("50.01")
    till.books.invoice("50")
    assert till.plan() == 1
    assert till.mails("is not paid automatically") == 1
    till.come()
    till.charge()
    assert till.taken() == 5000


def test_it_never_races_a_payment_that_maya_is_just_making(till: Shop) -> None:
    till.on()
    invoice = till.books.invoice("60")
    till.plan()
    till.come()
    attempt = till.start((invoice, "60"))
    assert till.charge() == 0
    assert till.charges() == [("planned", 0)]
    till.submit(attempt)
    assert till.charge() == 0
    assert till.charges() == [("skipped", 0)]
    assert till.taken() == 6000


def test_two_workers_and_maya_at_once_charge_it_once(till: Shop) -> None:
    till.on()
    invoice = till.books.invoice("60")
    till.plan()
    till.come()

    together(till.charge, till.charge, lambda: till.pay((invoice, "60")))
    till.charge()
    assert till.taken() == 6000
    with scope(till.world.job):
        assert Payment.objects.count() == 1
    till.books.assert_clean()


def test_what_fails_is_tried_again_three_times_and_told_each_time(till: Shop) -> None:
    till.on(DECLINES)
    till.books.invoice("60")
    till.plan()
    for tries in (1, 2, 3):
        till.come()
        assert till.charge() == 1
        assert till.charges() == [("planned", tries)]
        assert till.mails("failed") == tries
    till.come()
    till.charge()
    assert till.charges() == [("failed", 4)]
    assert till.mails("failed") == 4
    till.come()
    assert (till.plan(), till.charge()) == (0, 0)
    assert till.taken() == 0


def test_home_says_what_could_not_be_charged_until_it_is_paid_otherwise(till: Shop) -> None:
    till.on(DECLINES)
    invoice = till.books.invoice("60")
    till.plan()
    maya = signed_in(till.world.maya)

    def says() -> str:
        return maya.get("/").content.decode()

    words = f"Visa ending 0002 could not be charged for {invoice.number}."
    assert words not in says(), "it is only planned"
    for told in ("It is tried again on", "is tried again on", "is tried again on", "It is not tried again."):
        till.come()
        till.charge()
        assert words in says()
        assert told in says()
    assert f'href="/pay/?invoice={invoice.pk}"' in says()
    till.books.pay("60", (invoice, "60"))
    assert words not in says()


def test_a_bank_that_asks_finds_nobody_there_so_maya_is_asked_to_pay_herself(till: Shop) -> None:
    till.on(ASKS_3DS)
    invoice = till.books.invoice("60")
    till.plan()
    till.come()
    till.charge()
    assert till.charges() == [("failed", 1)]
    with scope(till.world.job):
        assert PaymentAttempt.objects.get().state == "cancelled"
        text = Mail.objects.get(subject__contains="failed").text
    assert "Your bank asks you to confirm" in text
    assert f"/pay/?invoice={invoice.pk}" in text


def test_a_worker_that_died_before_submitting_leaves_a_charge_that_is_made_later(till: Shop) -> None:
    till.on()
    till.books.invoice("60")
    till.plan()
    till.come()
    till.bank.faults(drop_before=9)
    till.charge()
    till.bank.behave()
    with scope(till.world.job):
        attempt = PaymentAttempt.objects.get()
    clear_up(organisation_id=till.world.organisation.pk, attempt_id=attempt.pk, via="reconcile")
    till.charge()
    till.charge()
    assert till.charges() == [("paid", 0)]
    assert till.taken() == 6000


def test_what_a_dead_worker_has_begun_is_not_charged_once_maya_has_stopped_it(till: Shop) -> None:
    autopay = till.on()
    invoice = till.books.invoice("60")
    till.plan()
    till.come()
    with scope(till.world.job):  # as it is left between the intent and the bank
        charge = AutopayCharge.objects.select_related("autopay__saved_method").get()
        attempt = start_unattended(
            actor=till.world.job,
            submission_key=new_id(),
            method=charge.autopay.saved_method,
            invoice=invoice,
            amount=invoice.balance,
        )
        AutopayCharge.objects.filter(pk=charge.pk).update(state="charging", attempt=attempt, tries=1)
    stop_autopay(actor=till.world.maya, autopay=autopay)
    till.charge()
    assert till.charges() == [("skipped", 0)]
    assert till.taken() == 0


def test_stopped_means_nothing_planned_is_charged(till: Shop) -> None:
    autopay = till.on()
    till.books.invoice("60")
    till.plan()
    stop_autopay(actor=till.world.maya, autopay=autopay)
    till.come()
    assert (till.plan(), till.charge()) == (0, 0)
    assert till.charges() == [("skipped", 0)]
    assert till.mails("have stopped") == 1
    with pytest.raises(ConflictError):
        stop_autopay(actor=till.world.maya, autopay=autopay)


def test_a_removed_card_and_a_revoked_person_stop_it(till: Shop) -> None:
    autopay = till.on()
    till.books.invoice("60")
    till.plan()
    with scope(till.world.job):
        SavedMethod.objects.update(is_default=False)
        SavedMethod.objects.update(removed_at=clock.now())
    till.come()
    assert till.charge() == 0
    with scope(till.world.job):
        assert Autopay.objects.get(pk=autopay.pk).stopped_because == "method"
    till.on()
    with scope(till.world.job):
        maya = ContactPerson.objects.get(pk=till.world.maya.person_id)
    revoke_access(actor=till.world.olive, person=maya)
    till.books.invoice("5")
    assert till.plan() == 0
    with scope(till.world.job):
        assert Autopay.objects.filter(stopped_at=None).count() == 0
    assert till.taken() == 0


def test_a_closed_customer_whose_people_could_not_stop_it_is_not_charged(till: Shop) -> None:
    autopay = till.on()
    till.books.invoice("60")
    assert till.plan() == 1
    till.come()
    set_active(actor=till.world.olive, customer=till.world.greenleaf, is_active=False)
    assert (till.charge(), till.taken()) == (0, 0)
    with scope(till.world.job):
        assert Autopay.objects.get(pk=autopay.pk).stopped_because == "access"


def test_a_bank_account_is_debited_only_as_long_as_the_customer_may_pay_by_one(till: Shop) -> None:
    with scope(till.world.job):
        Customer.objects.filter(pk=till.world.greenleaf.pk).update(allow_bank_payments=True)
    account = saved_card(till.world.maya, till.account, kind=MethodKind.BANK)
    agree = partial(start_autopay, actor=till.world.maya, method_id=account.pk, maximum=None, agreement=WORDS)
    autopay = agree()
    till.books.invoice("60")
    assert till.plan() == 1
    till.come()
    with scope(till.world.job):
        Customer.objects.filter(pk=till.world.greenleaf.pk).update(allow_bank_payments=False)
    assert till.charge() == 0
    with scope(till.world.job):
        assert Autopay.objects.get(pk=autopay.pk).stopped_because == "gateway"
        assert not PaymentAttempt.objects.exists()
    with pytest.raises(InvalidError):
        agree()


def test_one_autopay_runs_for_a_customer_and_only_with_ones_own_card(till: Shop) -> None:
    till.on()
    with pytest.raises(ConflictError, match="already"):
        till.on()
    with pytest.raises(NotFoundError):
        start_autopay(actor=till.world.ines, method_id=till.saved().pk, maximum=None, agreement=WORDS)


def test_less_is_charged_when_less_is_left_and_never_more_than_was_announced(till: Shop) -> None:
    till.on()
    invoice = till.books.invoice("60")
    till.plan()
    till.books.pay("25", (invoice, "25"))
    till.come()
    till.charge()
    assert till.taken() == 3500
    till.books.assert_clean()


def test_what_a_return_opened_again_is_not_charged_by_itself(till: Shop) -> None:
    till.on()
    invoice = till.books.invoice("60")
    attempt = till.pay((invoice, "60"), token=till.bank.bank_account())
    for happens in (till.bank.settle, till.bank.send_back):
        happens(attempt.gateway_reference)
        gateway, account = open_account(till.organisation_id, till.account.pk)
        seen = gateway.fetch(account, attempt.gateway_reference)
        settle(organisation_id=till.organisation_id, attempt_id=attempt.pk, observed=seen, via="event")
    assert till.fresh(invoice).balance == till.books.money("60")
    assert till.plan() == 0


def test_what_staff_paid_back_between_the_notice_and_the_day_is_not_charged(till: Shop) -> None:
    """Maya pays what was announced herself, and gets it back because the roses had died."""
    till.on()
    invoice = till.books.invoice("60")
    till.plan()
    till.pay((invoice, "60"))
    (payment,) = till.payments()
    row = request_refund(
        actor=till.world.olive, payment=payment, amount=till.books.money("60"), chosen={}, reason="Dead roses"
    )
    submit_refund(organisation_id=till.organisation_id, refund_id=row.pk)
    till.come()
    assert till.charge() == 0
    assert till.charges() == [("skipped", 0)]
    assert till.taken() == 6000, "charged once, by herself"


def test_what_maya_owes_because_money_went_back_twice_is_not_charged_by_itself(till: Shop) -> None:
    till.on()
    attempt = till.pay((till.books.invoice("60"), "60"))
    (payment,) = till.payments()
    asked = request_refund(actor=till.world.olive, payment=payment, amount=till.books.money("20"), chosen={})
    submit_refund(organisation_id=till.organisation_id, refund_id=asked.pk)
    till.bank.dispute(attempt.gateway_reference)
    ask_about(organisation_id=till.organisation_id, attempt_id=attempt.pk)
    assert till.books.balances()["receivable"] == "80.00"  # 60 that is open again, 20 that went back twice
    assert till.plan() == 0


def test_the_invoice_says_what_automatic_payments_do_about_it(till: Shop) -> None:
    till.on(DECLINES, maximum="100")
    small, large = till.books.invoice("60"), till.books.invoice("200")
    till.plan()
    maya = signed_in(till.world.maya)

    def says(invoice: Invoice) -> str:
        page = re.sub(r"<[^>]+>", "", maya.get(f"/invoices/{invoice.pk}/").content.decode())
        return " ".join(page.split())

    assert "$60.00 is charged to Visa ending 0002 by itself on" in says(small)
    assert "more than the maximum for automatic payments" in says(large)
    till.come()
    till.charge()
    assert "Visa ending 0002 could not be charged. It is tried again on" in says(small)
    for _ in range(3):
        till.come()
        till.charge()
    assert "is not tried again. Please pay yourself." in says(small)
    assert "Pay now" in says(small)
