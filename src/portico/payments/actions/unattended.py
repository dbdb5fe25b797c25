"""Start a payment that nobody is there for: autopay's, of one invoice with a saved method (S6.8)."""

from __future__ import annotations

from uuid import UUID

from portico.access.actors import JobActor
from portico.customers.locking import lock_books
from portico.invoices.models import Invoice
from portico.kit.errors import ConflictError
from portico.kit.money import Money, format_money
from portico.payments.actions.moves import note
from portico.payments.actions.start import OnItsWayError
from portico.payments.models import AttemptAllocation, AttemptState, PaymentAttempt, SavedMethod
from portico.payments.reservations import reserved_on_invoices


def start_unattended(
    *, actor: JobActor, submission_key: UUID, method: SavedMethod, invoice: Invoice, amount: Money
) -> PaymentAttempt:
    """Write down the intent to charge a saved method; within the caller's scope, which commits it with its own row.

    Args:
        actor: a job.
        submission_key: the same one is the same attempt.
        method: whose person agreed to it.
        invoice: of the same customer.
        amount: at most what is open.

    Raises:
        ConflictError: the method is gone, or less is open.
        OnItsWayError: somebody is paying it this moment.
    """
    customer = lock_books(invoice.customer_id)
    existing = PaymentAttempt.objects.filter(customer=customer, submission_key=submission_key).first()
    if existing is not None:
        return existing
    invoice = Invoice.objects.get(pk=invoice.pk)
    method = SavedMethod.objects.select_for_update(of=("self",)).get(pk=method.pk, customer=customer)
    if method.removed_at is not None:
        raise ConflictError("This payment method was removed.")
    if reserved_on_invoices(actor, [invoice.pk], invoice.currency):
        raise OnItsWayError(f"A payment of {invoice.number} is on its way.")
    if amount > invoice.balance:
        raise ConflictError(f"Only {format_money(invoice.balance)} of {invoice.number} is open.")
    attempt = PaymentAttempt(
        organisation_id=customer.organisation_id,
        customer=customer,
        gateway_account_id=method.gateway_account_id,
        contact_person_id=method.contact_person_id,
        submission_key=submission_key,
        currency=amount.currency,
        amount=amount,
        mode=method.kind,
        saved_method=method,
        is_unattended=True,
    )
    attempt.save(force_insert=True)
    AttemptAllocation.objects.create(
        organisation_id=customer.organisation_id,
        customer=customer,
        attempt=attempt,
        invoice=invoice,
        currency=amount.currency,
        amount=amount,
    )
    note(attempt, "", AttemptState.CREATED, via="autopay")
    return attempt
