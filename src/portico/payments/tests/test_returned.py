"""A bank debit that comes back after it had succeeded: the books say what happened, and both sides are told."""

from __future__ import annotations

import pytest

from portico.access.scope import scope
from portico.credit_notes.actions.apply import apply_credit
from portico.invoices.models import Invoice
from portico.kit import clock
from portico.kit.errors import ConflictError, InvalidError
from portico.ledger.models import Entry, EntryKind
from portico.notifications.models import Mail, Notification
from portico.payments.actions.gateway_refunds import refund_to_credit, request_refund, submit_refund
from portico.payments.actions.record import record_payment
from portico.payments.actions.refunds import refund_excess
from portico.payments.actions.undo_refund import undo_refund
from portico.payments.actions.void import void_payment
from portico.payments.attaching import receipt_file
from portico.payments.gateway import DisputeSeen, DisputeState, Seen
from portico.payments.models import TakenBack
from portico.payments.tests.gone_back import Counter, open_counter
from portico.retainers.actions.draw import draw_retainer
from portico.retainers.actions.refund import refund_retainer
from portico.testing.clients import signed_in
from portico.testing.people import World


@pytest.fixture
def counter(world: World) -> Counter:
    return open_counter(world)


def fresh(counter: Counter, invoice: Invoice) -> Invoice:
    with scope(counter.world.job):
        return Invoice.objects.get(pk=invoice.pk)


def test_what_it_paid_is_open_again_on_the_day_it_came_back(counter: Counter) -> None:
    first, second = counter.books.invoice("100"), counter.books.invoice("50")
    paid = counter.paid((first, "100"), (second, "20"))
    assert counter.books.balances() == {"cash": "120.00", "receivable": "30.00", "sales": "-150.00"}
    attempt = paid.comes_back()
    assert attempt.state == "returned"
    assert counter.books.balances() == {"receivable": "150.00", "sales": "-150.00"}
    assert [str(fresh(counter, each).balance.amount) for each in (first, second)] == ["100.00", "50.00"]
    payment = paid.payment
    assert payment.returned_at is not None
    assert (str(payment.taken_back), str(payment.allocated)) == ("120.00 USD", "0.00 USD")
    with scope(counter.world.job):
        entry = Entry.objects.get(kind=EntryKind.TAKEN_BACK)
    assert entry.day == clock.today("UTC")
    counter.books.assert_clean()


def test_told_again_and_late_it_changes_nothing_more(counter: Counter) -> None:
    paid = counter.paid((counter.books.invoice("100"), "100"))
    paid.comes_back()
    paid.comes_back()
    assert paid.says(state=Seen.SUCCEEDED).state == "returned", "an older answer comes too late"
    with scope(counter.world.job):
        assert TakenBack.objects.count() == 1
        assert Mail.objects.filter(key__startswith="returned/").count() == 1
    counter.books.assert_clean()


def test_both_sides_are_told_with_the_reason(counter: Counter) -> None:
    paid = counter.paid((counter.books.invoice("100"), "100"))
    paid.comes_back("The account is closed")
    with scope(counter.world.job):
        mail = Mail.objects.get(key__startswith="returned/")
        told = Notification.objects.get(event="payment_returned")
    assert mail.to == counter.world.email("maya")
    assert "The account is closed" in mail.text
    assert "The account is closed" in told.body


def test_maya_reads_on_receipt_list_and_invoice_that_it_came_back(counter: Counter) -> None:
    invoice = counter.books.invoice("100")
    paid = counter.paid((invoice, "100"))
    paid.comes_back("The account is closed")
    maya = signed_in(counter.world.maya)
    page = maya.get(f"/payments/{paid.payment.pk}/").content.decode()
    assert "This payment was returned" in page
    assert "The account is closed" in page
    assert "Returned" in maya.get("/payments/?show=returned").content.decode()
    assert "is due again, no longer paid by" in maya.get(f"/invoices/{invoice.pk}/").content.decode()
    assert maya.get("/").status_code == 200
    assert "taken back by the bank" in maya.get("/statements/").content.decode()
    pdf = receipt_file(counter.world.organisation.pk, paid.payment.pk)
    assert pdf.content[:4] == b"%PDF"


def test_excess_that_was_applied_is_taken_off_the_other_invoice_first(counter: Counter) -> None:
    """Maya's debit arrives after the invoice was paid otherwise: it is all excess, and is applied elsewhere."""
    first, second = counter.books.invoice("100"), counter.books.invoice("80")
    attempt = counter.paid((first, "60"))
    record_payment(
        actor=counter.world.olive, customer=counter.world.greenleaf, amount=counter.books.money("90"),
        date=counter.books.day, mode="cheque", allocations={first.pk: counter.books.money("40")},
    )  # fmt: skip
    with scope(counter.world.job):
        cheque = first.allocations.exclude(payment=attempt.payment).get().payment
    apply_credit(actor=counter.world.olive, source=cheque, invoice=second, amount=counter.books.money("50"))
    attempt.comes_back()
    assert str(fresh(counter, first).balance.amount) == "60.00"
    assert str(fresh(counter, second).balance.amount) == "30.00", "the cheque stays where it is"
    counter.books.assert_clean()


def test_what_was_paid_back_before_is_owed_on_an_invoice_of_its_own(counter: Counter) -> None:
    invoice = counter.books.invoice("100")
    late = counter.paid((invoice, "100"))
    with scope(counter.world.job):
        payment = late.payment
    refund_to_credit(actor=counter.world.olive, payment=payment, amount=counter.books.money("30"), chosen={})
    refund_excess(
        actor=counter.world.olive, payment=payment, amount=counter.books.money("30"), mode="bank_transfer",
        date=clock.today("UTC"),
    )  # fmt: skip
    assert counter.books.balances()["receivable"] == "30.00"
    late.comes_back()
    with scope(counter.world.job):
        taken = TakenBack.objects.select_related("charge").get()
        charge = taken.charge
    assert charge is not None
    assert (str(taken.charged), str(charge.balance)) == ("30.00 USD", "30.00 USD")
    assert counter.books.balances() == {"receivable": "130.00", "sales": "-100.00", "cash": "-30.00"}
    counter.books.assert_clean()
    page = signed_in(counter.world.maya).get(f"/payments/{late.payment.pk}/").content.decode()
    assert charge.number in page


def test_what_was_charged_as_gone_back_twice_is_credited_when_the_refund_is_undone(counter: Counter) -> None:
    books, world = counter.books, counter.world
    late = counter.paid((books.invoice("100"), "100"))
    refund_to_credit(actor=world.olive, payment=late.payment, amount=books.money("30"), chosen={})
    refund = refund_excess(
        actor=world.olive, payment=late.payment, amount=books.money("30"), mode="cash", date=clock.today("UTC")
    )  # fmt: skip
    late.comes_back()
    undo_refund(actor=world.olive, refund=refund, reason="It was never paid out")
    assert late.payment.unused.amount == late.payment.allocated.amount == 0
    assert books.balances() == {"receivable": "100.00", "sales": "-100.00"}
    books.assert_clean()


def test_a_refund_that_fails_after_the_return_goes_into_it(counter: Counter) -> None:
    paid = counter.paid((counter.books.invoice("100"), "100"))
    paid.refunded_there("40")
    paid.comes_back()
    paid.refunded_there("40", Seen.FAILED)
    assert counter.books.balances() == {"receivable": "100.00", "sales": "-100.00"}
    counter.books.assert_clean()


def test_what_a_dispute_gives_back_of_a_returned_payment_is_returned(counter: Counter) -> None:
    paid = counter.paid((counter.books.invoice("100"), "100"))

    def disputed(state: DisputeState) -> None:
        seen = DisputeSeen(
            "dp_1", paid.attempt.amount, state, "Denied", None, money_taken=state is DisputeState.OPEN
        )
        paid.says(disputes=(seen,))

    disputed(DisputeState.OPEN)
    paid.comes_back()
    disputed(DisputeState.WON)
    assert counter.books.balances() == {"receivable": "100.00", "sales": "-100.00"}
    assert paid.payment.returned_at is not None
    counter.books.assert_clean()


def test_a_retainer_opens_again_and_what_was_drawn_comes_off_its_invoice(counter: Counter) -> None:
    retainer, invoice = counter.books.retainer("100"), counter.books.invoice("70")
    paid = counter.paid((retainer, "100"))
    draw_retainer(
        actor=counter.world.olive, retainer=retainer, invoice=invoice, amount=counter.books.money("70")
    )
    paid.comes_back()
    with scope(counter.world.job):
        retainer.refresh_from_db()
    assert (str(retainer.balance), str(retainer.available)) == ("100.00 USD", "0.00 USD")
    assert str(fresh(counter, invoice).balance.amount) == "70.00"
    assert counter.books.balances() == {"receivable": "70.00", "sales": "-70.00"}
    counter.books.assert_clean()


def test_a_retainer_that_was_paid_back_is_owed(counter: Counter) -> None:
    retainer = counter.books.retainer("100")
    paid = counter.paid((retainer, "100"))
    refund_retainer(
        actor=counter.world.olive, retainer=retainer, amount=counter.books.money("100"), mode="cash",
        date=clock.today("UTC"),
    )  # fmt: skip
    paid.comes_back()
    assert counter.books.balances() == {"receivable": "100.00", "cash": "-100.00"}
    counter.books.assert_clean()


def test_what_came_back_is_not_voided_as_well(counter: Counter) -> None:
    paid = counter.paid((counter.books.invoice("100"), "100"))
    paid.comes_back()
    with pytest.raises(ConflictError):
        void_payment(actor=counter.world.olive, payment=paid.payment, reason="Bounced")


def test_what_staff_had_voided_is_not_taken_back_twice(counter: Counter) -> None:
    paid = counter.paid((counter.books.invoice("100"), "100"))
    void_payment(actor=counter.world.olive, payment=paid.payment, reason="The bank called")
    assert paid.comes_back().state == "returned"
    assert counter.books.balances()["receivable"] == "100.00"
    counter.books.assert_clean()


def test_a_retainer_s_cash_refund_and_its_payments_never_pay_back_more_than_it_brought(
    counter: Counter,
) -> None:
    retainer = counter.books.retainer("100")
    first, second = counter.paid((retainer, "50")), counter.paid((retainer, "50"))
    olive, half = counter.world.olive, counter.books.money("50")
    refund_retainer(actor=olive, retainer=retainer, amount=half, mode="cash", date=clock.today("UTC"))
    request_refund(actor=olive, payment=first.payment, amount=half, chosen={})
    with pytest.raises(InvalidError):
        request_refund(actor=olive, payment=second.payment, amount=counter.books.money("1"), chosen={})


def test_a_refund_that_was_not_sent_yet_is_not_sent_once_the_bank_has_taken_the_money(
    counter: Counter,
) -> None:
    paid = counter.paid((counter.books.invoice("100"), "100"))
    row = request_refund(
        actor=counter.world.olive, payment=paid.payment, amount=counter.books.money("30"), chosen={}
    )
    paid.comes_back()
    sent = submit_refund(organisation_id=row.organisation_id, refund_id=row.pk)
    assert sent.state == "failed"  # the gateway, which is not there, was not asked
    counter.books.assert_clean()
