"""Paying by one's own credit alone: nobody is charged, so no gateway is asked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import ContactActor, Permission, require
from portico.access.scope import scope
from portico.customers.locking import lock_books
from portico.kit.errors import ConflictError
from portico.kit.money import Money, total
from portico.payments.actions.credit import apply_use, plan_credit, write_use
from portico.payments.actions.start import check_lines
from portico.payments.lines import PayLine
from portico.payments.models import CreditUse, PaymentAttempt


def pay_by_credit(
    *,
    actor: ContactActor,
    submission_key: UUID,
    lines: Sequence[PayLine],
    credit: Money,
    chosen_credit: Collection[UUID] | None = None,
) -> CreditUse:
    """Pay invoices by the customer's own credit. The same submission key uses it once, however often.

    Args:
        actor: a contact person who may pay.
        submission_key: from the form.
        lines: the invoices with how much of each.
        credit: what was shown to be used: all of it.
        chosen_credit: of which credit notes, payments and retainers; None for whatever there is.

    Raises:
        ConflictError: the credit is not what was shown any more, or does not cover everything.
        ForbiddenError: the person may not pay, or not use credit (preference 17).
        InvalidError, OnItsWayError, NotFoundError: as for `start_payment`.
    """
    with scope(actor):
        require(actor, Permission.PAY)
        require(actor, Permission.VIEW_BILLING)
        lock_books(actor.customer_id)
        if PaymentAttempt.objects.visible_to(actor).filter(submission_key=submission_key).exists():
            raise ConflictError(_("This form has been sent already: its payment is on its way."))
        before = CreditUse.objects.visible_to(actor).filter(submission_key=submission_key).first()
        if before is not None:
            return before
        currency = check_lines(actor, lines)
        parts = plan_credit(actor, lines, credit, chosen_credit)
        if total((line.amount for line in lines), currency) != credit or not parts:
            raise ConflictError(_("Your credit has changed meanwhile. Look at the sum again."))
        use = write_use(actor, submission_key, parts, None)
        apply_use(actor, use)
        audit.record(actor, "pay_by_credit", use, str(credit))
        return use
