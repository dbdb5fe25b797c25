"""Writing a retainer invoice while it is a draft."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, Duty, require_office
from portico.access.scope import scope
from portico.customers.locking import reread
from portico.customers.models import Customer
from portico.kit.errors import ConflictError, InvalidError
from portico.retainers.models import RetainerInvoice, RetainerLine, RetainerStatus
from portico.transactions.amounts import check_amount
from portico.transactions.days import check_day
from portico.transactions.drafts import DocumentDraft, fill, insert, rewrite
from portico.transactions.models import HistoryEvent
from portico.transactions.terms import due_date
from portico.transactions.totals import Totals


@dataclass(frozen=True, slots=True, kw_only=True)
class RetainerDraft(DocumentDraft):
    """A retainer invoice as written; the due date follows from the customer's terms unless it is given."""

    due_date: dt.date | None = None


def draft_retainer(*, actor: Actor, customer: Customer, draft: RetainerDraft) -> RetainerInvoice:
    """Write a new draft for the customer; nothing is asked for yet.

    Raises:
        ForbiddenError: the actor may not write documents.
        InvalidError: an input cannot be accepted; `field` names it.
    """
    with scope(actor):
        require_office(actor, Duty.WRITE_DOCUMENTS)
        customer = Customer.objects.one_for(actor, pk=customer.pk)
        retainer = RetainerInvoice()
        totals = _fill(retainer, draft, customer)
        insert(retainer, RetainerLine, draft, totals)
        audit.record(actor, "draft_retainer", retainer, f"{customer.display_name}, {retainer.total}")
        return retainer


def edit_retainer(*, actor: Actor, retainer: RetainerInvoice, draft: RetainerDraft) -> RetainerInvoice:
    """Write a draft anew.

    Raises:
        ConflictError: it has been issued: an issued document is frozen.
        ForbiddenError, InvalidError: as for `draft_retainer`.
    """
    with scope(actor):
        require_office(actor, Duty.WRITE_DOCUMENTS)
        retainer = _reread_draft(actor, retainer)
        totals = _fill(retainer, draft, Customer.objects.one_for(actor, pk=retainer.customer_id))
        rewrite(retainer, RetainerLine, draft, totals, more=["due_date"])
        audit.record(actor, "edit_retainer", retainer, str(retainer.total))
        return retainer


def delete_retainer_draft(*, actor: Actor, retainer: RetainerInvoice) -> None:
    """Throw a draft away, with its lines.

    Raises:
        ConflictError: it has been issued; void it instead.
        ForbiddenError: the actor may not write documents.
    """
    with scope(actor):
        require_office(actor, Duty.WRITE_DOCUMENTS)
        retainer = _reread_draft(actor, retainer)
        audit.record(actor, "delete_retainer_draft", retainer, str(retainer.total))
        HistoryEvent.objects.filter(document_id=retainer.pk).delete()
        retainer.delete()


def _reread_draft(actor: Actor, retainer: RetainerInvoice) -> RetainerInvoice:
    retainer = reread(actor, retainer)
    if retainer.status != RetainerStatus.DRAFT:
        raise ConflictError(
            _(
                "Retainer invoice %(number)s has been issued and can no longer be changed. Void it and write another."
            )
            % {"number": retainer.number}
        )
    return retainer


def _fill(retainer: RetainerInvoice, draft: RetainerDraft, customer: Customer) -> Totals:
    totals = fill(retainer, draft, customer)
    check_amount(totals.total, field="lines")
    retainer.due_date = draft.due_date or due_date(customer.payment_terms, draft.date)
    check_day(retainer.due_date, "due_date")
    if retainer.due_date < draft.date:
        raise InvalidError(_("The due date lies before the date of the retainer invoice."), field="due_date")
    return totals
