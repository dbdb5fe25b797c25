"""The words of a statement's lines, in the active language."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from portico.kit.money import Money
from portico.ledger.models import EntryKind
from portico.statements.movements import Movement
from portico.statements.sources import Source
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
}


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
