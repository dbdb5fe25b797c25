"""Writing an invoice while it is a draft."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, Duty, require_office
from portico.access.scope import scope
from portico.customers.locking import reread
from portico.customers.models import Customer
from portico.invoices.models import Invoice, InvoiceGateway, InvoiceLine, InvoiceStatus
from portico.kit.errors import ConflictError, InvalidError
from portico.organisations.models import PaymentTerms
from portico.payments.models import GatewayAccount
from portico.transactions.days import check_day
from portico.transactions.drafts import DocumentDraft, fill, insert, rewrite
from portico.transactions.models import HistoryEvent
from portico.transactions.terms import due_date
from portico.transactions.totals import Totals

_COLUMNS = ("due_date", "payment_terms", "allow_partial_payments", "all_gateways")


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceDraft(DocumentDraft):
    """An invoice as written.

    The due date follows from `payment_terms`, or from the customer's when those are None, unless it is given.
    `gateways` are the gateway accounts offered; None offers every active one (S6.2).
    """

    due_date: dt.date | None = None
    payment_terms: PaymentTerms | None = None
    allow_partial_payments: bool = True
    gateways: tuple[UUID, ...] | None = None


def draft_invoice(*, actor: Actor, customer: Customer, draft: InvoiceDraft) -> Invoice:
    """Write a new draft for the customer; nobody owes anything yet.

    Raises:
        ForbiddenError: the actor may not write documents.
        InvalidError: an input cannot be accepted; `field` names it.
    """
    with scope(actor):
        require_office(actor, Duty.WRITE_DOCUMENTS)
        customer = Customer.objects.one_for(actor, pk=customer.pk)
        invoice = Invoice()
        totals = _fill(invoice, draft, customer)
        insert(invoice, InvoiceLine, draft, totals)
        _tick_gateways(invoice, draft)
        audit.record(actor, "draft_invoice", invoice, f"{customer.display_name}, {invoice.total}")
        return invoice


def edit_invoice(*, actor: Actor, invoice: Invoice, draft: InvoiceDraft) -> Invoice:
    """Write a draft anew.

    Raises:
        ConflictError: it has been issued: an issued document is frozen.
        ForbiddenError, InvalidError: as for `draft_invoice`.
    """
    with scope(actor):
        require_office(actor, Duty.WRITE_DOCUMENTS)
        invoice = _reread_draft(actor, invoice)
        before = str(invoice.total)
        totals = _fill(invoice, draft, Customer.objects.one_for(actor, pk=invoice.customer_id))
        rewrite(invoice, InvoiceLine, draft, totals, more=_COLUMNS)
        _tick_gateways(invoice, draft)
        audit.record(actor, "edit_invoice", invoice, changes={"total": [before, str(invoice.total)]})
        return invoice


def delete_draft(*, actor: Actor, invoice: Invoice) -> None:
    """Throw a draft away, with its lines.

    Raises:
        ConflictError: it has been issued; void it instead.
        ForbiddenError: the actor may not write documents.
    """
    with scope(actor):
        require_office(actor, Duty.WRITE_DOCUMENTS)
        invoice = _reread_draft(actor, invoice)
        audit.record(actor, "delete_draft", invoice, f"{invoice.total}")
        HistoryEvent.objects.filter(document_id=invoice.pk).delete()
        invoice.delete()


def _reread_draft(actor: Actor, invoice: Invoice) -> Invoice:
    invoice = reread(actor, invoice)
    if invoice.status != InvoiceStatus.DRAFT:
        raise ConflictError(
            _(
                "Invoice %(number)s has been issued and can no longer be changed. Void it, or write a credit note."
            )
            % {"number": invoice.number}
        )
    return invoice


def _fill(invoice: Invoice, draft: InvoiceDraft, customer: Customer) -> Totals:
    terms = draft.payment_terms or customer.payment_terms
    invoice.payment_terms = terms.name if terms else ""
    totals = fill(invoice, draft, customer)
    invoice.due_date = draft.due_date or due_date(terms, draft.date)
    check_day(invoice.due_date, "due_date")
    if invoice.due_date < draft.date:
        raise InvalidError(_("The due date lies before the date of the invoice."), field="due_date")
    invoice.allow_partial_payments = draft.allow_partial_payments
    invoice.all_gateways = draft.gateways is None
    return totals


def _tick_gateways(invoice: Invoice, draft: InvoiceDraft) -> None:
    InvoiceGateway.objects.filter(invoice=invoice).delete()
    asked = set(draft.gateways or ())
    known = GatewayAccount.objects.filter(organisation_id=invoice.organisation_id, pk__in=asked)
    if len(known) < len(asked):
        raise InvalidError(_("There is no such gateway."), field="gateways")
    InvoiceGateway.objects.bulk_create(
        InvoiceGateway(
            organisation_id=invoice.organisation_id,
            customer_id=invoice.customer_id,
            invoice=invoice,
            gateway_account=account,
        )
        for account in known
    )
