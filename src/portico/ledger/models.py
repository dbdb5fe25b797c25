"""Entries, their postings, and the sums that triggers keep of them (ledger/sql/ledger.sql)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from portico.access.tenancy import CustomerOwned
from portico.kit import clock
from portico.kit.fields import MoneyField


class Account(models.TextChoices):
    """The accounts of each customer and currency (docs/guides/how-each-transaction-moves-the-balance.md)."""

    RECEIVABLE = "receivable", "Receivable"
    CREDIT = "credit", "Credit"
    RETAINER = "retainer", "Retainer"
    SALES = "sales", "Sales"
    CASH = "cash", "Cash"
    OPENING = "opening", "Opening"
    WRITTEN_OFF = "written_off", "Written off"


class EntryKind(models.TextChoices):
    """What happened."""

    OPENING_BALANCE = "opening_balance", "Opening balance"
    INVOICE = "invoice", "Invoice"
    CREDIT_NOTE = "credit_note", "Credit note"
    PAYMENT = "payment", "Payment"
    RETAINER_PAYMENT = "retainer_payment", "Retainer payment"
    RETAINER_DRAWN = "retainer_drawn", "Retainer drawn"
    CREDIT_APPLIED = "credit_applied", "Credit applied"
    REFUND = "refund", "Refund"
    WRITE_OFF = "write_off", "Write-off"
    UNALLOCATED = "unallocated", "Payment taken off an invoice"
    TAKEN_BACK = "taken_back", "Payment taken back"


class Entry(CustomerOwned):
    """One thing that happened to one customer's money, in one currency."""

    currency = models.CharField(max_length=3)
    kind = models.CharField(max_length=20, choices=EntryKind)
    source_id = models.UUIDField(help_text="The transaction it comes from.")
    day = models.DateField(help_text="The day it counts for, in the organisation's time zone.")
    posted_at = models.DateTimeField(default=clock.now)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")

    class Meta:
        verbose_name_plural = "entries"
        indexes = [models.Index(fields=["source_id"], name="entry_by_source")]


class Posting(CustomerOwned):
    """One leg of an entry: a debit is above zero, a credit below."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings", db_constraint=False)
    currency = models.CharField(max_length=3)
    account = models.CharField(max_length=12, choices=Account)
    kind = models.CharField(max_length=20, choices=EntryKind)
    day = models.DateField()
    amount = MoneyField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="posting_not_zero"),
            models.CheckConstraint(condition=Q(account__in=Account.values), name="posting_known_account"),
        ]
        indexes = [
            models.Index(fields=["entry"], name="posting_by_entry"),
            # The statement: the postings on what the customer owes, by day, without touching the table.
            models.Index(
                fields=["customer", "currency", "day", "entry"],
                include=["amount", "account", "kind"],
                name="posting_for_statement",
                condition=Q(account__in=["receivable", "credit"]),
            ),
        ]


class Balance(CustomerOwned):
    """The sum of an account's postings; written by a trigger only."""

    currency = models.CharField(max_length=3)
    account = models.CharField(max_length=12, choices=Account)
    amount = MoneyField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "currency", "account"], name="balance_once")
        ]


class Period(CustomerOwned):
    """The sum of one month's postings by account and kind; written by a trigger only.

    It gives the opening balance of a statement, and Home's chart, at the cost of months, not of postings.
    """

    currency = models.CharField(max_length=3)
    account = models.CharField(max_length=12, choices=Account)
    kind = models.CharField(max_length=20, choices=EntryKind)
    month = models.DateField(help_text="The first day of the month.")
    amount = MoneyField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "currency", "account", "month", "kind"], name="period_once"
            )
        ]
