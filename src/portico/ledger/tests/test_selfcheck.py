"""selfcheck finds what was broken behind the program's back, and says where."""

from __future__ import annotations

import os
from collections.abc import Iterator
from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from psycopg import sql
from psycopg.conninfo import make_conninfo

from portico.access.scope import scope
from portico.access.walls import owned_models
from portico.credit_notes.actions import apply_credit
from portico.invoices.actions import write_off_invoice
from portico.kit.ids import new_id
from portico.ledger.checks import CHECKS
from portico.ledger.jobs import BooksError, check_all_books
from portico.ledger.selfcheck import selfcheck
from portico.organisations.models import Organisation
from portico.payments.actions.refunds import refund_excess
from portico.payments.models import AttemptState, GatewayAccount, PaymentAttempt
from portico.retainers.actions import draw_retainer, refund_retainer
from portico.sales_orders.tests.making import order, planters, shipped
from portico.testing.books import Books
from portico.testing.people import World

OWED = "WHERE customer_id = '{greenleaf}' AND"
BROKEN = {
    "UPDATE ledger_balance SET amount = amount + 1 {owed} account = 'receivable'": {"balances", "receivable"},
    "UPDATE ledger_balance SET amount = amount + 1 {owed} account = 'credit'": {"balances", "credit"},
    "UPDATE ledger_balance SET amount = amount + 1 {owed} account = 'retainer'": {"balances", "retainer"},
    "DELETE FROM ledger_balance {owed} account = 'sales'": {"balances"},
    "UPDATE ledger_period SET amount = amount + 1 {owed} account = 'sales'": {"periods"},
    "DELETE FROM ledger_period {owed} account = 'cash'": {"periods"},
    "UPDATE invoices_duetally SET balance = balance + 1 {owed} balance > 0": {"due tally, balance"},
    "UPDATE invoices_duetally SET count = count + 1 {owed} balance > 0": {"due tally, count"},
    "UPDATE invoices_statustally SET count = count + 1 {owed} status = 'draft'": {"status tally"},
    "UPDATE sales_orders_ordertally SET count = count + 1 {owed} shipped_status = 'partly'": {"order tally"},
    "DELETE FROM sales_orders_ordertally {owed} shipped_status = 'pending'": {"order tally"},
    "INSERT INTO ledger_entry (id, organisation_id, customer_id, currency, kind, source_id, day, posted_at)"
    " SELECT gen_random_uuid(), organisation_id, id, 'USD', 'invoice', id, '2026-03-02', now()"
    " FROM customers_customer WHERE id = '{greenleaf}'": {"entries"},
    "UPDATE invoices_invoice SET paid = paid + 1, balance = balance - 1 {owed} status = 'partially_paid'": {
        "invoice.paid", "receivable",
    },
    "UPDATE invoices_invoice SET credited = credited + 1, paid = paid - 1 {owed} paid > 0": {
        "invoice.paid", "invoice.credited",
    },
    "UPDATE invoices_invoice SET drawn = drawn + 1, paid = paid - 1 {owed} paid > 0": {
        "invoice.paid", "invoice.drawn",
    },
    "UPDATE invoices_invoice SET written_off = written_off + 1, paid = paid - 1 {owed} paid > 0": {
        "invoice.paid", "invoice.written_off",
    },
    "UPDATE invoices_invoice SET total = total + 1, balance = balance + 1 {owed} status = 'partially_paid'": {
        "invoice posted", "receivable",
    },
    "UPDATE credit_notes_creditnote SET applied = applied + 1, balance = balance - 1 {owed} balance > 1": {
        "credit note.applied", "credit",
    },
    "UPDATE credit_notes_creditnote SET refunded = refunded + 1, balance = balance - 1 {owed} balance > 1": {
        "credit note.refunded", "credit",
    },
    "UPDATE credit_notes_creditnote SET total = total + 1, balance = balance + 1 {owed} balance > 1": {
        "credit note posted", "credit",
    },
    "UPDATE payments_payment SET allocated = allocated + 1, unused = unused - 1 {owed} unused > 1": {
        "payment.allocated", "credit",
    },
    "UPDATE payments_payment SET credit_applied = credit_applied + 1, unused = unused - 1 {owed} unused > 1": {
        "payment.credit_applied", "credit",
    },
    "UPDATE payments_payment SET refunded = refunded + 1, unused = unused - 1 {owed} unused > 1": {
        "payment.refunded", "credit",
    },
    "UPDATE payments_payment SET amount = amount + 1, unused = unused + 1 {owed} unused > 1": {
        "payment posted", "credit",
    },
    "UPDATE payments_refund SET amount = amount + 1 {owed} retainer_id IS NOT NULL": {
        "refund posted", "retainer invoice.refunded",
    },
    "UPDATE retainers_retainerinvoice SET paid = paid + 1, balance = balance - 1, available = available + 1"
    " {owed} balance > 0": {"retainer invoice.paid", "retainer"},
    "UPDATE retainers_retainerinvoice SET drawn = drawn + 1, available = available - 1 {owed} available > 0": {
        "retainer invoice.drawn", "retainer",
    },
    "UPDATE retainers_retainerinvoice SET refunded = refunded + 1, available = available - 1"
    " {owed} available > 0": {"retainer invoice.refunded", "retainer"},
}  # fmt: skip


@pytest.fixture
def forgotten(world: World) -> Iterator[None]:
    """Afterwards the organisation is wiped out, triggers and all: nobody else is to find broken books."""
    yield
    server = make_conninfo(os.environ["PORTICO_TEST_SERVER"], dbname=connection.settings_dict["NAME"])
    with psycopg.connect(server) as superuser:
        superuser.execute("SET session_replication_role = replica")
        for model in owned_models():
            own = "id" if model is Organisation else "organisation_id"
            table = sql.Identifier(model._meta.db_table)
            superuser.execute(
                sql.SQL("DELETE FROM {} WHERE {} = %s").format(table, sql.Identifier(own)),
                [world.organisation.pk],
            )


@pytest.fixture
def books(world: World, forgotten: None) -> Books:
    """Greenleaf's books with everything in them, at Harbourview a little."""
    books = Books(world.olive, world.greenleaf)
    invoice, lost, retainer = books.invoice("100"), books.invoice("5"), books.retainer("80")
    payment = books.pay("60", (invoice, "40"))
    apply_credit(actor=world.olive, source=payment, invoice=invoice, amount=books.money("5"))
    refund_excess(actor=world.olive, payment=payment, amount=books.money("5"), mode="cash", date=books.day)
    apply_credit(actor=world.olive, source=books.credit_note("30"), invoice=invoice, amount=books.money("5"))
    books.pay("50", retainer=retainer)
    draw_retainer(actor=world.olive, retainer=retainer, invoice=invoice, amount=books.money("10"))
    refund_retainer(
        actor=world.olive, retainer=retainer, amount=books.money("10"), mode="cash", date=books.day
    )
    write_off_invoice(actor=world.olive, invoice=lost, reason="Bankrupt")
    books.drafted("9")
    shipped(world, order(world, [planters("10")]), "4")
    order(world)
    Books(world.olive, world.harbourview).invoice("70")
    books.assert_clean()
    return books


def as_owner(statement: str) -> None:
    """Run a statement as the owner of the tables, who is bound by no policy."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement)
        assert cursor.rowcount > 0, "nothing was broken"


@pytest.mark.parametrize("statement", BROKEN)
def test_what_is_broken_is_found_and_nothing_else(books: Books, statement: str) -> None:
    greenleaf = str(books.customer.pk)
    as_owner(statement.format(owed=OWED.format(greenleaf=greenleaf), greenleaf=greenleaf))
    findings = selfcheck(books.customer.organisation_id)
    assert {finding.check for finding in findings} == BROKEN[statement]
    for finding in findings:
        assert (finding.customer, finding.currency) == ("Greenleaf Gardens Ltd", "USD")
        assert finding.expected != finding.found or finding.check == "entries"


def attempt(world: World, books: Books, state: AttemptState) -> PaymentAttempt:
    with scope(world.job):
        account, _ = GatewayAccount.objects.get_or_create(
            organisation=world.organisation, gateway="sandbox", name="Card"
        )
        return PaymentAttempt.objects.create(
            organisation=world.organisation,
            customer=world.greenleaf,
            gateway_account=account,
            submission_key=new_id(),
            currency="USD",
            amount=books.money("5"),
            state=state,
        )


def test_a_success_without_a_payment_is_found(world: World, books: Books) -> None:
    attempt(world, books, AttemptState.UNKNOWN)
    books.assert_clean()
    attempt(world, books, AttemptState.SUCCEEDED)
    (finding,) = selfcheck(world.organisation.pk)
    assert (finding.check, str(finding.expected), str(finding.found)) == ("attempts", "5.000", "0")


def test_a_payment_of_an_attempt_that_did_not_succeed_is_found(world: World, books: Books) -> None:
    failed = attempt(world, books, AttemptState.FAILED)
    payment = books.pay("5")
    with scope(world.job):
        type(payment).objects.filter(pk=payment.pk).update(attempt=failed)
    (finding,) = selfcheck(world.organisation.pk)
    assert (finding.check, str(finding.expected), str(finding.found)) == ("attempts", "0", "5.000")


def test_every_check_can_fail() -> None:
    from portico.payments.tests.test_selfcheck_of_what_goes_back import GONE_BACK

    assert {check.name for check in CHECKS} == set().union(*BROKEN.values(), GONE_BACK, {"attempts"})


def test_the_command_says_that_all_is_well(world: World, books: Books) -> None:
    out = StringIO()
    call_command("selfcheck", portal=world.organisation.portal_name, stdout=out)
    assert out.getvalue() == f"The books add up: {len(CHECKS)} checks of 1 organisations.\n"
    with pytest.raises(CommandError, match="no portal"):
        call_command("selfcheck", portal="nobodyshop")


def test_the_command_shows_what_is_wrong_and_fails(world: World, books: Books) -> None:
    as_owner(f"UPDATE ledger_period SET amount = amount + 1 WHERE customer_id = '{world.greenleaf.pk}'")
    out = StringIO()
    with pytest.raises(CommandError) as failed:
        call_command("selfcheck", portal=world.organisation.portal_name, stdout=out)
    assert failed.value.returncode == 1
    head, *rows = out.getvalue().splitlines()
    assert head.split() == ["Portal", "Check", "Customer", "Currency", "What", "Expected", "Found"]
    assert len(rows) > 5
    assert all("Greenleaf Gardens Ltd" in row and "periods" in row for row in rows)


def test_the_nightly_job_fails_where_something_is_wrong(world: World, books: Books) -> None:
    as_owner(f"UPDATE ledger_period SET amount = amount + 1 WHERE customer_id = '{world.greenleaf.pk}'")
    with pytest.raises(BooksError):
        check_all_books(0)
