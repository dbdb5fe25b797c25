"""Recording money that a customer has paid: on invoices, on a retainer invoice, the rest as credit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, Duty, JobActor, require_office
from portico.access.scope import scope
from portico.customers.locking import lock_books, reread
from portico.customers.models import Customer
from portico.invoices.models import Invoice
from portico.invoices.standing import open_amount as open_on_invoice
from portico.invoices.standing import put as put_on_invoice
from portico.kit.errors import ConflictError, InvalidError, NotFoundError
from portico.kit.money import Money, format_money, smaller, total
from portico.ledger.models import Account, EntryKind
from portico.ledger.post import Leg, post
from portico.payments.models import Allocation, Payment, PaymentAttempt
from portico.retainers.models import RetainerInvoice
from portico.retainers.standing import open_amount as open_on_retainer
from portico.retainers.standing import put as put_on_retainer
from portico.transactions.amounts import check_amount
from portico.transactions.days import check_happened
from portico.transactions.history import note as note_history
from portico.transactions.models import DocumentKind
from portico.transactions.numbering import next_number
from portico.transactions.texts import check_texts


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where the money goes."""

    on_invoices: list[tuple[Invoice, Money]]
    retainer: RetainerInvoice | None
    allocated: Money
    retained: Money
    excess: Money


def record_payment(
    *,
    actor: Actor,
    customer: Customer,
    amount: Money,
    date: dt.date,
    mode: str,
    reference: str = "",
    allocations: Mapping[UUID, Money] | None = None,
    retainer: RetainerInvoice | None = None,
    note: str = "",
    attempt: PaymentAttempt | None = None,
    method_label: str = "",
    payer_name: str = "",
) -> Payment:
    """Write a payment and put it where it belongs; what is left becomes the customer's credit (“excess”).

    Money from a gateway has come, whatever has happened to the documents meanwhile: for a job, what does not fit
    on them any more becomes credit. Staff are told instead, so that they can look again.

    Args:
        actor: staff who may move money, or a job.
        customer: who paid.
        amount: what came, above zero.
        date: the day it came, in the organisation's time zone.
        mode: a PaymentMode.
        reference: of the bank, the gateway or the cheque.
        allocations: invoice id → how much of the amount is for it; parts of zero are left out.
        retainer: a retainer invoice; gets what the invoices leave, up to its balance.
        note: shown on the receipt.
        attempt: the gateway attempt it comes from; the database takes only one payment for each.
        method_label: such as “Visa ending 4242”.
        payer_name: for the receipt.

    Raises:
        ConflictError: the attempt is of another customer or amount.
        ForbiddenError: the actor may not move money.
        InvalidError: amount, date, mode or an allocation (`field` “allocations-<invoice id>”) cannot be accepted.
        NotFoundError: an invoice or the retainer is not this customer's.
    """
    with scope(actor):
        require_office(actor, Duty.MOVE_MONEY)
        customer = lock_books(customer.pk)
        check_amount(amount)
        check_happened(date, customer.organisation_id)
        _check_attempt(attempt, customer, amount)
        plan = _plan(actor, customer, amount, allocations or {}, retainer)
        payment = Payment(
            organisation_id=customer.organisation_id,
            customer=customer,
            date=date,
            currency=amount.currency,
            amount=amount,
            mode=mode,
            method_label=method_label,
            reference=reference.strip(),
            note=note,
            retainer=plan.retainer if plan.retained else None,
            attempt=attempt,
            payer_name=payer_name,
            allocated=plan.allocated,
            retained=plan.retained,
            unused=plan.excess,
        )
        check_texts(payment)
        payment.number = next_number(customer.organisation_id, "payment")
        payment.save(force_insert=True)
        _put(actor, payment, plan)
        _post(payment, plan)
        note_history(actor, payment, DocumentKind.PAYMENT, "received", {"amount": str(amount)})
        audit.record(actor, "record_payment", payment, f"{payment.number}, {amount}")
        return payment


def _check_attempt(attempt: PaymentAttempt | None, customer: Customer, amount: Money) -> None:
    if attempt is None:
        return
    if attempt.customer_id != customer.pk or attempt.amount != amount:
        raise ConflictError(_("This payment does not fit the attempt it comes from."))


def _plan(
    actor: Actor,
    customer: Customer,
    amount: Money,
    asked: Mapping[UUID, Money],
    retainer: RetainerInvoice | None,
) -> _Plan:
    for invoice_id, part in asked.items():
        if part:
            check_amount(part, amount.currency, _field(invoice_id))
    wanted = {invoice_id: part for invoice_id, part in asked.items() if part}
    if total(wanted.values(), amount.currency) > amount:
        raise InvalidError(
            _("The parts add up to more than the payment of %(amount)s.") % {"amount": format_money(amount)},
            field="allocations",
        )
    on_invoices = _on_invoices(actor, customer, wanted)
    allocated = total((part for _invoice, part in on_invoices), amount.currency)
    rest = amount - allocated
    retained = Money.zero(amount.currency)
    if retainer is not None:
        retainer = _retainer(actor, customer, retainer, amount.currency)
        retained = smaller(rest, open_on_retainer(retainer))
    return _Plan(on_invoices, retainer, allocated, retained, rest - retained)


def _on_invoices(
    actor: Actor, customer: Customer, wanted: Mapping[UUID, Money]
) -> list[tuple[Invoice, Money]]:
    mine = Invoice.objects.visible_to(actor).filter(customer_id=customer.pk)
    found = mine.select_for_update(no_key=True).order_by("pk").in_bulk(list(wanted))
    parts = []
    for invoice_id, part in wanted.items():
        if invoice_id not in found:
            raise NotFoundError(_("There is no such invoice of this customer."))
        invoice = found[invoice_id]
        check_amount(part, invoice.currency, _field(invoice_id))
        open_ = open_on_invoice(invoice)
        if part > open_ and not isinstance(actor, JobActor):
            raise InvalidError(
                _("Invoice %(number)s has only %(open)s open.")
                % {"number": invoice.number, "open": format_money(open_)},
                field=_field(invoice_id),
            )
        if fits := smaller(part, open_):
            parts.append((invoice, fits))
    return parts


def _retainer(actor: Actor, customer: Customer, retainer: RetainerInvoice, currency: str) -> RetainerInvoice:
    if retainer.customer_id != customer.pk:
        raise NotFoundError(_("There is no such retainer invoice of this customer."))
    retainer = reread(actor, retainer)
    if retainer.currency != currency:
        raise InvalidError(
            _("Retainer invoice %(number)s is in %(currency)s.")
            % {"number": retainer.number, "currency": retainer.currency},
            field="amount",
        )
    if not open_on_retainer(retainer) and not isinstance(actor, JobActor):
        raise ConflictError(
            _("Nothing is open on retainer invoice %(number)s.") % {"number": retainer.number}
        )
    return retainer


def _put(actor: Actor, payment: Payment, plan: _Plan) -> None:
    Allocation.objects.bulk_create(
        Allocation(
            organisation_id=payment.organisation_id,
            customer_id=payment.customer_id,
            payment=payment,
            invoice=invoice,
            currency=payment.currency,
            amount=part,
        )
        for invoice, part in plan.on_invoices
    )
    for invoice, part in plan.on_invoices:
        put_on_invoice(invoice, "paid", part)
        note_history(actor, invoice, DocumentKind.INVOICE, "paid", _details(payment, part, invoice.balance))
    if plan.retainer is not None and plan.retained:
        put_on_retainer(plan.retainer, "paid", plan.retained)
        details = _details(payment, plan.retained, plan.retainer.balance)
        note_history(actor, plan.retainer, DocumentKind.RETAINER_INVOICE, "paid", details)


def _details(payment: Payment, part: Money, balance: Money) -> dict[str, str]:
    return {
        "payment_id": str(payment.pk),
        "payment": payment.number,
        "amount": str(part),
        "balance": str(balance),
    }


def _post(payment: Payment, plan: _Plan) -> None:
    legs = [
        Leg(debit=Account.CASH, credit=Account.RECEIVABLE, amount=plan.allocated),
        Leg(debit=Account.CASH, credit=Account.CREDIT, amount=plan.excess),
    ]
    if plan.allocated or plan.excess:
        post(payment, kind=EntryKind.PAYMENT, source_id=payment.pk, day=payment.date, legs=legs)
    if plan.retained:
        legs = [Leg(debit=Account.CASH, credit=Account.RETAINER, amount=plan.retained)]
        post(payment, kind=EntryKind.RETAINER_PAYMENT, source_id=payment.pk, day=payment.date, legs=legs)


def _field(invoice_id: UUID) -> str:
    return f"allocations-{invoice_id}"
