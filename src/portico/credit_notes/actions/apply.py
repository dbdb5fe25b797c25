"""Putting credit on an invoice, from a credit note or from a payment's excess, and taking it back."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, Duty, require_office
from portico.access.scope import scope
from portico.credit_notes.models import CreditApplication, CreditNote
from portico.credit_notes.standing import use
from portico.customers.locking import lock_books, reread
from portico.invoices.models import Invoice
from portico.invoices.standing import put
from portico.kit import clock
from portico.kit.errors import ConflictError, NotFoundError
from portico.kit.money import Money
from portico.ledger.models import Account, EntryKind
from portico.ledger.post import Leg, post, reverse
from portico.payments.models import Payment
from portico.payments.own_credits import require_using
from portico.payments.standing import use_excess
from portico.transactions.amounts import check_amount
from portico.transactions.compare_and_set import compare_and_set
from portico.transactions.days import reversal_day, today_at
from portico.transactions.history import note
from portico.transactions.models import DocumentKind


def apply_credit(
    *, actor: Actor, source: CreditNote | Payment, invoice: Invoice, amount: Money
) -> CreditApplication:
    """Put some of a credit on an open invoice; what the customer owes in all stays the same.

    It counts for today, or for the later of the two documents' dates where one lies ahead.

    Args:
        actor: staff who may move money, a job, or a contact person who may pay, for their own customer (preference 17).
        source: an open credit note, or a payment with excess.
        invoice: an open invoice of the same customer and currency.
        amount: at most what is left of the credit and what is open on the invoice.

    Raises:
        ConflictError: the source or the invoice is a draft or void.
        ForbiddenError: the actor may not use this credit.
        InvalidError: the amount cannot be accepted.
        NotFoundError: they are not of the same customer.
    """
    with scope(actor):
        require_using(actor)
        lock_books(source.customer_id)
        source = _reread(actor, source)
        invoice = reread(actor, invoice)
        if invoice.customer_id != source.customer_id:
            raise NotFoundError(_("There is no such invoice of this customer."))
        check_amount(amount, source.currency)
        check_amount(amount, invoice.currency)
        application = CreditApplication.objects.create(
            organisation_id=invoice.organisation_id,
            customer_id=invoice.customer_id,
            credit_note=source if isinstance(source, CreditNote) else None,
            payment=source if isinstance(source, Payment) else None,
            invoice=invoice,
            currency=amount.currency,
            amount=amount,
            date=max(today_at(invoice.organisation_id), invoice.date, source.date),
        )
        _use(source, amount)
        put(invoice, "credited", amount)
        post(
            application,
            kind=EntryKind.CREDIT_APPLIED,
            source_id=application.pk,
            day=application.date,
            legs=[Leg(debit=Account.CREDIT, credit=Account.RECEIVABLE, amount=amount)],
        )
        _note(actor, application, source, invoice, back=False)
        return application


def unapply_credit(*, actor: Actor, application: CreditApplication) -> CreditApplication:
    """Take credit off an invoice again: the invoice opens by it, and it is credit as before.

    Raises:
        ConflictError: it has been taken back already.
        ForbiddenError: the actor may not move money.
    """
    with scope(actor):
        require_office(actor, Duty.MOVE_MONEY)
        lock_books(application.customer_id)
        application = reread(actor, application)
        if application.reversed_at is not None:
            raise ConflictError(_("This credit has been taken back already."))
        origin = application.credit_note or application.payment
        assert origin is not None  # the database: one source
        source = _reread(actor, origin)
        invoice = reread(actor, application.invoice)
        compare_and_set(application, {"reversed_at": clock.now()})
        put(invoice, "credited", -application.amount)
        _use(source, -application.amount)
        reverse(application.pk, day=reversal_day(invoice.organisation_id, application.date))
        _note(actor, application, source, invoice, back=True)
        return application


def _reread(actor: Actor, source: CreditNote | Payment) -> CreditNote | Payment:
    if isinstance(source, CreditNote):
        return reread(actor, source)
    payment = reread(actor, source)
    if payment.voided_at is not None:
        raise ConflictError(_("Payment %(number)s is void.") % {"number": payment.number})
    return payment


def _use(source: CreditNote | Payment, amount: Money) -> None:
    if isinstance(source, CreditNote):
        use(source, "applied", amount)
    else:
        use_excess(source, "credit_applied", amount)


def _note(
    actor: Actor,
    application: CreditApplication,
    source: CreditNote | Payment,
    invoice: Invoice,
    *,
    back: bool,
) -> None:
    kind = DocumentKind.CREDIT_NOTE if isinstance(source, CreditNote) else DocumentKind.PAYMENT
    amount = str(application.amount)
    from_source = {
        "source_kind": kind.value,
        "source_id": str(source.pk),
        "source": source.number,
        "amount": amount,
        "balance": str(invoice.balance),
    }
    event = "credit_taken_back" if back else "credited"
    note(actor, invoice, DocumentKind.INVOICE, event, from_source)
    to_invoice = {"invoice_id": str(invoice.pk), "invoice": invoice.number, "amount": amount}
    note(actor, source, kind, "application_reversed" if back else "applied", to_invoice)
    audit.record(actor, event, application, f"{amount} of {source.number} on {invoice.number}")
