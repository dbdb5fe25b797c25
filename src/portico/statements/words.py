"""The words of a statement's lines, in the active language."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from portico.kit.money import Money
from portico.ledger.models import EntryKind
from portico.statements.movements import Movement
from portico.statements.outstanding import Age, OpenDocument
from portico.statements.sources import Source
from portico.transactions.models import DocumentKind
from portico.ui.dates import date_short
from portico.ui.money import money_text

_DONE: Final = {
    EntryKind.OPENING_BALANCE: gettext_noop("Balance brought forward"),
    EntryKind.INVOICE: gettext_noop("Invoice %(number)s"),
    EntryKind.CREDIT_NOTE: gettext_noop("Credit note %(number)s"),
    EntryKind.PAYMENT: gettext_noop("Payment %(number)s"),
    EntryKind.RETAINER_PAYMENT: gettext_noop("Payment %(number)s"),
    EntryKind.RETAINER_DRAWN: gettext_noop("Retainer %(of)s used"),
    EntryKind.CREDIT_APPLIED: gettext_noop("Credit applied"),
    EntryKind.REFUND: gettext_noop("Refund %(number)s"),
    EntryKind.WRITE_OFF: gettext_noop("Written off"),
    EntryKind.UNALLOCATED: gettext_noop("Payment taken off an invoice"),
    EntryKind.TAKEN_BACK: gettext_noop("Payment %(number)s taken back by the bank"),
}
_UNDONE: Final = {
    EntryKind.OPENING_BALANCE: gettext_noop("Balance brought forward, corrected"),
    EntryKind.INVOICE: gettext_noop("Invoice %(number)s voided"),
    EntryKind.CREDIT_NOTE: gettext_noop("Credit note %(number)s voided"),
    EntryKind.PAYMENT: gettext_noop("Payment %(number)s reversed"),
    EntryKind.RETAINER_PAYMENT: gettext_noop("Payment %(number)s reversed"),
    EntryKind.RETAINER_DRAWN: gettext_noop("Retainer %(of)s no longer used"),
    EntryKind.CREDIT_APPLIED: gettext_noop("Credit no longer applied"),
    EntryKind.REFUND: gettext_noop("Refund %(number)s reversed"),
    EntryKind.WRITE_OFF: gettext_noop("Write-off reversed"),
    EntryKind.UNALLOCATED: gettext_noop("Payment put on an invoice again"),
    EntryKind.TAKEN_BACK: gettext_noop("Payment %(number)s given back by the bank"),
}

_OPEN: Final = {
    DocumentKind.INVOICE: gettext_noop("Invoice %(number)s"),
    DocumentKind.CREDIT_NOTE: gettext_noop("Credit note %(number)s"),
    DocumentKind.PAYMENT: gettext_noop("Payment %(number)s"),
}
AGES: Final = {
    Age.NOT_DUE: gettext_noop("Not due yet"),
    Age.DAYS_1_TO_30: gettext_noop("1 to 30 days late"),
    Age.DAYS_31_TO_60: gettext_noop("31 to 60 days late"),
    Age.DAYS_61_TO_90: gettext_noop("61 to 90 days late"),
    Age.OVER_90_DAYS: gettext_noop("Over 90 days late"),
    Age.CREDIT: gettext_noop("Credit not used yet"),
}
"""As Home calls them."""


def age(which: Age) -> str:
    """What a bucket of the ageing is called."""
    return _(AGES[which])


def open_title(document: OpenDocument) -> str:
    """Which document: “Invoice INV-0042”."""
    return _(_OPEN[document.kind]) % {"number": document.number}


def open_details(document: OpenDocument) -> tuple[str, ...]:
    """What else its line says, one sentence each: when it is due, how late it is, the customer's reference."""
    said = []
    if document.due is not None:
        said.append(_("Due %(date)s") % {"date": date_short(document.due)})
    else:
        said.append(_("Not used yet"))
    if document.days_late:
        said.append(
            ngettext("%(count)d day late", "%(count)d days late", document.days_late)
            % {"count": document.days_late}
        )
    if document.reference:
        said.append(_("Reference %(reference)s") % {"reference": document.reference})
    return tuple(said)


def title(movement: Movement, source: Source) -> str:
    """What happened, with the transaction's number: “Invoice INV-0042”, “Payment PAY-0007 reversed”."""
    words = (_UNDONE if movement.is_reversal else _DONE)[movement.kind]
    return _(words) % {"number": source.number, "of": source.of}


def details(movement: Movement, source: Source, currency: str) -> tuple[str, ...]:
    """What else a line says, one sentence each: due date, allocations, excess, reference."""
    said = list(_facts(movement, source, currency))
    if source.reference:
        said.append(_("Reference %(reference)s") % {"reference": source.reference})
    return tuple(said)


def _facts(movement: Movement, source: Source, currency: str) -> list[str]:
    match movement.kind:
        case EntryKind.OPENING_BALANCE if source.number:
            return [_("As %(number)s") % {"number": source.number}]
        case EntryKind.INVOICE if source.due and not movement.is_reversal:
            return [_("Due %(date)s") % {"date": date_short(source.due)}]
        case EntryKind.PAYMENT:
            said = [
                _("%(amount)s for payment of %(number)s")
                % {"amount": money_text(part.amount), "number": part.number}
                for part in source.parts
            ]
            if movement.credit:
                excess = money_text(abs(Money(movement.credit, currency)))
                said.append(_("%(amount)s more than was due, kept as credit") % {"amount": excess})
            return said
        case EntryKind.CREDIT_NOTE | EntryKind.REFUND | EntryKind.WRITE_OFF if source.of:
            return [_("For %(number)s") % {"number": source.of}]
        case EntryKind.RETAINER_DRAWN if source.to:
            amount = money_text(abs(Money(movement.amount, currency)))
            return [_("%(amount)s for payment of %(number)s") % {"amount": amount, "number": source.to}]
        case _:
            return []
