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
        "an attempt that succeeded (or was returned later) has one payment of its amount, and no other has any",
        """
        SELECT a.customer_id, a.currency, 'attempt ' || a.id || ' (' || a.state || ')',
               CASE WHEN a.state IN ('succeeded', 'returned') THEN a.amount ELSE 0 END, coalesce(sum(p.amount), 0)
          FROM payments_paymentattempt a LEFT JOIN payments_payment p ON p.attempt_id = a.id
         WHERE a.organisation_id = %(organisation)s
         GROUP BY a.id
        HAVING coalesce(sum(p.amount), 0) <> CASE WHEN a.state IN ('succeeded', 'returned') THEN a.amount ELSE 0 END
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
    left = "amount - taken"
    yield _parts("invoice", "paid", "allocation", "invoice_id", amount=left, live=live)
    yield _parts("invoice", "credited", "application", "invoice_id", live=live)
    yield _parts("invoice", "drawn", "drawing", "invoice_id", live=live)
    yield _parts("invoice", "written_off", "write-off", "invoice_id", live=live)
    yield _parts("payment", "allocated", "allocation", "payment_id", amount=left, live=live)
    yield _parts("payment", "credit_applied", "application", "payment_id", live=live)
    yield _parts("payment", "refunded", "refund", "payment_id", live=live)
    not_charged = "amount - charged"
    yield _parts(
        "payment", "taken_back", "taking", "payment_id", amount=not_charged, live="restored_at IS NULL"
    )
    yield _parts("credit note", "applied", "application", "credit_note_id", live=live)
    yield _parts("credit note", "refunded", "refund", "credit_note_id", live=live)
    yield _parts("retainer invoice", "paid", "payment", "retainer_id", amount="retained")
    yield _parts("retainer invoice", "drawn", "drawing", "retainer_id", live=live)
    yield _parts("retainer invoice", "refunded", "refund", "retainer_id", live=live)
    issued = "CASE WHEN status IN ('draft', 'void') THEN 0 ELSE d.total END"
    yield _posted("invoice", "receivable", "", issued)
    yield _posted("credit note", "credit", "-", issued)
    yield _posted("payment", "cash", "", "CASE WHEN voided_at IS NULL THEN d.amount ELSE 0 END")
    yield _posted("refund", "cash", "-", "CASE WHEN reversed_at IS NULL THEN d.amount ELSE 0 END")
    yield from _gone_back()


def _gone_back() -> Iterator[Check]:
    """What came off payments again: refunds through gateways, returns and disputes."""
    yield Check(
        "refunds through gateways",
        "what a gateway has paid back is refunded or charged in the books, unless the payment is void",
        """
        SELECT g.customer_id, g.currency, 'refund ' || g.id || ' of payment ' || p.number,
               CASE WHEN g.state = 'succeeded' THEN g.amount ELSE 0 END, coalesce(r.amount, 0) + g.charged
          FROM payments_gatewayrefund g JOIN payments_payment p ON p.id = g.payment_id
          LEFT JOIN (SELECT gateway_refund_id AS id, sum(amount) AS amount FROM payments_refund
                      WHERE organisation_id = %(organisation)s AND reversed_at IS NULL
                      GROUP BY gateway_refund_id) r ON r.id = g.id
         WHERE g.organisation_id = %(organisation)s AND p.voided_at IS NULL
           AND CASE WHEN g.state = 'succeeded' THEN g.amount ELSE 0 END <> coalesce(r.amount, 0) + g.charged
        """,
    )
    yield Check(
        "refunds within charges",
        "no more of a charge is paid back through the gateway than was charged",
        """
        SELECT p.customer_id, p.currency, 'payment ' || p.number, p.amount, sum(g.amount)
          FROM payments_gatewayrefund g JOIN payments_payment p ON p.id = g.payment_id
         WHERE g.organisation_id = %(organisation)s AND g.state <> 'failed'
         GROUP BY p.id HAVING sum(g.amount) > p.amount
        """,
    )
    yield Check(
        "takings back posted",
        "what banks have taken back and not given back has left the cash",
        """
        SELECT t.customer_id, t.currency, 'payment ' || p.number,
               CASE WHEN t.restored_at IS NULL THEN t.charged - t.amount ELSE 0 END, coalesce(s.amount, 0)
          FROM payments_takenback t JOIN payments_payment p ON p.id = t.payment_id
          LEFT JOIN (SELECT e.source_id AS id, sum(l.amount) AS amount
                       FROM ledger_entry e JOIN ledger_posting l ON l.entry_id = e.id AND l.account = 'cash'
                      WHERE e.organisation_id = %(organisation)s GROUP BY e.source_id) s ON s.id = t.id
         WHERE t.organisation_id = %(organisation)s
           AND CASE WHEN t.restored_at IS NULL THEN t.charged - t.amount ELSE 0 END <> coalesce(s.amount, 0)
        """,
    )
    yield Check(
        "taken within payments",
        "banks have taken back no more of a payment than it was",
        """
        SELECT p.customer_id, p.currency, 'payment ' || p.number, p.amount, sum(t.amount)
          FROM payments_takenback t JOIN payments_payment p ON p.id = t.payment_id
         WHERE t.organisation_id = %(organisation)s AND t.restored_at IS NULL
         GROUP BY p.id HAVING sum(t.amount) > p.amount
        """,
    )
    yield Check(
        "taken off invoices",
        "what is taken off an allocation is the sum of what came off it",
        """
        SELECT a.customer_id, a.currency, 'allocation of payment ' || p.number, coalesce(u.amount, 0), a.taken
          FROM payments_allocation a JOIN payments_payment p ON p.id = a.payment_id
          LEFT JOIN (SELECT allocation_id AS id, sum(amount) AS amount FROM payments_unallocation
                      WHERE organisation_id = %(organisation)s AND reversed_at IS NULL
                      GROUP BY allocation_id) u ON u.id = a.id
         WHERE a.organisation_id = %(organisation)s AND a.taken <> coalesce(u.amount, 0)
        """,
    )
    yield Check(
        "returns",
        "a payment whose attempt was returned stands with nothing on invoices or as credit",
        """
        SELECT p.customer_id, p.currency, 'payment ' || p.number, 0,
               p.allocated + p.credit_applied + p.unused
          FROM payments_payment p JOIN payments_paymentattempt a ON a.id = p.attempt_id
         WHERE p.organisation_id = %(organisation)s AND a.state = 'returned'
           AND p.allocated + p.credit_applied + p.unused <> 0
        """,
    )


_TABLES: Final = {
    "invoice": ("invoices_invoice", "invoice"),
    "allocation": ("payments_allocation", "allocation"),
    "application": ("credit_notes_creditapplication", "credit application"),
    "taking": ("payments_takenback", "taking back"),
    "drawing": ("retainers_drawing", "drawing"),
    "write-off": ("invoices_writeoff", "write-off"),
    "payment": ("payments_payment", "payment"),
    "refund": ("payments_refund", "refund"),
    "credit note": ("credit_notes_creditnote", "credit note"),
    "retainer invoice": ("retainers_retainerinvoice", "retainer invoice"),
}
"""Noun → table and the word for a reader."""

CHECKS: Final = tuple(_all())
