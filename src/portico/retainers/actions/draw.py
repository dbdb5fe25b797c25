"""Drawing on a paid retainer: putting it on an invoice, and taking it back."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, Duty, require_office
from portico.access.scope import scope
from portico.customers.locking import lock_books, reread
from portico.invoices.models import Invoice
from portico.invoices.standing import put as put_on_invoice
from portico.kit import clock
from portico.kit.errors import ConflictError, NotFoundError
from portico.kit.money import Money
from portico.ledger.models import Account, EntryKind
from portico.ledger.post import Leg, post, reverse
from portico.payments.own_credits import require_using
from portico.retainers.models import Drawing, RetainerInvoice
from portico.retainers.standing import put as put_on_retainer
from portico.transactions.amounts import check_amount
from portico.transactions.compare_and_set import compare_and_set
from portico.transactions.days import reversal_day, today_at
from portico.transactions.history import note
from portico.transactions.models import DocumentKind


def draw_retainer(*, actor: Actor, retainer: RetainerInvoice, invoice: Invoice, amount: Money) -> Drawing:
    """Put some of what was paid on a retainer on an open invoice; on the statement it is a payment (S8.3).

    It counts for today, or for the later of the two documents' dates where one lies ahead.

    Args:
        actor: staff who may move money, a job, or a contact person who may pay, for their own customer (preference 17).
        retainer: one with an available amount.
        invoice: an open invoice of the same customer and currency.
        amount: at most what is available and what is open.

    Raises:
        ConflictError: the retainer or the invoice is a draft or void.
        ForbiddenError: the actor may not use this credit.
        InvalidError: the amount cannot be accepted.
        NotFoundError: they are not of the same customer.
    """
    with scope(actor):
        require_using(actor)
        lock_books(retainer.customer_id)
        retainer = reread(actor, retainer)
        invoice = reread(actor, invoice)
        if invoice.customer_id != retainer.customer_id:
            raise NotFoundError(_("There is no such invoice of this customer."))
        check_amount(amount, retainer.currency)
        check_amount(amount, invoice.currency)
        drawing = Drawing.objects.create(
            organisation_id=invoice.organisation_id,
            customer_id=invoice.customer_id,
            retainer=retainer,
            invoice=invoice,
            currency=amount.currency,
            amount=amount,
            date=max(today_at(invoice.organisation_id), invoice.date, retainer.date),
        )
        put_on_retainer(retainer, "drawn", amount)
        put_on_invoice(invoice, "drawn", amount)
        post(
            drawing,
            kind=EntryKind.RETAINER_DRAWN,
            source_id=drawing.pk,
            day=drawing.date,
            legs=[Leg(debit=Account.RETAINER, credit=Account.RECEIVABLE, amount=amount)],
        )
        _note(actor, retainer, invoice, amount, "drawn")
        return drawing


def undo_drawing(*, actor: Actor, drawing: Drawing) -> Drawing:
    """Take a drawing off its invoice again: the invoice opens by it, and the retainer has it available.

    Raises:
        ConflictError: it has been undone already.
        ForbiddenError: the actor may not move money.
    """
    with scope(actor):
        require_office(actor, Duty.MOVE_MONEY)
        lock_books(drawing.customer_id)
        drawing = reread(actor, drawing)
        if drawing.reversed_at is not None:
            raise ConflictError(_("This drawing has been undone already."))
        retainer = reread(actor, drawing.retainer)
        invoice = reread(actor, drawing.invoice)
        compare_and_set(drawing, {"reversed_at": clock.now()})
        put_on_invoice(invoice, "drawn", -drawing.amount)
        put_on_retainer(retainer, "drawn", -drawing.amount)
        reverse(drawing.pk, day=reversal_day(invoice.organisation_id, drawing.date))
        _note(actor, retainer, invoice, drawing.amount, "drawing_undone")
        return drawing


def _note(actor: Actor, retainer: RetainerInvoice, invoice: Invoice, amount: Money, event: str) -> None:
    on_invoice = {
        "retainer_id": str(retainer.pk),
        "retainer": retainer.number,
        "amount": str(amount),
        "balance": str(invoice.balance),
    }
    note(actor, invoice, DocumentKind.INVOICE, event, on_invoice)
    on_retainer = {"invoice_id": str(invoice.pk), "invoice": invoice.number, "amount": str(amount)}
    note(actor, retainer, DocumentKind.RETAINER_INVOICE, event, on_retainer)
    audit.record(actor, event, retainer, f"{amount} of {retainer.number} on {invoice.number}")
