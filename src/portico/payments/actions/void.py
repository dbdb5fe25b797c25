"""Voiding a payment: it never came, was returned by the bank, or was charged back."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, Duty, require_office
from portico.access.scope import scope
from portico.customers.locking import lock_books, reread
from portico.invoices.standing import put as put_on_invoice
from portico.kit import clock
from portico.kit.errors import ConflictError
from portico.kit.money import Money, format_money
from portico.ledger.post import reverse
from portico.payments.models import Payment, RefundState
from portico.retainers.standing import put as put_on_retainer
from portico.transactions.compare_and_set import compare_and_set
from portico.transactions.days import reversal_day
from portico.transactions.history import note
from portico.transactions.models import DocumentKind
from portico.transactions.reasons import check_reason


def void_payment(*, actor: Actor, payment: Payment, reason: str) -> Payment:
    """Take a payment back: its invoices and its retainer invoice open again by what it paid.

    The reversal counts for today, or for the payment's own date where that lies ahead.

    Raises:
        ConflictError: it is void already, or some of it has been used since; the message says what to undo first.
        ForbiddenError: the actor may not move money.
        InvalidError: no reason given.
    """
    with scope(actor):
        require_office(actor, Duty.MOVE_MONEY)
        lock_books(payment.customer_id)
        payment = reread(actor, payment)
        reason = check_reason(reason)
        _refuse_used(actor, payment)
        _open_again(actor, payment, reason)
        zero = Money.zero(payment.currency)
        amounts = {"allocated": zero, "retained": zero, "unused": zero}
        compare_and_set(payment, {**amounts, "voided_at": clock.now()})
        _forget_what_came_off(payment)
        reverse(payment.pk, day=reversal_day(payment.organisation_id, payment.date))
        note(actor, payment, DocumentKind.PAYMENT, "voided", {"reason": reason})
        audit.record(actor, "void_payment", payment, f"{payment.number}, {payment.amount}: {reason}")
        return payment


def _refuse_used(actor: Actor, payment: Payment) -> None:
    if payment.voided_at is not None:
        raise ConflictError(_("Payment %(number)s is void already.") % {"number": payment.number})
    if payment.returned_at is not None or payment.taken_back:
        raise ConflictError(
            _("%(amount)s of payment %(number)s has been taken back by the bank, so it cannot be voided.")
            % {"amount": format_money(payment.taken_back), "number": payment.number}
        )
    if payment.gateway_refunds.exclude(state=RefundState.FAILED).exists():
        raise ConflictError(
            _("Payment %(number)s has been paid back through its gateway, so it cannot be voided.")
            % {"number": payment.number}
        )
    if payment.credit_applied:
        rows = payment.credit_applications.filter(reversed_at=None).select_related("invoice").order_by("id")
        raise ConflictError(
            _(
                "%(amount)s of payment %(number)s has been applied to %(invoices)s. Take that credit back first."
            )
            % {
                "amount": format_money(payment.credit_applied),
                "number": payment.number,
                "invoices": ", ".join(row.invoice.number for row in rows),
            }
        )
    if payment.refunded:
        refunds = ", ".join(
            payment.refunds.filter(reversed_at=None).order_by("id").values_list("number", flat=True)
        )
        raise ConflictError(
            _("%(amount)s of payment %(number)s has been paid back (%(refunds)s), so it cannot be voided.")
            % {"amount": format_money(payment.refunded), "number": payment.number, "refunds": refunds}
        )
    if payment.retainer is not None and payment.retained > reread(actor, payment.retainer).available:
        raise ConflictError(
            _("Retainer invoice %(number)s has been used in the meantime. Undo its drawings first.")
            % {"number": payment.retainer.number}
        )


def _open_again(actor: Actor, payment: Payment, reason: str) -> None:
    for allocation in payment.allocations.filter(reversed_at=None).order_by("invoice_id"):
        invoice = reread(actor, allocation.invoice)
        left = allocation.amount - allocation.taken
        put_on_invoice(invoice, "paid", -left)
        compare_and_set(allocation, {"reversed_at": clock.now(), "taken": Money.zero(payment.currency)})
        details = _details(payment, left, invoice.balance, reason)
        note(actor, invoice, DocumentKind.INVOICE, "payment_voided", details)
    if payment.retainer is not None and payment.retained:
        retainer = reread(actor, payment.retainer)
        put_on_retainer(retainer, "paid", -payment.retained)
        details = _details(payment, payment.retained, retainer.balance, reason)
        note(actor, retainer, DocumentKind.RETAINER_INVOICE, "payment_voided", details)


def _forget_what_came_off(payment: Payment) -> None:
    """What had been taken off invoices was credit, which the reversal of the whole payment takes away."""
    day = reversal_day(payment.organisation_id, payment.date)
    for row in payment.unallocations.filter(reversed_at=None):
        compare_and_set(row, {"reversed_at": clock.now()})
        reverse(row.pk, day=max(day, row.date))


def _details(payment: Payment, part: Money, balance: Money, reason: str) -> dict[str, str]:
    return {
        "payment_id": str(payment.pk),
        "payment": payment.number,
        "amount": str(part),
        "balance": str(balance),
        "reason": reason,
    }
