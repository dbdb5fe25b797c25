"""A gateway's refund in the books: what it comes from, and how it is restored when it failed after all."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from uuid import UUID

from portico.access.actors import JobActor
from portico.customers.locking import reread
from portico.kit.money import Money
from portico.payments.actions.freeing import free, put_back
from portico.payments.actions.refunds import note_refund, write_refund
from portico.payments.actions.taking import charge, take_again, uncharge
from portico.payments.actions.undo_refund import undo_refund
from portico.payments.models import GatewayRefund, Payment
from portico.payments.standing import use_excess
from portico.retainers.standing import put as put_on_retainer
from portico.transactions.days import today_at
from portico.transactions.models import DocumentKind


def book(job: JobActor, row: GatewayRefund, chosen: Mapping[UUID, Money]) -> None:
    """Book money that the gateway has paid back; within a scope, under the customer's lock.

    The chosen invoices come first; then credit that is left, then invoices, last allocated first, then the
    retainer. What is not there any more is charged: the customer has it twice.
    """
    payment = Payment.objects.select_for_update(no_key=True, of=("self",)).get(pk=row.payment_id)
    if payment.voided_at is not None:
        return  # the books had taken it out already
    freed = free(job, payment, row.amount, chosen=chosen, because=row)
    day = max(today_at(payment.organisation_id), payment.date)
    assert payment.attempt is not None  # only what came through a gateway goes back through one
    write = partial(
        write_refund, mode=payment.mode, date=day, reference=row.gateway_reference[:100], through=row
    )
    if freed.credit:
        refund = write(payment, freed.credit)
        use_excess(payment, "refunded", freed.credit)
        note_refund(job, payment, DocumentKind.PAYMENT, refund)
    if freed.retainer and payment.retainer is not None:
        retainer = reread(job, payment.retainer)
        refund = write(retainer, freed.retainer)
        put_on_retainer(retainer, "refunded", freed.retainer)
        note_refund(job, retainer, DocumentKind.RETAINER_INVOICE, refund)
    if freed.short:
        row.charge, row.charged = charge(job, payment, freed.short), freed.short
        row.save(update_fields=["charge", "charged"])


def restore(job: JobActor, row: GatewayRefund) -> None:
    """A refund that was booked has failed: its invoices are paid again as far as they are open, the rest is credit."""
    reason = row.failure_message[:200] or "The refund failed at the gateway."
    for refund in row.refunds.filter(reversed_at=None).order_by("id"):
        undo_refund(actor=job, refund=refund, reason=reason)
    payment = Payment.objects.select_for_update(no_key=True, of=("self",)).get(pk=row.payment_id)
    put_back(job, payment, list(row.unallocations.filter(reversed_at=None)))
    if row.charge is not None:
        uncharge(job, payment, row.charge, row.charged)
        row.charge, row.charged = None, Money.zero(row.currency)
        row.save(update_fields=["charge", "charged"])
    take_again(job, payment)
