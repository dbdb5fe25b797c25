"""Giving up what is open on an invoice, and taking that back."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, Duty, require_office
from portico.access.scope import scope
from portico.customers.locking import lock_books, reread
from portico.invoices.models import Invoice, WriteOff
from portico.invoices.standing import open_amount, put
from portico.kit import clock
from portico.kit.errors import ConflictError, InvalidError
from portico.ledger.models import Account, EntryKind
from portico.ledger.post import Leg, post, reverse
from portico.transactions.compare_and_set import compare_and_set
from portico.transactions.days import check_happened, reversal_day, today_at
from portico.transactions.history import note
from portico.transactions.models import DocumentKind
from portico.transactions.reasons import check_reason


def write_off_invoice(
    *, actor: Actor, invoice: Invoice, reason: str, date: dt.date | None = None
) -> WriteOff:
    """Give up the whole open balance of an invoice as lost; it then counts as paid.

    Args:
        actor: staff who may move money.
        invoice: an open one.
        reason: for the history.
        date: the day it counts for, in the organisation's time zone; today when not given.

    Raises:
        ConflictError: nothing is open on it.
        ForbiddenError: the actor may not move money.
        InvalidError: no reason; the date lies ahead, or before the invoice's.
    """
    with scope(actor):
        require_office(actor, Duty.MOVE_MONEY)
        lock_books(invoice.customer_id)
        invoice = reread(actor, invoice)
        day = date or today_at(invoice.organisation_id)
        check_happened(day, invoice.organisation_id)
        if day < invoice.date:
            raise InvalidError(_("This date lies before the invoice's."), field="date")
        amount = open_amount(invoice)
        if not amount:
            raise ConflictError(_("Nothing is open on this invoice."))
        lost = WriteOff.objects.create(
            organisation_id=invoice.organisation_id,
            customer_id=invoice.customer_id,
            invoice=invoice,
            currency=invoice.currency,
            amount=amount,
            date=day,
            reason=check_reason(reason),
        )
        put(invoice, "written_off", amount)
        post(
            invoice,
            kind=EntryKind.WRITE_OFF,
            source_id=lost.pk,
            day=day,
            legs=[Leg(debit=Account.WRITTEN_OFF, credit=Account.RECEIVABLE, amount=amount)],
        )
        _note(actor, invoice, lost, "written_off")
        return lost


def reverse_write_off(*, actor: Actor, write_off: WriteOff) -> Invoice:
    """Open the invoice again by what was written off.

    Raises:
        ConflictError: it has been reversed already.
        ForbiddenError: the actor may not move money.
    """
    with scope(actor):
        require_office(actor, Duty.MOVE_MONEY)
        lock_books(write_off.customer_id)
        write_off = reread(actor, write_off)
        invoice = reread(actor, write_off.invoice)
        if write_off.reversed_at is not None:
            raise ConflictError(_("This write-off has been reversed already."))
        compare_and_set(write_off, {"reversed_at": clock.now()})
        put(invoice, "written_off", -write_off.amount)
        reverse(write_off.pk, day=reversal_day(invoice.organisation_id, write_off.date))
        _note(actor, invoice, write_off, "write_off_reversed")
        return invoice


def _note(actor: Actor, invoice: Invoice, write_off: WriteOff, event: str) -> None:
    details = {"amount": str(write_off.amount), "reason": write_off.reason}
    note(actor, invoice, DocumentKind.INVOICE, event, details)
    audit.record(actor, event, invoice, f"{invoice.number}, {write_off.amount}: {write_off.reason}")
