"""Any sequence of actions, in dollars, yen and dinars: after each the books add up and no document is overdrawn."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from portico.access.scope import scope
from portico.credit_notes.actions import (
    CreditNoteDraft,
    apply_credit,
    draft_credit_note,
    issue_credit_note,
    refund_credit_note,
    unapply_credit,
    void_credit_note,
)
from portico.credit_notes.models import CreditApplication, CreditNote
from portico.invoices.actions import (
    InvoiceDraft,
    delete_draft,
    draft_invoice,
    edit_invoice,
    issue_invoice,
    mark_viewed,
    reverse_write_off,
    set_opening_balance,
    void_invoice,
    write_off_invoice,
)
from portico.invoices.models import Invoice, WriteOff
from portico.kit.errors import ConflictError, InvalidError
from portico.kit.money import Money
from portico.ledger.selfcheck import selfcheck
from portico.payments.actions.record import record_payment
from portico.payments.actions.refunds import refund_excess
from portico.payments.actions.void import void_payment
from portico.payments.models import Payment
from portico.retainers.actions import (
    RetainerDraft,
    draft_retainer,
    draw_retainer,
    issue_retainer,
    refund_retainer,
    undo_drawing,
    void_retainer,
)
from portico.retainers.models import Drawing, RetainerInvoice
from portico.testing.books import Books
from portico.testing.people import World, make_world
from portico.transactions.drafts import LineDraft
from portico.transactions.totals import Tax

UNITS = st.integers(1, 40_000)
PICK = st.integers(0, 10**6)
DAYS = st.dates(date(2026, 1, 1), date(2026, 6, 30))
SHARES = st.sampled_from([Decimal("0.01"), Decimal("0.37"), Decimal(1), Decimal("1.01")])
VAT = Tax("VAT", Decimal("7.7"))


class AnySequence(RuleBasedStateMachine):
    """One customer's books; each rule is an action, tried whether or not it is allowed just now."""

    currency = "USD"

    @initialize()
    def begin(self) -> None:
        """An organisation of this sequence's own, with something of everything to begin with."""
        self.world: World = make_world(self.currency)
        self.done = 0
        books = Books(self.world.olive, self.world.greenleaf, self.currency)
        for amount in ("100", "250", "70"):
            invoice = books.invoice(amount)
        note, retainer = books.credit_note("120"), books.retainer("80")
        books.pay("90", (invoice, "30"))
        books.pay("60", retainer=retainer)
        apply_credit(actor=books.actor, source=note, invoice=invoice, amount=books.money("10"))
        draw_retainer(actor=books.actor, retainer=retainer, invoice=invoice, amount=books.money("10"))

    def do(self, action: Callable[[], object]) -> None:
        """Perform an action; one that is not allowed is refused by a named error."""
        with suppress(ConflictError, InvalidError):
            action()
            self.done += 1

    def money(self, units: int) -> Money:
        """So many of the currency's smallest units."""
        return Money.from_minor(units, self.currency)

    def pick(self, model: Any, index: int, **likely: Any) -> Any:
        """One of the rows there are, or None; mostly one with which something can be done."""
        with scope(self.world.olive):
            rows = list(model.objects.filter(**likely).order_by("pk")) if index % 4 < 3 else []
            rows = rows or list(model.objects.order_by("pk"))
        return rows[index // 4 % len(rows)] if rows else None

    def lines(self, units: int) -> list[LineDraft]:
        """A line with tax and a discount, and one without."""
        rate = self.money(units).amount
        return [
            LineDraft(name="Roses", quantity=Decimal("1.5"), rate=rate, taxes=(VAT,)),
            LineDraft(name="Ribbon", rate=rate, discount_kind="percent", discount_value=Decimal(33)),
        ]

    def share(self, whole: Money, share: Decimal) -> Money:
        """A part of an amount: a little, some, all, or slightly more than all."""
        return whole.times(share)

    @rule(units=st.integers(0, 40_000), day=DAYS)
    def draft(self, units: int, day: date) -> None:
        draft = InvoiceDraft(date=day, lines=self.lines(units), adjustment=self.money(units % 3))
        self.do(lambda: draft_invoice(actor=self.world.olive, customer=self.world.greenleaf, draft=draft))

    @rule(units=UNITS, day=DAYS)
    def draft_and_issue(self, units: int, day: date) -> None:
        draft = InvoiceDraft(date=day, lines=self.lines(units))
        invoice = draft_invoice(actor=self.world.olive, customer=self.world.greenleaf, draft=draft)
        self.do(lambda: issue_invoice(actor=self.world.olive, invoice=invoice))

    @rule(index=PICK, units=UNITS, day=DAYS, how=st.sampled_from(["edit", "delete", "issue", "view", "void"]))
    def do_something_to_an_invoice(self, index: int, units: int, day: date, how: str) -> None:
        likely = {"status": "draft"} if how in {"edit", "delete", "issue"} else {"status": "sent"}
        invoice, olive = self.pick(Invoice, index, **likely), self.world.olive
        if invoice is None or (how == "view" and invoice.status == "draft"):
            return
        draft = InvoiceDraft(date=day, lines=self.lines(units))
        self.do(
            {
                "edit": lambda: edit_invoice(actor=olive, invoice=invoice, draft=draft),
                "delete": lambda: delete_draft(actor=olive, invoice=invoice),
                "issue": lambda: issue_invoice(actor=olive, invoice=invoice),
                "view": lambda: mark_viewed(actor=self.world.maya, invoice=invoice),
                "void": lambda: void_invoice(actor=olive, invoice=invoice, reason="Wrong"),
            }[how]
        )

    @rule(
        units=UNITS,
        day=DAYS,
        first=PICK,
        second=PICK,
        share=SHARES,
        retainer=st.none() | PICK,
        job=st.booleans(),
    )
    def pay(
        self,
        *,
        units: int,
        day: date,
        first: int,
        second: int,
        share: Decimal,
        retainer: int | None,
        job: bool,
    ) -> None:
        """Pay two invoices, with or without a retainer, by staff or by a gateway's success."""
        asked = {
            invoice.pk: self.share(invoice.balance, share)
            for invoice in (
                self.pick(Invoice, first, balance__gt=0),
                self.pick(Invoice, second, balance__gt=0),
            )
            if invoice is not None
        }
        self.do(
            lambda: record_payment(
                actor=self.world.job if job else self.world.olive,
                customer=self.world.greenleaf,
                amount=self.money(units),
                date=day,
                mode="bank_transfer",
                allocations=asked,
                retainer=None if retainer is None else self.pick(RetainerInvoice, retainer, balance__gt=0),
            )
        )

    @rule(index=PICK, share=SHARES)
    def pay_one_invoice(self, index: int, share: Decimal) -> None:
        invoice = self.pick(Invoice, index, balance__gt=0)
        if invoice is None or not (amount := self.share(invoice.balance, share)):
            return
        self.do(
            lambda: record_payment(
                actor=self.world.olive,
                customer=self.world.greenleaf,
                amount=amount,
                date=invoice.date,
                mode="cheque",
                allocations={invoice.pk: amount},
            )
        )

    @rule(index=PICK)
    def void_a_payment(self, index: int) -> None:
        if payment := self.pick(Payment, index, voided_at=None):
            self.do(lambda: void_payment(actor=self.world.olive, payment=payment, reason="Bounced"))

    @rule(units=UNITS, day=DAYS)
    def credit(self, units: int, day: date) -> None:
        draft = CreditNoteDraft(date=day, lines=self.lines(units))
        note = draft_credit_note(actor=self.world.olive, customer=self.world.greenleaf, draft=draft)
        self.do(lambda: issue_credit_note(actor=self.world.olive, credit_note=note))

    @rule(source=PICK, of_payment=st.booleans(), index=PICK, share=SHARES)
    def put_credit_on_an_invoice(self, source: int, of_payment: bool, index: int, share: Decimal) -> None:
        likely = {"unused__gt": 0} if of_payment else {"balance__gt": 0}
        origin = self.pick(Payment if of_payment else CreditNote, source, **likely)
        invoice = self.pick(Invoice, index, balance__gt=0)
        if origin is None or invoice is None:
            return
        left = origin.unused if of_payment else origin.balance
        amount = self.share(min(left, invoice.balance), share)
        self.do(lambda: apply_credit(actor=self.world.olive, source=origin, invoice=invoice, amount=amount))

    @rule(units=UNITS, day=DAYS)
    def ask_for_a_retainer(self, units: int, day: date) -> None:
        draft = RetainerDraft(date=day, lines=self.lines(units))
        retainer = draft_retainer(actor=self.world.olive, customer=self.world.greenleaf, draft=draft)
        self.do(lambda: issue_retainer(actor=self.world.olive, retainer=retainer))

    @rule(source=PICK, index=PICK, share=SHARES)
    def draw(self, source: int, index: int, share: Decimal) -> None:
        retainer = self.pick(RetainerInvoice, source, available__gt=0)
        invoice = self.pick(Invoice, index, balance__gt=0)
        if retainer is None or invoice is None:
            return
        amount = self.share(min(retainer.available, invoice.balance), share)
        self.do(
            lambda: draw_retainer(actor=self.world.olive, retainer=retainer, invoice=invoice, amount=amount)
        )

    @rule(
        index=PICK,
        share=SHARES,
        days=st.integers(-1, 5),
        of=st.sampled_from(["credit note", "payment", "retainer"]),
    )
    def pay_back(self, index: int, share: Decimal, days: int, of: str) -> None:
        source = {
            "credit note": lambda: self.pick(CreditNote, index, balance__gt=0),
            "payment": lambda: self.pick(Payment, index, unused__gt=0),
            "retainer": lambda: self.pick(RetainerInvoice, index, available__gt=0),
        }[of]()
        if source is None:
            return
        how = {"actor": self.world.olive, "mode": "cash", "date": source.date + timedelta(days=days)}
        self.do(
            {
                "credit note": lambda: refund_credit_note(
                    credit_note=source, amount=self.share(source.balance, share), **how
                ),
                "payment": lambda: refund_excess(
                    payment=source, amount=self.share(source.unused, share), **how
                ),
                "retainer": lambda: refund_retainer(
                    retainer=source, amount=self.share(source.available, share), **how
                ),
            }[of]
        )

    @rule(index=PICK, of=st.sampled_from([CreditApplication, Drawing, WriteOff, CreditNote, RetainerInvoice]))
    def undo(self, index: int, of: type) -> None:
        live = (
            {"status__in": ["open", "sent"]} if of in {CreditNote, RetainerInvoice} else {"reversed_at": None}
        )
        row, olive = self.pick(of, index, **live), self.world.olive
        if row is None:
            return
        undo: dict[type, Callable[[], object]] = {
            CreditApplication: lambda: unapply_credit(actor=olive, application=row),
            Drawing: lambda: undo_drawing(actor=olive, drawing=row),
            WriteOff: lambda: reverse_write_off(actor=olive, write_off=row),
            CreditNote: lambda: void_credit_note(actor=olive, credit_note=row, reason="Wrong"),
            RetainerInvoice: lambda: void_retainer(actor=olive, retainer=row, reason="Wrong"),
        }
        self.do(undo[of])

    @rule(index=PICK)
    def write_off(self, index: int) -> None:
        if invoice := self.pick(Invoice, index, balance__gt=0):
            self.do(lambda: write_off_invoice(actor=self.world.olive, invoice=invoice, reason="Bankrupt"))

    @precondition(lambda self: self.done > 2)
    @rule(units=st.integers(-40_000, 40_000), day=DAYS)
    def open_with(self, units: int, day: date) -> None:
        self.do(
            lambda: set_opening_balance(
                actor=self.world.olive, customer=self.world.greenleaf, amount=self.money(units), date=day
            )
        )

    @invariant()
    def the_books_add_up(self) -> None:
        assert not selfcheck(self.world.organisation.pk)

    @invariant()
    def nothing_is_overdrawn(self) -> None:
        with scope(self.world.olive):
            sums: list[tuple[Any, Any]] = [
                *Invoice.objects.values_list("balance", "total"),
                *CreditNote.objects.values_list("balance", "total"),
                *RetainerInvoice.objects.values_list("balance", "total"),
                *RetainerInvoice.objects.values_list("available", "paid"),
                *Payment.objects.values_list("unused", "amount"),
            ]
        assert all(0 <= part <= whole for part, whole in sums)


@pytest.mark.parametrize("currency", ["USD", "JPY", "KWD"])
def test_whatever_is_done_the_books_add_up(currency: str) -> None:
    machine = type(f"AnySequenceIn{currency}", (AnySequence,), {"currency": currency})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=6,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
