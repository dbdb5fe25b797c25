"""Paying money back: the row every refund leaves, and the refund of a payment's excess."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, Duty, require_office
from portico.access.scope import scope
from portico.credit_notes.models import CreditNote
from portico.customers.locking import lock_books, reread
from portico.kit.errors import ConflictError, InvalidError
from portico.kit.money import Money
from portico.ledger.models import Account, EntryKind
from portico.ledger.post import Leg, post
from portico.payments.models import REFUND_PENDING, GatewayRefund, Payment, Refund
from portico.payments.standing import use_excess
from portico.retainers.models import RetainerInvoice
from portico.transactions.amounts import check_amount
from portico.transactions.days import check_happened
from portico.transactions.history import note
from portico.transactions.models import DocumentKind
from portico.transactions.numbering import next_number
from portico.transactions.texts import check_texts

Source = CreditNote | Payment | RetainerInvoice


def refund_excess(
    *, actor: Actor, payment: Payment, amount: Money, mode: str, date: dt.date, reference: str = ""
) -> Refund:
    """Pay back some of what a payment brought too much.

    Args:
        actor: staff who may move money.
        payment: whose excess.
        amount: at most what is unused of it.
        mode: a PaymentMode.
        date: the day it went out, in the organisation's time zone.
        reference: of the bank or the gateway.

    Raises:
        ConflictError: the payment is void, or a refund of it through its gateway is on its way.
        ForbiddenError: the actor may not move money.
        InvalidError: amount, date or mode cannot be accepted; `field` names it.
    """
    with scope(actor):
        require_office(actor, Duty.MOVE_MONEY)
        lock_books(payment.customer_id)
        payment = reread(actor, payment)
        if payment.voided_at is not None:
            raise ConflictError(_("Payment %(number)s is void.") % {"number": payment.number})
        refuse_second_refund(payment)
        refund = pay_back(payment, amount, mode=mode, date=date, reference=reference)
        use_excess(payment, "refunded", amount)
        note_refund(actor, payment, DocumentKind.PAYMENT, refund)
        return refund


def refuse_second_refund(*payments: Payment) -> None:
    """Pay nothing back of payments of which a gateway is paying something back already: it may be the same money.

    Raises:
        ConflictError: it is; read under the customer's lock.
    """
    on_their_way = GatewayRefund.objects.filter(payment__in=payments, state__in=REFUND_PENDING)
    for each in on_their_way.select_related("payment")[:1]:
        raise ConflictError(
            _("A refund of payment %(number)s is on its way already.") % {"number": each.payment.number}
        )


def pay_back(source: Source, amount: Money, *, mode: str, date: dt.date, reference: str) -> Refund:
    """Write the refund and its entry; the caller has read the source under the lock and writes its sums.

    Raises:
        InvalidError: amount, date or mode cannot be accepted; `field` names it.
    """
    check_amount(amount, source.currency)
    check_happened(date, source.organisation_id)
    if date < source.date:
        raise InvalidError(
            _("This date lies before that of %(number)s.") % {"number": source.number}, field="date"
        )
    return write_refund(source, amount, mode=mode, date=date, reference=reference)


def write_refund(
    source: Source,
    amount: Money,
    *,
    mode: str,
    date: dt.date,
    reference: str,
    through: GatewayRefund | None = None,
) -> Refund:
    """Write the refund's row and its entry, whatever the day; `through` is the gateway's refund it is part of."""
    refund = Refund(
        organisation_id=source.organisation_id,
        customer_id=source.customer_id,
        credit_note=source if isinstance(source, CreditNote) else None,
        payment=source if isinstance(source, Payment) else None,
        retainer=source if isinstance(source, RetainerInvoice) else None,
        currency=source.currency,
        amount=amount,
        date=date,
        mode=mode,
        reference=reference.strip(),
        gateway_refund=through,
    )
    check_texts(refund)
    refund.number = next_number(source.organisation_id, "refund")
    refund.save(force_insert=True)
    from_account = Account.RETAINER if isinstance(source, RetainerInvoice) else Account.CREDIT
    post(
        refund,
        kind=EntryKind.REFUND,
        source_id=refund.pk,
        day=date,
        legs=[Leg(debit=from_account, credit=Account.CASH, amount=amount)],
    )
    return refund


def note_refund(actor: Actor, source: Source, kind: DocumentKind, refund: Refund) -> None:
    """Write the refund into the source's history and the audit trail."""
    details = {"refund_id": str(refund.pk), "refund": refund.number, "amount": str(refund.amount)}
    note(actor, source, kind, "refunded", details)
    audit.record(actor, "refund", refund, f"{refund.number}, {refund.amount} of {source.number}")
