"""Voiding an invoice: the claim never was."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, Duty, require_office
from portico.access.scope import scope
from portico.customers.locking import lock_books, reread
from portico.invoices.models import MOVES, Invoice, InvoiceStatus
from portico.kit.errors import ConflictError
from portico.kit.money import Money, format_money
from portico.ledger.post import is_cash, reverse
from portico.transactions.compare_and_set import compare_and_set
from portico.transactions.days import reversal_day
from portico.transactions.history import note
from portico.transactions.models import DocumentKind
from portico.transactions.reasons import check_reason


def void_invoice(*, actor: Actor, invoice: Invoice, reason: str) -> Invoice:
    """Take an invoice back that nothing has been paid on, by the reversal of its entry.

    The reversal counts for today, or for the invoice's own date where that lies ahead.

    Raises:
        ConflictError: money is on it; the message says what to undo first.
        ForbiddenError: the actor may not write documents.
        IllegalMoveError: it is a draft, paid or void already.
        InvalidError: no reason given.
    """
    with scope(actor):
        require_office(actor, Duty.WRITE_DOCUMENTS)
        lock_books(invoice.customer_id)
        invoice = reread(actor, invoice)
        void(actor, invoice, check_reason(reason))
        return invoice


def void(actor: Actor, invoice: Invoice, reason: str) -> None:
    """Void an invoice that was read under the customer's lock."""
    _refuse_used(invoice)
    MOVES.check_change(InvoiceStatus(invoice.status), InvoiceStatus.VOID)
    compare_and_set(invoice, {"status": InvoiceStatus.VOID, "balance": Money.zero(invoice.currency)})
    reverse(invoice.pk, day=reversal_day(invoice.organisation_id, invoice.date))
    note(actor, invoice, DocumentKind.INVOICE, "voided", {"reason": reason})
    audit.record(actor, "void_invoice", invoice, f"{invoice.number}: {reason}")


def _refuse_used(invoice: Invoice) -> None:
    if is_cash(invoice.pk):
        raise ConflictError(
            _("Invoice %(number)s is over money that went back twice. Write it off to give it up.")
            % {"number": invoice.number}
        )
    steps = {
        _("void its payments (%(amount)s)"): invoice.paid,
        _("take back the credits applied (%(amount)s)"): invoice.credited,
        _("undo the drawings from retainers (%(amount)s)"): invoice.drawn,
        _("reverse its write-off (%(amount)s)"): invoice.written_off,
    }
    first = [step % {"amount": format_money(amount)} for step, amount in steps.items() if amount]
    if first:
        raise ConflictError(
            _("Invoice %(number)s cannot be voided yet. First %(steps)s.")
            % {"number": invoice.number, "steps": ", ".join(first)}
        )
