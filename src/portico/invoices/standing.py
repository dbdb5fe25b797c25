"""Where an invoice stands after money has moved: the one place that writes its sums, balance and status."""

from __future__ import annotations

from typing import Literal

from django.utils.translation import gettext as _

from portico.invoices.models import MOVES, OPEN, Invoice, InvoiceStatus
from portico.kit.errors import ConflictError, InvalidError
from portico.kit.money import Money, format_money
from portico.transactions.compare_and_set import compare_and_set

Part = Literal["paid", "credited", "drawn", "written_off"]


def status_of(invoice: Invoice, balance: Money) -> InvoiceStatus:
    """The status of an issued invoice with this balance."""
    if not balance:
        return InvoiceStatus.PAID
    if balance < invoice.total:
        return InvoiceStatus.PARTIALLY_PAID
    return InvoiceStatus.VIEWED if invoice.first_viewed_at else InvoiceStatus.SENT


def open_amount(invoice: Invoice) -> Money:
    """What can still be paid on the invoice: nothing on a draft or a void one."""
    return invoice.balance if invoice.status in OPEN else Money.zero(invoice.currency)


def put(invoice: Invoice, part: Part, amount: Money, *, field: str = "amount") -> None:
    """Put money on an invoice (above zero), or take it off again (below zero); saved at once.

    The invoice must have been read under the customer's lock; the ledger entry is the caller's.

    Raises:
        ConflictError: the invoice is a draft or void, or changed meanwhile.
        InvalidError: more than is open; `field` names the input.
    """
    status = InvoiceStatus(invoice.status)
    if status in {InvoiceStatus.DRAFT, InvoiceStatus.VOID}:
        raise ConflictError(
            _("Invoice %(number)s is %(status)s, so no money can be put on it.")
            % {"number": invoice.number, "status": status.value}
        )
    balance = invoice.balance - amount
    if balance < Money.zero(invoice.currency):
        raise InvalidError(
            _("Invoice %(number)s has only %(open)s open.")
            % {"number": invoice.number, "open": format_money(invoice.balance)},
            field=field,
        )
    then = status_of(invoice, balance)
    MOVES.check(status, then)
    part_then: Money = getattr(invoice, part) + amount
    compare_and_set(invoice, {part: part_then, "balance": balance, "status": then})
