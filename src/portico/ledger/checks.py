"""The checks of `selfcheck`: each is one statement that finds what does not add up, for one organisation.

They name tables, not models: the ledger imports no business app, and a check must not lean on the code it checks.
"""
# ruff: noqa: S608 (what is put together here are the constants of this module)

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Check:
    """A sentence that must hold, and a statement whose rows are where it does not.

    The rows are (customer, currency, subject, expected, found); %(organisation)s is whose books are checked.
    """

    name: str
    sentence: str
    sql: str


def _kept(name: str, sentence: str, *, table: str, keys: str, column: str, source: str) -> Check:
    """A sum that a trigger keeps against the same sum made now."""
    key_list = [key.strip() for key in keys.split(",")]
    using = ", ".join(["customer_id", "currency", *key_list])
    subject = " || ' ' || ".join(f"coalesce({key}::text, '')" for key in key_list)
    return Check(
        name,
        sentence,
        f"""
        SELECT customer_id, currency, {subject}, coalesce(now_is, 0), coalesce(kept, 0)
          FROM (SELECT {using}, {column} AS kept FROM {table} WHERE organisation_id = %(organisation)s) k
          FULL JOIN ({source}) n USING ({using})
         WHERE coalesce(kept, 0) <> coalesce(now_is, 0)
        """,
    )


def _parts(
    whole: str, column: str, part: str, link: str, *, amount: str = "amount", live: str = "true"
) -> Check:
    """A document's column against the sum of the rows that make it up."""
    table, noun = _TABLES[whole]
    part_table, part_noun = _TABLES[part]
    return Check(
        f"{whole}.{column}",
        f"what {noun}s say is {column.replace('_', ' ')} is the sum of their {part_noun}s",
        f"""
        SELECT d.customer_id, d.currency, '{noun} ' || d.number, coalesce(s.amount, 0), d.{column}
          FROM {table} d
          LEFT JOIN (SELECT {link} AS id, sum({amount}) AS amount FROM {part_table}
                      WHERE organisation_id = %(organisation)s AND {live} GROUP BY {link}) s USING (id)
         WHERE d.organisation_id = %(organisation)s AND d.{column} <> coalesce(s.amount, 0)
        """,
    )


def _posted(document: str, account: str, sign: str, amount: str) -> Check:
    """What a document posted on an account, reversals included, against what it says."""
    table, noun = _TABLES[document]
    return Check(
        f"{document} posted",
        f"what {noun}s have posted is what they say",
        f"""
        SELECT d.customer_id, d.currency, '{noun} ' || d.number, {sign}({amount}), coalesce(s.amount, 0)
          FROM {table} d
          LEFT JOIN (SELECT e.source_id AS id, sum(p.amount) AS amount
                       FROM ledger_entry e JOIN ledger_posting p ON p.entry_id = e.id AND p.account = '{account}'
                      WHERE e.organisation_id = %(organisation)s GROUP BY e.source_id) s USING (id)
         WHERE d.organisation_id = %(organisation)s AND {sign}({amount}) <> coalesce(s.amount, 0)
        """,
    )


def _account(account: str, sentence: str, sign: str, documents: str) -> Check:
    """An account's balance against the open documents behind it."""
    return Check(
        account,
        sentence,
        f"""
        SELECT customer_id, currency, '', coalesce(documents, 0), coalesce(balance, 0)
          FROM (SELECT customer_id, currency, amount AS balance FROM ledger_balance
                 WHERE organisation_id = %(organisation)s AND account = '{account}') b
          FULL JOIN (SELECT customer_id, currency, {sign}sum(amount) AS documents FROM ({documents}) d
                      GROUP BY customer_id, currency) d USING (customer_id, currency)
         WHERE coalesce(documents, 0) <> coalesce(balance, 0)
        """,
    )


def _all() -> Iterator[Check]:
    yield Check(
        "entries",
        "every entry's postings add up to zero",
        """
        SELECT e.customer_id, e.currency, 'entry ' || e.id, 0, sum(p.amount)
          FROM ledger_entry e LEFT JOIN ledger_posting p ON p.entry_id = e.id
         WHERE e.organisation_id = %(organisation)s
         GROUP BY e.id HAVING sum(p.amount) <> 0 OR count(p.id) = 0
        """,
    )
    yield from _sums()
    yield from _accounts()
    yield from _documents()
    yield Check(
        "attempts",
        "an attempt that succeeded has one payment of its amount, and no other attempt has any",
        """
        SELECT a.customer_id, a.currency, 'attempt ' || a.id || ' (' || a.state || ')',
               CASE WHEN a.state = 'succeeded' THEN a.amount ELSE 0 END, coalesce(sum(p.amount), 0)
          FROM payments_paymentattempt a LEFT JOIN payments_payment p ON p.attempt_id = a.id
         WHERE a.organisation_id = %(organisation)s
         GROUP BY a.id
        HAVING coalesce(sum(p.amount), 0) <> CASE WHEN a.state = 'succeeded' THEN a.amount ELSE 0 END
            OR count(p.id) > 1
        """,
    )


def _sums() -> Iterator[Check]:
    yield _kept(
        "balances",
        "the balances are the sums of the postings",
        table="ledger_balance",
        keys="account",
        column="amount",
        source="SELECT customer_id, currency, account, sum(amount) AS now_is FROM ledger_posting"
        " WHERE organisation_id = %(organisation)s GROUP BY customer_id, currency, account",
    )
    yield _kept(
        "periods",
        "the sums by month are the sums of the postings",
        table="ledger_period",
        keys="account, kind, month",
        column="amount",
        source="SELECT customer_id, currency, account, kind, date_trunc('month', day)::date AS month,"
        " sum(amount) AS now_is FROM ledger_posting WHERE organisation_id = %(organisation)s"
        " GROUP BY customer_id, currency, account, kind, date_trunc('month', day)",
    )
    for column, sum_ in (("balance", "sum(balance)"), ("count", "count(*)")):
        yield _kept(
            f"due tally, {column}",
            "what is tallied by due date is what is open on invoices",
            table="invoices_duetally",
            keys="due_date",
            column=column,
            source=f"SELECT customer_id, currency, due_date, {sum_} AS now_is FROM invoices_invoice"
            " WHERE organisation_id = %(organisation)s AND balance > 0 GROUP BY customer_id, currency, due_date",
        )
    yield _kept(
        "status tally",
        "the tallies by status are the numbers of invoices",
        table="invoices_statustally",
        keys="status",
        column="count",
        source="SELECT customer_id, currency, status, count(*) AS now_is FROM invoices_invoice"
        " WHERE organisation_id = %(organisation)s GROUP BY customer_id, currency, status",
    )
    states = "status, shipped_status, invoiced_status"
    yield _kept(
        "order tally",
        "the tallies by states are the numbers of sales orders",
        table="sales_orders_ordertally",
        keys=states,
        column="count",
        source=f"SELECT customer_id, currency, {states}, count(*) AS now_is FROM sales_orders_salesorder"
        f" WHERE organisation_id = %(organisation)s GROUP BY customer_id, currency, {states}",
    )


def _accounts() -> Iterator[Check]:
    mine = "WHERE organisation_id = %(organisation)s"
    yield _account(
        "receivable",
        "receivable is what is open on invoices",
        "",
        f"SELECT customer_id, currency, balance AS amount FROM invoices_invoice {mine}",
    )
    yield _account(
        "credit",
        "credit is what is left of credit notes and of payments (below zero: we owe it)",
        "-",
        f"SELECT customer_id, currency, balance AS amount FROM credit_notes_creditnote {mine}"
        f" UNION ALL SELECT customer_id, currency, unused FROM payments_payment {mine}",
    )
    yield _account(
        "retainer",
        "retainer is what is available on retainer invoices (below zero: we hold it)",
        "-",
        f"SELECT customer_id, currency, available AS amount FROM retainers_retainerinvoice {mine}",
    )


def _documents() -> Iterator[Check]:
    live = "reversed_at IS NULL"
    yield _parts("invoice", "paid", "allocation", "invoice_id", live=live)
    yield _parts("invoice", "credited", "application", "invoice_id", live=live)
    yield _parts("invoice", "drawn", "drawing", "invoice_id", live=live)
    yield _parts("invoice", "written_off", "write-off", "invoice_id", live=live)
    yield _parts("payment", "allocated", "allocation", "payment_id", live=live)
    yield _parts("payment", "credit_applied", "application", "payment_id", live=live)
    yield _parts("payment", "refunded", "refund", "payment_id")
    yield _parts("credit note", "applied", "application", "credit_note_id", live=live)
    yield _parts("credit note", "refunded", "refund", "credit_note_id")
    yield _parts("retainer invoice", "paid", "payment", "retainer_id", amount="retained")
    yield _parts("retainer invoice", "drawn", "drawing", "retainer_id", live=live)
    yield _parts("retainer invoice", "refunded", "refund", "retainer_id")
    issued = "CASE WHEN status IN ('draft', 'void') THEN 0 ELSE d.total END"
    yield _posted("invoice", "receivable", "", issued)
    yield _posted("credit note", "credit", "-", issued)
    yield _posted("payment", "cash", "", "CASE WHEN voided_at IS NULL THEN d.amount ELSE 0 END")
    yield _posted("refund", "cash", "-", "d.amount")


_TABLES: Final = {
    "invoice": ("invoices_invoice", "invoice"),
    "allocation": ("payments_allocation", "allocation"),
    "application": ("credit_notes_creditapplication", "credit application"),
    "drawing": ("retainers_drawing", "drawing"),
    "write-off": ("invoices_writeoff", "write-off"),
    "payment": ("payments_payment", "payment"),
    "refund": ("payments_refund", "refund"),
    "credit note": ("credit_notes_creditnote", "credit note"),
    "retainer invoice": ("retainers_retainerinvoice", "retainer invoice"),
}
"""Noun → table and the word for a reader."""

CHECKS: Final = tuple(_all())
