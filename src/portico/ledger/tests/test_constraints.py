"""What the database refuses by itself, whatever a program asks for: each guarantee, tried with plain SQL."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.db import DatabaseError, connection, connections

from portico.access.scope import scope
from portico.credit_notes.actions import apply_credit
from portico.credit_notes.models import CreditNote
from portico.invoices.models import Invoice
from portico.kit.ids import new_id
from portico.ledger.models import Entry
from portico.payments.models import Payment
from portico.retainers.models import RetainerInvoice
from portico.testing.books import Books
from portico.testing.people import World


@dataclass(frozen=True)
class Scene:
    """Greenleaf's books with one of everything, and an invoice of Harbourview."""

    world: World
    invoice: Invoice
    payment: Payment
    retainer: RetainerInvoice
    credit_note: CreditNote
    entry: Entry
    yen: Invoice
    theirs: Invoice

    def run(self, statement: str) -> None:
        """Run one statement in Olive's scope; {names} are this scene's ids."""
        ids = {
            name: f"'{getattr(self, name).pk}'"
            for name in ("invoice", "payment", "retainer", "credit_note", "entry", "yen", "theirs")
        }
        filled = statement.format(
            **ids,
            new=f"'{new_id()}'",
            organisation=f"'{self.world.organisation.pk}'",
            greenleaf=f"'{self.world.greenleaf.pk}'",
            harbourview=f"'{self.world.harbourview.pk}'",
        )
        with scope(self.world.olive), connection.cursor() as cursor:
            cursor.execute(filled)
            assert cursor.rowcount, "nothing was touched, so nothing was tried"


@pytest.fixture
def scene(world: World) -> Scene:
    books = Books(world.olive, world.greenleaf)
    invoice, retainer, credit_note = books.invoice("100"), books.retainer("50"), books.credit_note("30")
    payment = books.pay("95", (invoice, "40"), retainer=retainer)
    apply_credit(actor=world.olive, source=credit_note, invoice=invoice, amount=books.money("10"))
    with scope(world.olive):
        entry = Entry.objects.get(source_id=invoice.pk)
    return Scene(
        world,
        invoice,
        payment,
        retainer,
        credit_note,
        entry,
        yen=Books(world.olive, world.greenleaf, "JPY").invoice("500"),
        theirs=Books(world.olive, world.harbourview).invoice("70"),
    )


ENTRY = (
    "INSERT INTO ledger_entry (id, organisation_id, customer_id, currency, kind, source_id, day, posted_at)"
)
POSTING = (
    "INSERT INTO ledger_posting"
    " (id, organisation_id, customer_id, entry_id, currency, account, kind, day, amount) VALUES"
)
ALLOCATION = (
    "INSERT INTO payments_allocation"
    " (id, organisation_id, customer_id, payment_id, invoice_id, currency, amount, taken, created_at) VALUES"
)
REFUSED = {
    "an entry that does not balance": (
        POSTING + " ({new}, {organisation}, {greenleaf}, {entry}, 'USD', 'cash', 'invoice', '2026-03-02', 1)",
        "does not balance",
    ),
    "a posting of nothing": (
        POSTING + " ({new}, {organisation}, {greenleaf}, {entry}, 'USD', 'cash', 'invoice', '2026-03-02', 0)",
        "posting_not_zero",
    ),
    "an account that does not exist": (
        POSTING
        + " ({new}, {organisation}, {greenleaf}, {entry}, 'USD', 'cellar', 'invoice', '2026-03-02', 1)",
        "posting_known_account",
    ),
    "a posting on another day than its entry": (
        POSTING + " ({new}, {organisation}, {greenleaf}, {entry}, 'USD', 'cash', 'invoice', '2026-03-03', 1)",
        "ledger_posting_repeats_entry",
    ),
    "a posting in another currency than its entry": (
        POSTING + " ({new}, {organisation}, {greenleaf}, {entry}, 'JPY', 'cash', 'invoice', '2026-03-02', 1)",
        "same_customer|repeats_entry",
    ),
    "a posting finer than the currency": (
        POSTING
        + " ({new}, {organisation}, {greenleaf}, {entry}, 'USD', 'cash', 'invoice', '2026-03-02', 0.001)",
        "amount_exact",
    ),
    "changing a posting": ("UPDATE ledger_posting SET amount = amount * 2", "permission denied"),
    "deleting a posting": ("DELETE FROM ledger_posting", "permission denied"),
    "changing an entry": ("UPDATE ledger_entry SET day = '2026-01-01'", "permission denied"),
    "deleting an entry": ("DELETE FROM ledger_entry", "permission denied"),
    "writing a kept balance": ("UPDATE ledger_balance SET amount = 0", "permission denied"),
    "writing a kept month": ("DELETE FROM ledger_period", "permission denied"),
    "writing a due tally": ("UPDATE invoices_duetally SET count = 0", "permission denied"),
    "writing a status tally": ("UPDATE invoices_statustally SET count = 0", "permission denied"),
    "reversing the same entry twice": (
        ENTRY
        + " SELECT gen_random_uuid(), organisation_id, customer_id, currency, kind, source_id, day, now()"
        " FROM ledger_entry WHERE id = {entry};"
        "INSERT INTO ledger_entry (id, organisation_id, customer_id, currency, kind, source_id, day, posted_at,"
        " reverses_id) SELECT gen_random_uuid(), organisation_id, customer_id, currency, kind, source_id, day,"
        " now(), {entry} FROM ledger_entry, generate_series(1, 2) WHERE ledger_entry.id = {entry}",
        "reverses_id",
    ),
    "an invoice's balance below zero": (
        "UPDATE invoices_invoice SET paid = 101, balance = -11 WHERE id = {invoice}",
        "invoice_",
    ),
    "an invoice's balance that does not add up": (
        "UPDATE invoices_invoice SET balance = 10 WHERE id = {invoice}",
        "invoice_balance_adds_up",
    ),
    "a paid invoice that has a balance": (
        "UPDATE invoices_invoice SET status = 'paid' WHERE id = {invoice}",
        "invoice_status_says_balance",
    ),
    "a void invoice that has payments": (
        "UPDATE invoices_invoice SET status = 'void', balance = 0 WHERE id = {invoice}",
        "invoice_balance_adds_up",
    ),
    "an issued invoice without a number": (
        "UPDATE invoices_invoice SET number = '' WHERE id = {invoice}",
        "invoice_issued_has_number",
    ),
    "two invoices of one number": (
        "UPDATE invoices_invoice SET number = 'INV-0001' WHERE id = {yen}",
        "invoice_number_once",
    ),
    "a credit note used for more than it is": (
        "UPDATE credit_notes_creditnote SET applied = 31, balance = -1 WHERE id = {credit_note}",
        "credit_note_balance_adds_up",
    ),
    "a retainer with more available than was paid": (
        "UPDATE retainers_retainerinvoice SET available = 60 WHERE id = {retainer}",
        "retainer_available_adds_up",
    ),
    "a retainer drawn for more than was paid": (
        "UPDATE retainers_retainerinvoice SET drawn = 60, available = -10 WHERE id = {retainer}",
        "retainer_available_adds_up",
    ),
    "a payment whose parts do not add up": (
        "UPDATE payments_payment SET unused = unused + 1 WHERE id = {payment}",
        "payment_adds_up",
    ),
    "a payment over nothing": (
        "UPDATE payments_payment SET amount = 0, allocated = 0, retained = 0, unused = 0 WHERE id = {payment}",
        "payment_above_zero",
    ),
    "an allocation to another customer's invoice": (
        ALLOCATION + " ({new}, {organisation}, {greenleaf}, {payment}, {theirs}, 'USD', 1, 0, now())",
        "same_customer",
    ),
    "an allocation that says it is the other customer's": (
        ALLOCATION + " ({new}, {organisation}, {harbourview}, {payment}, {theirs}, 'USD', 1, 0, now())",
        "same_customer",
    ),
    "an allocation to an invoice in another currency": (
        ALLOCATION + " ({new}, {organisation}, {greenleaf}, {payment}, {yen}, 'USD', 1, 0, now())",
        "same_customer",
    ),
    "an allocation of nothing": (
        ALLOCATION + " ({new}, {organisation}, {greenleaf}, {payment}, {invoice}, 'USD', 0, 0, now())",
        "allocation_above_zero",
    ),
    "two allocations of one payment to one invoice": (
        ALLOCATION + " ({new}, {organisation}, {greenleaf}, {payment}, {invoice}, 'USD', 1, 0, now())",
        "allocation_once",
    ),
    "a drawing on another customer's invoice": (
        (
            "INSERT INTO retainers_drawing"
            " (id, organisation_id, customer_id, retainer_id, invoice_id, currency,"
            " amount, date, created_at) VALUES"
            " ({new}, {organisation}, {greenleaf}, {retainer}, {theirs}, 'USD', 1, '2026-03-02', now())"
        ),
        "same_customer",
    ),
    "credit of two sources at once": (
        (
            "INSERT INTO credit_notes_creditapplication (id, organisation_id, customer_id, credit_note_id, payment_id,"
            " invoice_id, currency, amount, date, created_at) VALUES ({new}, {organisation}, {greenleaf},"
            " {credit_note}, {payment}, {invoice}, 'USD', 1, '2026-03-02', now())"
        ),
        "credit_application_one_source",
    ),
    "half a cent": (
        "UPDATE invoices_invoice SET shipping_charge = 0.005 WHERE id = {invoice}",
        "shipping_charge_exact",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_the_database_refuses(scene: Scene, what: str) -> None:
    statement, words = REFUSED[what]
    with pytest.raises(DatabaseError, match=words):
        scene.run(statement)
    Books(scene.world.olive, scene.world.greenleaf).assert_clean()


def test_not_even_the_owner_of_the_tables_changes_the_ledger(scene: Scene) -> None:
    for statement in (
        "UPDATE ledger_posting SET amount = 1",
        "DELETE FROM ledger_posting",
        "UPDATE ledger_entry SET day = '2026-01-01'",
        "TRUNCATE ledger_posting",
    ):
        with connections["owner"].cursor() as cursor, pytest.raises(DatabaseError, match="only grows"):
            cursor.execute(statement)
