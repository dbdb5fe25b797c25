"""Random histories of one customer, for properties that hold whatever happens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from portico.access.actors import StaffActor
from portico.access.scope import scope
from portico.credit_notes.actions import apply_credit, refund_credit_note, unapply_credit
from portico.credit_notes.models import CreditApplication, CreditNote
from portico.customers.locking import reread
from portico.invoices.actions import reverse_write_off, void_invoice, write_off_invoice
from portico.invoices.actions.opening import set_opening_balance
from portico.invoices.models import Invoice, WriteOff
from portico.kit import clock
from portico.kit.errors import PorticoError
from portico.kit.money import Money, smaller
from portico.payments.actions.refunds import refund_excess
from portico.payments.actions.void import void_payment
from portico.payments.models import Payment, PaymentMode
from portico.retainers.actions import draw_retainer, refund_retainer, undo_drawing
from portico.retainers.models import Drawing, RetainerInvoice
from portico.testing.books import Books

FIRST = date(2025, 11, 20)
"""The history begins here, so that it crosses months and a year."""


@dataclass
class History:
    """What has happened so far, and how more can happen."""

    books: Books
    actor: StaffActor
    random: Random
    day: date = FIRST
    invoices: list[Invoice] = field(default_factory=list)
    notes: list[CreditNote] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    retainers: list[RetainerInvoice] = field(default_factory=list)
    applications: list[CreditApplication] = field(default_factory=list)
    drawings: list[Drawing] = field(default_factory=list)
    lost: list[WriteOff] = field(default_factory=list)

    def happen(self, times: int) -> None:
        """Let so many things happen, a few days apart; what the rules refuse does not happen."""
        for _ in range(times):
            self.day += timedelta(days=self.random.choice((0, 0, 1, 3, 11, 29)))
            self.books = replace(self.books, day=self.day)
            what = self.random.choice(EVENTS)
            with clock.held_at(datetime.combine(self.day, time(12), UTC)):
                try:
                    what(self)
                except (PorticoError, IndexError):
                    continue

    def amount(self) -> str:
        """Some amount that the currency can have."""
        units = self.random.randint(1, 90_000)
        return str(Money.from_minor(units, self.books.currency).amount)

    def fresh(self, rows: list[Invoice]) -> Invoice:
        """One of the invoices, as it stands."""
        with scope(self.actor):
            return reread(self.actor, self.random.choice(rows))

    def invoice(self) -> None:
        self.invoices.append(self.books.invoice(self.amount()))

    def credit(self) -> None:
        self.notes.append(self.books.credit_note(self.amount()))

    def pay(self) -> None:
        invoice, amount = self.fresh(self.invoices), self.books.money(self.amount())
        part = smaller(invoice.balance, amount)
        self.payments.append(self.books.pay(str(amount.amount), (invoice, str(part.amount))))

    def retain(self) -> None:
        retainer = self.books.retainer(self.amount())
        self.retainers.append(retainer)
        self.payments.append(self.books.pay(self.amount(), retainer=retainer))

    def apply(self) -> None:
        sources: list[CreditNote | Payment] = [*self.notes, *self.payments]
        source = self.random.choice(sources)
        invoice = self.fresh(self.invoices)
        amount = smaller(invoice.balance, self.books.money(self.amount()))
        self.applications.append(
            apply_credit(actor=self.actor, source=source, invoice=invoice, amount=amount)
        )

    def unapply(self) -> None:
        unapply_credit(actor=self.actor, application=self.random.choice(self.applications))

    def draw(self) -> None:
        invoice, retainer = self.fresh(self.invoices), self.random.choice(self.retainers)
        amount = smaller(invoice.balance, self.books.money(self.amount()))
        self.drawings.append(
            draw_retainer(actor=self.actor, retainer=retainer, invoice=invoice, amount=amount)
        )

    def undraw(self) -> None:
        undo_drawing(actor=self.actor, drawing=self.random.choice(self.drawings))

    def refund(self) -> None:
        amount, actor = self.books.money(self.amount()), self.actor
        sources: list[CreditNote | Payment | RetainerInvoice] = [*self.notes, *self.payments, *self.retainers]
        source = self.random.choice(sources)
        if isinstance(source, CreditNote):
            refund_credit_note(
                actor=actor, credit_note=source, amount=amount, mode=PaymentMode.CASH, date=self.day
            )
        elif isinstance(source, Payment):
            refund_excess(actor=actor, payment=source, amount=amount, mode=PaymentMode.CASH, date=self.day)
        else:
            refund_retainer(actor=actor, retainer=source, amount=amount, mode=PaymentMode.CASH, date=self.day)

    def void(self) -> None:
        if self.random.random() < 0.5:
            void_invoice(actor=self.actor, invoice=self.random.choice(self.invoices), reason="Wrong")
        else:
            void_payment(actor=self.actor, payment=self.random.choice(self.payments), reason="Returned")

    def lose(self) -> None:
        invoice = self.random.choice(self.invoices)
        self.lost.append(write_off_invoice(actor=self.actor, invoice=invoice, reason="Lost", date=self.day))

    def find_again(self) -> None:
        reverse_write_off(actor=self.actor, write_off=self.random.choice(self.lost))

    def begin(self) -> None:
        owed = self.books.money(self.amount())
        if self.random.random() < 0.3:
            owed = -owed
        set_opening_balance(actor=self.actor, customer=self.books.customer, amount=owed, date=self.day)


EVENTS: tuple[Callable[[History], None], ...] = (
    History.invoice, History.invoice, History.invoice, History.credit, History.pay, History.pay, History.pay,
    History.retain, History.apply, History.unapply, History.draw, History.undraw, History.refund, History.void,
    History.lose, History.find_again, History.begin,
)  # fmt: skip
"""Some happen more often than others."""
