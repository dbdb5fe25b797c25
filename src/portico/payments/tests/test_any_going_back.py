"""Any sequence of paying, applying, refunding, returning, disputing, winning and losing: the books add up after each."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from portico.access.scope import scope
from portico.credit_notes.actions import apply_credit
from portico.invoices.actions import void_invoice
from portico.invoices.models import Invoice
from portico.kit import clock
from portico.kit.errors import ConflictError, InvalidError
from portico.kit.money import Money, total
from portico.ledger.selfcheck import selfcheck
from portico.payments.actions.gateway_refunds import refund_to_credit, request_refund, settle_refund
from portico.payments.actions.refunds import refund_excess
from portico.payments.actions.undo_refund import undo_refund
from portico.payments.actions.void import void_payment
from portico.payments.gateway import DisputeSeen, DisputeState, RefundSeen, Seen
from portico.payments.models import GatewayRefund, Payment, Refund, TakenBack
from portico.payments.tests.gone_back import Paid, open_counter
from portico.retainers.actions import draw_retainer
from portico.retainers.actions.refund import refund_retainer
from portico.retainers.models import RetainerInvoice
from portico.testing.people import World, make_world

UNITS = st.integers(1, 9_000)
PICK = st.integers(0, 10**6)


class AnyGoingBack(RuleBasedStateMachine):
    """One customer who pays through a gateway, on which everything may happen afterwards."""

    @initialize()
    def begin(self) -> None:
        """Two payments of an invoice each, and one of a retainer, a part of which is drawn."""
        self.world: World = make_world()
        self.counter = open_counter(self.world)
        books = self.counter.books
        retainer = books.retainer("60")
        self.paid: list[Paid] = [
            self.counter.paid((books.invoice("90"), "70")),
            self.counter.paid((books.invoice("50"), "50"), (books.invoice("30"), "30"), mode="card"),
            self.counter.paid((retainer, "60")),
        ]
        draw_retainer(
            actor=self.world.olive, retainer=retainer, invoice=books.invoice("40"), amount=books.money("25")
        )
        books.pay("20")

    def do(self, action: Callable[[], object]) -> None:
        """Perform an action; one that is not allowed is refused by a named error."""
        with suppress(ConflictError, InvalidError):
            action()

    def one(self, model: Any, index: int, **likely: Any) -> Any:
        """One of the rows there are, or None."""
        with scope(self.world.job):
            rows = list(model.objects.filter(**likely).order_by("pk"))
        return rows[index % len(rows)] if rows else None

    def which(self, index: int) -> Paid:
        """One of the payments through the gateway."""
        return self.paid[index % len(self.paid)]

    def money(self, units: int) -> Money:
        """So many cents."""
        return Money.from_minor(units, "USD")

    @rule(units=UNITS, part=UNITS)
    def pay(self, units: int, part: int) -> None:
        if len(self.paid) < 6:
            invoice = self.counter.books.invoice(str(self.money(units).amount))
            self.paid.append(self.counter.paid((invoice, str(self.money(min(part, units)).amount))))

    @rule(index=PICK, units=UNITS, reference=st.sampled_from(["re_1", "re_2"]), fails=st.booleans())
    def the_gateway_refunds(self, index: int, units: int, reference: str, fails: bool) -> None:
        paid = self.which(index)
        known = {each.reference: each for each in paid.seen.refunds}
        amount = known[reference].amount if reference in known else self.money(units)
        others = total((each.amount for key, each in known.items() if key != reference), "USD")
        if amount + others > paid.attempt.amount:
            return
        paid.refunded_there(str(amount.amount), Seen.FAILED if fails else Seen.SUCCEEDED, reference)

    @rule(index=PICK, units=UNITS, to_credit=st.booleans())
    def olive_pays_back(self, index: int, units: int, to_credit: bool) -> None:
        payment = self.which(index).payment
        asked: dict[str, Any] = {
            "actor": self.world.olive,
            "payment": payment,
            "amount": self.money(units),
            "chosen": {},
        }
        if to_credit:
            self.do(lambda: refund_to_credit(**asked))
        else:
            self.do(lambda: request_refund(**asked))

    @rule(index=PICK, state=st.sampled_from([Seen.SUCCEEDED, Seen.FAILED, Seen.PROCESSING]))
    def her_refund_is_answered(self, index: int, state: Seen) -> None:
        row = self.one(GatewayRefund, index, is_ours=True)
        if row is None:
            return
        paid = next(each for each in self.paid if each.payment.pk == row.payment_id)
        key = str(row.pk)
        seen = RefundSeen(f"re_{key}", row.amount, state, key)
        others = total((each.amount for each in paid.seen.refunds if each.key != key), "USD")
        if others + row.amount > paid.attempt.amount:
            return
        settle_refund(organisation_id=self.world.organisation.pk, refund_id=row.pk, seen=seen)

    @rule(index=PICK)
    def the_bank_returns_it(self, index: int) -> None:
        self.which(index).comes_back()

    @rule(index=PICK, units=UNITS, state=st.sampled_from(list(DisputeState)), taken=st.booleans())
    def it_is_disputed_won_or_lost(self, index: int, units: int, state: DisputeState, taken: bool) -> None:
        paid = self.which(index)
        amount = paid.seen.disputes[0].amount if paid.seen.disputes else self.money(units)
        due = datetime(2026, 12, 1, tzinfo=UTC)
        paid.says(disputes=(DisputeSeen("dp_1", amount, state, "Denied", due, taken),))

    @rule(source=PICK, index=PICK, units=UNITS)
    def excess_is_applied(self, source: int, index: int, units: int) -> None:
        payment = self.one(Payment, source, unused__gt=0)
        invoice = self.one(Invoice, index, balance__gt=0)
        if payment is not None and invoice is not None:
            amount = min(self.money(units), payment.unused, invoice.balance)
            self.do(
                lambda: apply_credit(actor=self.world.olive, source=payment, invoice=invoice, amount=amount)
            )

    @rule(source=PICK, index=PICK, units=UNITS)
    def the_retainer_is_drawn(self, source: int, index: int, units: int) -> None:
        retainer = self.one(RetainerInvoice, source, available__gt=0)
        invoice = self.one(Invoice, index, balance__gt=0)
        if retainer is not None and invoice is not None:
            amount = min(self.money(units), retainer.available, invoice.balance)
            self.do(
                lambda: draw_retainer(
                    actor=self.world.olive, retainer=retainer, invoice=invoice, amount=amount
                )
            )

    @rule(index=PICK, units=UNITS)
    def excess_is_refunded_by_hand(self, index: int, units: int) -> None:
        if payment := self.one(Payment, index, unused__gt=0):
            amount = min(self.money(units), payment.unused)
            day = clock.today("UTC")
            self.do(
                lambda: refund_excess(
                    actor=self.world.olive, payment=payment, amount=amount, mode="cash", date=day
                )
            )

    @rule(index=PICK, units=UNITS)
    def the_retainer_is_refunded_by_hand(self, index: int, units: int) -> None:
        if retainer := self.one(RetainerInvoice, index, available__gt=0):
            amount = min(self.money(units), retainer.available)
            day = clock.today("UTC")
            self.do(
                lambda: refund_retainer(
                    actor=self.world.olive, retainer=retainer, amount=amount, mode="cash", date=day
                )
            )

    @rule(index=PICK)
    def a_refund_is_undone(self, index: int) -> None:
        if refund := self.one(Refund, index, reversed_at=None):
            self.do(lambda: undo_refund(actor=self.world.olive, refund=refund, reason="Wrong"))

    @rule(index=PICK)
    def a_payment_is_voided(self, index: int) -> None:
        if payment := self.one(Payment, index, voided_at=None):
            self.do(lambda: void_payment(actor=self.world.olive, payment=payment, reason="Wrong"))

    @rule(index=PICK)
    def an_invoice_is_voided(self, index: int) -> None:
        if invoice := self.one(Invoice, index, paid=0):
            self.do(lambda: void_invoice(actor=self.world.olive, invoice=invoice, reason="Wrong"))

    @invariant()
    def the_books_add_up(self) -> None:
        assert not selfcheck(self.world.organisation.pk)

    @invariant()
    def nothing_is_overdrawn(self) -> None:
        with scope(self.world.job):
            sums: list[tuple[Any, Any]] = [
                *Invoice.objects.values_list("balance", "total"),
                *RetainerInvoice.objects.values_list("balance", "total"),
                *RetainerInvoice.objects.values_list("available", "paid"),
                *Payment.objects.values_list("unused", "amount"),
                *TakenBack.objects.values_list("charged", "amount"),
            ]
        assert all(0 <= part <= whole for part, whole in sums)

    @invariant()
    def cash_is_what_the_gateway_has(self) -> None:
        """Charges less refunds, returns and what disputes have taken, and what came and went by hand."""
        with scope(self.world.job):
            gone = sum(
                row.amount.amount
                for row in GatewayRefund.objects.filter(state="succeeded", payment__voided_at=None)
            )
            taken = sum(
                row.amount.amount
                for row in TakenBack.objects.filter(restored_at=None, payment__voided_at=None)
            )
            came = sum(row.amount.amount for row in Payment.objects.filter(voided_at=None))
            by_hand = sum(
                row.amount.amount for row in Refund.objects.filter(reversed_at=None, gateway_refund=None)
            )
        cash = self.counter.books.balances().get("cash", "0")
        assert f"{came - gone - taken - by_hand:.2f}" == f"{float(cash):.2f}"


def test_whatever_goes_back_the_books_add_up() -> None:
    run_state_machine_as_test(
        AnyGoingBack,
        settings=settings(
            max_examples=4, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
