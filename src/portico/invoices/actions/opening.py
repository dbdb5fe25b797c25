"""A customer's opening balance: what was owed before the first document here, as a document of its own."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, Duty, require_office
from portico.access.scope import scope
from portico.credit_notes.actions.draft import CreditNoteDraft, draft_credit_note
from portico.credit_notes.actions.issue import issue as issue_credit_note
from portico.credit_notes.actions.void import void as void_credit_note
from portico.credit_notes.models import CreditNote
from portico.customers.locking import lock_books, reread
from portico.customers.models import Customer
from portico.invoices.actions.draft import InvoiceDraft, draft_invoice
from portico.invoices.actions.issue import issue as issue_invoice
from portico.invoices.actions.void import void as void_invoice
from portico.invoices.models import Invoice
from portico.kit.errors import InvalidError
from portico.kit.money import Money
from portico.ledger.models import Account, Entry, EntryKind
from portico.transactions.drafts import LineDraft


def set_opening_balance(*, actor: Actor, customer: Customer, amount: Money, date: dt.date) -> Customer:
    """Say what the customer owed (above zero) or was owed (below zero) when the books here began.

    It is a document like any other, so it can be paid, credited and refunded: an invoice “Opening balance”, due at
    once, or a credit note. An earlier opening balance is voided first; zero only does that.

    Args:
        actor: staff who may move money.
        customer: whose.
        amount: in the customer's currency.
        date: the day the books begin, in the organisation's time zone.

    Raises:
        ConflictError: the earlier one has been paid or used already; the message says what to undo first.
        ForbiddenError: the actor may not move money.
        InvalidError: another currency than the customer's.
    """
    with scope(actor):
        require_office(actor, Duty.MOVE_MONEY)
        customer = lock_books(customer.pk)
        if amount.currency != customer.currency:
            raise InvalidError(
                _("This customer's currency is %(currency)s.") % {"currency": customer.currency},
                field="opening_balance",
            )
        _void_earlier(actor, customer)
        if amount > Money.zero(amount.currency):
            _owed_to_us(actor, customer, amount, date)
        elif amount:
            _owed_by_us(actor, customer, -amount, date)
        before, customer.opening_balance = customer.opening_balance, amount
        customer.save(update_fields=["opening_balance"])
        changes = {"opening_balance": [str(before), str(amount)]}
        audit.record(actor, "set_opening_balance", customer, changes=changes)
        return customer


def _void_earlier(actor: Actor, customer: Customer) -> None:
    for source_id in _earlier(customer):
        reason = _("Another opening balance was set.")
        if invoice := Invoice.objects.filter(pk=source_id).first():
            void_invoice(actor, reread(actor, invoice), reason)
        else:
            void_credit_note(actor, reread(actor, CreditNote.objects.get(pk=source_id)), reason)


def _earlier(customer: Customer) -> list[UUID]:
    standing = Entry.objects.filter(
        customer=customer, kind=EntryKind.OPENING_BALANCE, reverses=None, reversed_by=None
    )
    return list(standing.values_list("source_id", flat=True))


def _owed_to_us(actor: Actor, customer: Customer, amount: Money, date: dt.date) -> None:
    draft = InvoiceDraft(date=date, due_date=date, lines=_lines(amount))
    invoice = draft_invoice(actor=actor, customer=customer, draft=draft)
    issue_invoice(actor, invoice, customer, kind=EntryKind.OPENING_BALANCE, against=Account.OPENING)


def _owed_by_us(actor: Actor, customer: Customer, amount: Money, date: dt.date) -> None:
    draft = CreditNoteDraft(date=date, lines=_lines(amount))
    credit_note = draft_credit_note(actor=actor, customer=customer, draft=draft)
    issue_credit_note(actor, credit_note, customer, kind=EntryKind.OPENING_BALANCE, against=Account.OPENING)


def _lines(amount: Money) -> list[LineDraft]:
    return [LineDraft(name=_("Opening balance"), quantity=Decimal(1), rate=amount.amount)]
