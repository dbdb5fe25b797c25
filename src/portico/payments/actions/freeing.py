"""Making money of a payment free again, so that it can go back: off its invoices, and off what it paid since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from portico.access.actors import Actor
from portico.credit_notes.actions.apply import apply_credit, unapply_credit
from portico.customers.locking import reread
from portico.invoices.models import Invoice
from portico.invoices.standing import open_amount as open_on_invoice
from portico.invoices.standing import put as put_on_invoice
from portico.kit import clock
from portico.kit.errors import InvalidError
from portico.kit.money import Money, format_money, smaller
from portico.ledger.models import Account, EntryKind
from portico.ledger.post import Leg, post, reverse
from portico.payments.models import Allocation, GatewayRefund, Payment, TakenBack, Unallocation
from portico.retainers.actions.draw import draw_retainer, undo_drawing
from portico.transactions.compare_and_set import compare_and_set
from portico.transactions.days import today_at
from portico.transactions.history import note
from portico.transactions.models import DocumentKind

Because = TakenBack | GatewayRefund | None
"""What takes a part off an invoice; None where it just becomes credit."""


@dataclass(frozen=True, slots=True)
class Freed:
    """Where an amount is taken from: the payment's credit, the retainer's available amount; `short` is not there."""

    credit: Money
    retainer: Money
    short: Money


def free(
    actor: Actor,
    payment: Payment,
    amount: Money,
    *,
    chosen: Mapping[UUID, Money] | None = None,
    because: Because = None,
) -> Freed:
    """Make as much of an amount free as there is, last allocated first; within a scope, under the customer's lock.

    In this order: the invoices that were chosen, credit that is left, excess applied to other invoices since, the
    payment's own invoices, and its retainer, whose drawings are undone as far as needed.

    Args:
        actor: staff who may move money, or a job.
        payment: read under the lock; brought up to date.
        amount: how much is needed.
        chosen: invoice id → how much of the payment comes off it before anything else.
        because: what it is for, so that it can be put back.
    """
    for invoice_id, part in (chosen or {}).items():
        if allocation := _live(payment).filter(invoice_id=invoice_id).first():
            unallocate(actor, payment, allocation, smaller(part, _left(allocation)), because)
    _off_other_invoices(actor, payment, amount)
    for allocation in _live(payment).order_by("-id"):
        if payment.unused >= amount:
            break
        unallocate(actor, payment, allocation, smaller(amount - payment.unused, _left(allocation)), because)
    credit = smaller(payment.unused, amount)
    retainer = _off_the_retainer(actor, payment, amount - credit)
    return Freed(credit, retainer, amount - credit - retainer)


def unallocate(
    actor: Actor, payment: Payment, allocation: Allocation, amount: Money, because: Because = None
) -> None:
    """Take some of a payment off an invoice: the invoice opens by it, and it is the customer's credit."""
    if not amount:
        return
    invoice = reread(actor, allocation.invoice)
    row = Unallocation.objects.create(
        organisation_id=payment.organisation_id,
        customer_id=payment.customer_id,
        payment=payment,
        allocation=allocation,
        taken=because if isinstance(because, TakenBack) else None,
        gateway_refund=because if isinstance(because, GatewayRefund) else None,
        currency=payment.currency,
        amount=amount,
        date=max(today_at(payment.organisation_id), payment.date, invoice.date),
    )
    _shift(payment, allocation, amount)
    put_on_invoice(invoice, "paid", -amount)
    legs = [Leg(debit=Account.RECEIVABLE, credit=Account.CREDIT, amount=amount)]
    post(row, kind=EntryKind.UNALLOCATED, source_id=row.pk, day=row.date, legs=legs)
    _note(actor, invoice, payment, amount, "payment_taken_off")


def put_back(actor: Actor, payment: Payment, rows: list[Unallocation]) -> Money:
    """Put what was taken off invoices on them again, as far as they are still open; the rest stays credit.

    Returns:
        How much is on invoices again.
    """
    done = Money.zero(payment.currency)
    for row in sorted(rows, key=lambda each: each.pk):
        invoice = reread(actor, row.allocation.invoice)
        fits = smaller(smaller(row.amount, open_on_invoice(invoice)), payment.unused)
        if fits == row.amount:
            compare_and_set(row, {"reversed_at": clock.now()})
            _shift(payment, Allocation.objects.get(pk=row.allocation_id), -fits)
            put_on_invoice(invoice, "paid", fits)
            reverse(row.pk, day=max(today_at(payment.organisation_id), row.date))
            _note(actor, invoice, payment, fits, "paid")
        elif fits:
            apply_credit(actor=actor, source=payment, invoice=invoice, amount=fits)
            payment.refresh_from_db()
        done += fits
    return done


def check_chosen(payment: Payment, chosen: Mapping[UUID, Money], amount: Money) -> None:
    """Whether these parts can come off the invoices of a payment, and are no more than the amount.

    Raises:
        InvalidError: they cannot; `field` is `invoice-<id>` or `amount`.
    """
    live = {each.invoice_id: each for each in _live(payment).select_related("invoice")}
    zero = Money.zero(payment.currency)
    whole = zero
    for invoice_id, part in chosen.items():
        left = _left(live[invoice_id]) if invoice_id in live else zero
        if part > left or part < zero:
            raise InvalidError(
                _("At most %(left)s of this payment is on that invoice.") % {"left": format_money(left)},
                field=f"invoice-{invoice_id}",
            )
        whole += part
    if whole > amount:
        raise InvalidError(
            _("The invoices chosen come to %(whole)s, which is more.") % {"whole": format_money(whole)},
            field="amount",
        )


def live_allocations(payment: Payment) -> list[Allocation]:
    """What of a payment is on invoices now, last allocated first, each with its invoice."""
    return list(_live(payment).select_related("invoice").order_by("-id"))


def _live(payment: Payment) -> QuerySet[Allocation, Allocation]:
    return Allocation.objects.filter(payment=payment, reversed_at=None, amount__gt=F("taken"))


def _left(allocation: Allocation) -> Money:
    return allocation.amount - allocation.taken


def _shift(payment: Payment, allocation: Allocation, amount: Money) -> None:
    """From the invoice to the credit; below zero, back again."""
    compare_and_set(allocation, {"taken": allocation.taken + amount})
    compare_and_set(payment, {"allocated": payment.allocated - amount, "unused": payment.unused + amount})


def _off_other_invoices(actor: Actor, payment: Payment, amount: Money) -> None:
    """Take the payment's excess off invoices it was applied to later; what is more than needed is put on again."""
    for application in payment.credit_applications.filter(reversed_at=None).order_by("-id"):
        if payment.unused >= amount:
            return
        unapply_credit(actor=actor, application=application)
        payment.refresh_from_db()
        if (more := payment.unused - amount).amount > 0:
            again = smaller(more, application.amount)
            apply_credit(actor=actor, source=payment, invoice=application.invoice, amount=again)
            payment.refresh_from_db()


def _off_the_retainer(actor: Actor, payment: Payment, amount: Money) -> Money:
    """Make an amount available on the retainer invoice that the payment paid; gives how much of it is."""
    wanted = smaller(amount, payment.retained)
    if not wanted or payment.retainer is None:
        return Money.zero(payment.currency)
    retainer = reread(actor, payment.retainer)
    for drawing in retainer.drawings.filter(reversed_at=None).order_by("-id"):
        if retainer.available >= wanted:
            break
        undo_drawing(actor=actor, drawing=drawing)
        retainer = reread(actor, retainer)
        if (more := retainer.available - wanted).amount > 0:
            again = smaller(more, drawing.amount)
            draw_retainer(actor=actor, retainer=retainer, invoice=drawing.invoice, amount=again)
            retainer = reread(actor, retainer)
    return smaller(wanted, retainer.available)


def _note(actor: Actor, invoice: Invoice, payment: Payment, amount: Money, event: str) -> None:
    details = {
        "payment_id": str(payment.pk),
        "payment": payment.number,
        "amount": str(amount),
        "balance": str(invoice.balance),
    }
    note(actor, invoice, DocumentKind.INVOICE, event, details)
    if event != "paid":
        on = {"invoice_id": str(invoice.pk), "invoice": invoice.number, "amount": str(amount)}
        note(actor, payment, DocumentKind.PAYMENT, "application_reversed", on)
