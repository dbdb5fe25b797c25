"""Plays every example of the guide on the balance, and compares each figure and each statement line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from portico.access.actors import JobActor
from portico.access.scope import scope
from portico.credit_notes.actions import apply_credit, refund_credit_note, unapply_credit, void_credit_note
from portico.credit_notes.models import MOVES as CREDIT_NOTE_MOVES
from portico.credit_notes.models import CreditNote
from portico.customers.locking import lock_books
from portico.invoices.actions import reverse_write_off, set_opening_balance, void_invoice, write_off_invoice
from portico.invoices.models import MOVES as INVOICE_MOVES
from portico.kit import clock
from portico.kit.money import Money
from portico.kit.states import Moves
from portico.payments.actions.gateway_refunds import refund_to_credit
from portico.payments.actions.refunds import refund_excess
from portico.payments.actions.taking import give_back, take_back
from portico.payments.actions.undo_refund import undo_refund
from portico.payments.actions.void import void_payment
from portico.payments.models import Payment, TakenBack, TakenBackKind
from portico.retainers.actions import draw_retainer, refund_retainer, undo_drawing, void_retainer
from portico.retainers.models import MOVES as RETAINER_MOVES
from portico.statements.queries import Line, statement
from portico.statements.spans import Span
from portico.testing.books import A_DAY, Books
from portico.testing.people import World

GUIDE = Path(__file__).parents[4] / "docs/guides/how-each-transaction-moves-the-balance.md"
HEAD = "| step | receivable | credit | retainer | balance due | statement line |"
NOTHING = "–"
MINUS = "\N{MINUS SIGN}"


@dataclass
class Play:
    """One example: its books, and the latest of each thing the sentences speak of."""

    books: Books
    its: dict[str, Any] = field(default_factory=dict)

    def money(self, text: str) -> Money:
        """“1,000.00” and “−40.00” as money."""
        return self.books.money(text.replace(",", "").replace(MINUS, "-"))

    def refund(self) -> dict[str, Any]:
        """How every refund of the guide is made."""
        return {"actor": self.books.actor, "mode": "bank_transfer", "date": self.books.day}

    def do(self, sentence: str) -> None:
        """Perform the one action that the sentence describes."""
        for pattern, action in SENTENCES.items():
            if match := re.fullmatch(pattern, sentence):
                action(self, *match.groups())
                return
        raise AssertionError(f"the test does not know how to play “{sentence}”")

    def pay(self, amount: str, part: str | None = None, *, retainer: Any = None) -> None:
        """Record a payment."""
        on = [(self.its["invoice"], part.replace(",", ""))] if part else []
        self.its["payment"] = self.books.pay(amount.replace(",", ""), *on, retainer=retainer)

    def apply(self, amount: str, source: str) -> None:
        """Apply a credit note's or a payment's credit to the invoice."""
        self.its["application"] = apply_credit(
            actor=self.books.actor,
            source=self.its[source],
            invoice=self.its["invoice"],
            amount=self.money(amount),
        )

    def open_with(self, amount: str) -> None:
        """Set the opening balance."""
        books = self.books
        set_opening_balance(
            actor=books.actor, customer=books.customer, amount=self.money(amount), date=books.day
        )
        with scope(books.actor):
            self.its["credit note"] = CreditNote.objects.filter(status="open").first()

    def taken_back(self) -> None:
        """The customer's bank takes the whole payment back."""
        job = JobActor(self.books.customer.organisation_id)
        with scope(job):
            lock_books(self.books.customer.pk)
            payment = Payment.objects.get(pk=self.its["payment"].pk)
            self.its["taking"] = take_back(job, payment, payment.amount, TakenBackKind.DISPUTE)

    def given_back(self) -> None:
        """It gives it back."""
        job = JobActor(self.books.customer.organisation_id)
        with scope(job):
            lock_books(self.books.customer.pk)
            give_back(job, TakenBack.objects.get(pk=self.its["taking"].pk))

    def keep(self, name: str, row: Any) -> None:
        """Remember what the next sentence calls “the …”."""
        self.its[name] = row


A = rf"([{MINUS}\d,.]+)"
SENTENCES: dict[str, Callable[..., object]] = {
    f"An invoice over {A} is issued": lambda p, a: p.keep("invoice", p.books.invoice(a.replace(",", ""))),
    f"A credit note over {A} is issued": lambda p, a: p.keep("credit note", p.books.credit_note(a)),
    f"A retainer invoice over {A} is issued": lambda p, a: p.keep("retainer", p.books.retainer(a)),
    f"A payment of {A} arrives": lambda p, a: p.pay(a),
    f"A payment of {A} arrives, {A} for the invoice": lambda p, a, part: p.pay(a, part),
    f"A payment of {A} arrives for the retainer invoice": lambda p, a: p.pay(a, retainer=p.its["retainer"]),
    f"{A} of the (credit note|payment) is applied to the invoice": lambda p, a, source: p.apply(a, source),
    "The application is taken back": lambda p: unapply_credit(
        actor=p.books.actor, application=p.its["application"]
    ),
    f"{A} of the credit note is refunded": lambda p, a: refund_credit_note(
        credit_note=p.its["credit note"], amount=p.money(a), **p.refund()
    ),
    f"{A} of the payment is refunded": lambda p, a: p.keep(
        "refund", refund_excess(payment=p.its["payment"], amount=p.money(a), **p.refund())
    ),
    f"{A} of the retainer is refunded": lambda p, a: refund_retainer(
        retainer=p.its["retainer"], amount=p.money(a), **p.refund()
    ),
    f"{A} of the retainer is drawn on the invoice": lambda p, a: p.keep(
        "drawing",
        draw_retainer(
            actor=p.books.actor,
            retainer=p.its["retainer"],
            invoice=p.its["invoice"],
            amount=p.money(a),
        ),
    ),
    "The drawing is undone": lambda p: undo_drawing(actor=p.books.actor, drawing=p.its["drawing"]),
    "The rest of the invoice is written off": lambda p: p.keep(
        "write-off",
        write_off_invoice(actor=p.books.actor, invoice=p.its["invoice"], reason="Bankrupt"),
    ),
    "The write-off is reversed": lambda p: reverse_write_off(
        actor=p.books.actor, write_off=p.its["write-off"]
    ),
    "The invoice is voided": lambda p: void_invoice(
        actor=p.books.actor, invoice=p.its["invoice"], reason="Wrong"
    ),
    "The credit note is voided": lambda p: void_credit_note(
        actor=p.books.actor, credit_note=p.its["credit note"], reason="Wrong"
    ),
    "The payment is voided": lambda p: void_payment(
        actor=p.books.actor, payment=p.its["payment"], reason="Returned"
    ),
    f"{A} of the payment is taken off the invoice": lambda p, a: refund_to_credit(
        actor=p.books.actor, payment=p.its["payment"], amount=p.money(a), chosen={}
    ),
    "The refund is undone": lambda p: undo_refund(
        actor=p.books.actor, refund=p.its["refund"], reason="Wrong"
    ),
    "The bank takes the payment back": lambda p: p.taken_back(),
    "The bank gives it back": lambda p: p.given_back(),
    "The retainer invoice is voided": lambda p: void_retainer(
        actor=p.books.actor, retainer=p.its["retainer"], reason="Wrong"
    ),
    f"The opening balance is set to {A}": lambda p, a: p.open_with(a),
}


def examples() -> Iterator[list[list[str]]]:
    """The rows of each example, as cells."""
    rows: list[list[str]] = []
    inside = False
    for line in [*GUIDE.read_text().splitlines(), ""]:
        if line == HEAD:
            inside, rows = True, []
        elif inside and not line.startswith("|"):
            inside = False
            yield rows
        elif inside and not line.startswith("|---"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])


def printed(amount: Decimal) -> str:
    return f"{amount:,.2f}".replace("-", MINUS)


def said(line: Line) -> str:
    moved = line.charge if line.charge is not None else line.payment
    assert moved is not None
    return f"{line.title}: {printed(moved.amount)}"


def figures(play: Play, world: World, already: int) -> tuple[list[str], int]:
    """What the guide's columns should say now, and how many lines the statement has."""
    held = {account: Decimal(text) for account, text in play.books.balances().items()}
    receivable, credit, retainer = (
        held.get(account, Decimal(0)) for account in ("receivable", "credit", "retainer")
    )
    with scope(world.maya):
        shown = statement(world.maya, "USD", Span(A_DAY, A_DAY))
    assert shown.closing.amount == receivable + credit
    lines = "; ".join(said(line) for line in shown.lines[already:]) or NOTHING
    columns = [printed(each) for each in (receivable, abs(credit), abs(retainer), receivable + credit)]
    return [*columns, lines], len(shown.lines)


@pytest.mark.parametrize("number", range(len(list(examples()))))
def test_the_guide_says_what_happens(world: World, number: int) -> None:
    rows = list(examples())[number]
    play, lines = Play(Books(world.olive, world.greenleaf)), 0
    with clock.held_at(datetime.combine(A_DAY, time(12), UTC)):
        for sentence, *cells in rows:
            play.do(sentence)
            expected, lines = figures(play, world, lines)
            assert cells == expected, sentence
            play.books.assert_clean()


def test_every_sentence_is_told_in_the_guide() -> None:
    told = [row[0] for rows in examples() for row in rows]
    assert not [pattern for pattern in SENTENCES if not any(re.fullmatch(pattern, each) for each in told)]


@pytest.mark.parametrize("moves", [INVOICE_MOVES, RETAINER_MOVES, CREDIT_NOTE_MOVES], ids=lambda m: m.noun)
def test_the_diagrams_are_the_tables_of_moves(moves: Moves[str]) -> None:
    heading = f"{moves.noun.capitalize()}:\n\n"
    assert f"{heading}```mermaid\n{moves.diagram()}\n```\n" in GUIDE.read_text()
