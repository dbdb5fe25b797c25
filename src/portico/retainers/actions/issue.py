"""Issuing a retainer invoice: a request for money in advance, which nobody owes yet (S8.3)."""

from __future__ import annotations

from portico.access import audit
from portico.access.actors import Actor, Duty, require_office
from portico.access.scope import scope
from portico.customers.locking import lock_books, reread
from portico.retainers.models import MOVES, RetainerInvoice, RetainerStatus
from portico.transactions.compare_and_set import compare_and_set
from portico.transactions.freezing import check_draft, frozen
from portico.transactions.history import note
from portico.transactions.models import DocumentKind


def issue_retainer(*, actor: Actor, retainer: RetainerInvoice) -> RetainerInvoice:
    """Give a draft its number and freeze it; no account moves until it is paid.

    Raises:
        ForbiddenError: the actor may not write documents.
        ConflictError: it is no longer a draft.
    """
    with scope(actor):
        require_office(actor, Duty.WRITE_DOCUMENTS)
        customer = lock_books(retainer.customer_id)
        retainer = reread(actor, retainer)
        check_draft(retainer)
        MOVES.check(RetainerStatus(retainer.status), RetainerStatus.SENT)
        changes = frozen(retainer, customer, "retainer_invoice")
        compare_and_set(retainer, {**changes, "status": RetainerStatus.SENT, "balance": retainer.total})
        note(actor, retainer, DocumentKind.RETAINER_INVOICE, "issued", {"total": str(retainer.total)})
        audit.record(actor, "issue_retainer", retainer, f"{retainer.number}, {retainer.total}")
        return retainer
