"""Start a payment: commit the intent to charge, and reserve what it is for, before anybody is called."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portico.access.actors import ContactActor, LinkActor, Permission, require
from portico.access.scope import scope
from portico.customers.locking import lock_books
from portico.invoices.models import Invoice, InvoiceStatus
from portico.kit.errors import ConflictError, InvalidError, NotFoundError
from portico.kit.money import Money, format_money, smaller, total
from portico.organisations.models import Preferences
from portico.payments.actions.choose import chosen_method, may_be_kept
from portico.payments.actions.credit import parts_of, plan_credit, write_use
from portico.payments.actions.moves import note
from portico.payments.actions.pace import refuse_after_failures
from portico.payments.gateway import MethodKind
from portico.payments.lines import PayLine
from portico.payments.models import AttemptAllocation, AttemptState, CreditUse, GatewayAccount, PaymentAttempt
from portico.payments.offers import offered_on
from portico.payments.own_credits import used
from portico.payments.reservations import reserved_on_invoices, reserved_on_retainers
from portico.payments.ways import kinds_for
from portico.retainers.models import RetainerInvoice, RetainerStatus

__all__ = ["OnItsWayError", "PayLine", "check_lines", "start_payment"]


class OnItsWayError(ConflictError):
    """A payment of this balance is already on its way (S6.5, preference 4)."""

    code = "payment_on_its_way"


def start_payment(
    *,
    actor: ContactActor | LinkActor,
    submission_key: UUID,
    gateway_account_id: UUID,
    kind: MethodKind = MethodKind.CARD,
    lines: Sequence[PayLine],
    credit: Money | None = None,
    chosen_credit: Collection[UUID] | None = None,
    method_id: UUID | None = None,
    save: bool = False,
    mandate: Mapping[str, Any] | None = None,
) -> PaymentAttempt:
    """Write down the intent to charge. The same submission key gives the same attempt, however often.

    Through a public link only the link's own document can be paid; the attempt says through which link it came.

    Args:
        actor: who pays.
        submission_key: from the form.
        gateway_account_id: who is to charge.
        kind: what is to be charged; a bank account only for customers who are flagged for it (S6.3).
        lines: what is to be paid, with how much of each.
        credit: how much of the customer's own credit was shown to be used of that; the rest is charged. It is
            written down and reserved, and put on the invoices when the charge succeeds.
        chosen_credit: of which credit notes, payments and retainers; None for whatever there is.
        method_id: the payer's own saved method that is charged, of that account and kind; None for a new one.
        save: whether a new one is kept for the payer (preference 16).
        mandate: what was agreed to for a debit: at, ip, user_agent, words; a bank account needs it.

    Raises:
        ConflictError: the credit is not what was shown any more, or leaves nothing to charge.
        ForbiddenError: the person, or whoever has the link, may not pay here, or not use credit (preference 17).
        InvalidError: the saved method has expired or is not offered here; an amount is zero, more than what is open, or a part where parts are not allowed;
            `field` is `amount-<document id>`.
        OnItsWayError: what is open is reserved by another attempt.
        TooManyFailuresError: too much has been declined within the hour.
        NotFoundError: a document is not this customer's, the gateway is not offered, or the method not the payer's.
    """
    if kind is MethodKind.BANK and not mandate:
        raise InvalidError(_("Agree to the debit first."), field="way")
    with scope(actor):
        require(actor, Permission.PAY)
        require(actor, Permission.VIEW_BILLING)
        customer = lock_books(actor.customer_id)
        link_id = actor.link_id if isinstance(actor, LinkActor) else None
        existing = PaymentAttempt.objects.visible_to(actor).filter(submission_key=submission_key).first()
        if existing is not None:
            if link_id is not None and existing.link_id != link_id:
                raise NotFoundError  # somebody else's form
            return existing
        if CreditUse.objects.visible_to(actor).filter(submission_key=submission_key).exists():
            raise ConflictError(_("This form has been sent already: your credit paid for it."))
        refuse_after_failures(actor)
        currency = check_lines(actor, lines)
        parts = plan_credit(actor, lines, credit, chosen_credit) if credit else []
        account = _offered(actor, gateway_account_id, kind, lines, currency)
        method = chosen_method(actor, method_id, account, kind, currency) if method_id else None
        if save and (method or not may_be_kept(actor, account)):
            raise InvalidError(_("This cannot be kept for future transactions."), field="way")
        attempt = PaymentAttempt(
            organisation_id=actor.organisation_id,
            customer=customer,
            gateway_account=account,
            contact_person_id=actor.person_id if isinstance(actor, ContactActor) else None,
            link_id=link_id,
            submission_key=submission_key,
            mode=kind,
            saved_method=method,
            saves_method=save,
            mandate=dict(mandate or {}),
            currency=currency,
            amount=total((line.amount for line in lines), currency) - used(parts, currency),
        )
        if not attempt.amount:
            raise ConflictError(_("Your credit covers all of this, so nothing is charged."))
        _insert(attempt)
        AttemptAllocation.objects.bulk_create(
            AttemptAllocation(
                organisation_id=actor.organisation_id,
                customer=customer,
                attempt=attempt,
                invoice_id=None if line.is_retainer else line.document_id,
                retainer_id=line.document_id if line.is_retainer else None,
                currency=currency,
                amount=charged,
            )
            for line in lines
            if (charged := line.amount - used(parts_of(parts, line.document_id), currency))
        )
        if parts:
            write_use(actor, submission_key, parts, attempt)
        note(attempt, "", AttemptState.CREATED, via="page")
        return attempt


def check_lines(actor: ContactActor | LinkActor, lines: Sequence[PayLine]) -> str:
    """Whether this may be paid now, as `start_payment` says; within a scope, under the customer's lock.

    Returns:
        The currency of all lines.
    """
    if not lines:
        raise InvalidError(_("Choose at least one invoice to pay."))
    preferences = Preferences.objects.get(organisation_id=actor.organisation_id)
    if len(lines) > 1 and not preferences.customers_may_pay_several:
        raise InvalidError(_("Pay one invoice at a time."))
    currency = lines[0].amount.currency
    if len({line.document_id for line in lines}) != len(lines):
        raise InvalidError(_("The same invoice is chosen twice."))
    _check_documents(actor, lines, currency, reserve=preferences.prevent_duplicate_payments)
    return currency


def _insert(attempt: PaymentAttempt) -> None:
    """Save a new attempt; a submission key that is taken by one which the actor does not see is somebody else's."""
    try:
        with transaction.atomic():
            attempt.save(force_insert=True)
    except IntegrityError as error:
        if "attempt_submitted_once" in str(error):
            raise NotFoundError from error
        raise


def _check_documents(
    actor: ContactActor | LinkActor, lines: Sequence[PayLine], currency: str, *, reserve: bool
) -> None:
    invoice_ids = [line.document_id for line in lines if not line.is_retainer]
    retainer_ids = [line.document_id for line in lines if line.is_retainer]
    if len(retainer_ids) > 1 or (retainer_ids and invoice_ids):
        raise InvalidError(_("A retainer invoice is paid by itself."))
    invoices = Invoice.objects.visible_to(actor).in_bulk(invoice_ids)
    retainers = RetainerInvoice.objects.visible_to(actor).in_bulk(retainer_ids)
    held: dict[UUID, Money] = {}
    if reserve:
        held = reserved_on_invoices(actor, invoice_ids, currency) | reserved_on_retainers(
            actor, retainer_ids, currency
        )
    for line in lines:
        document: Invoice | RetainerInvoice | None
        document = retainers.get(line.document_id) if line.is_retainer else invoices.get(line.document_id)
        if document is None:
            raise NotFoundError
        whole = not document.allow_partial_payments if isinstance(document, Invoice) else False
        _check_line(document, line, held.get(line.document_id, Money.zero(currency)), whole=whole)


def _check_line(document: Invoice | RetainerInvoice, line: PayLine, held: Money, *, whole: bool) -> None:
    field = f"amount-{line.document_id}"
    if document.status in (InvoiceStatus.VOID, RetainerStatus.VOID):
        raise InvalidError(_("%(number)s is void.") % {"number": document.number}, field=field)
    if document.currency != line.amount.currency:
        raise InvalidError(
            _("%(number)s is in %(currency)s.") % {"number": document.number, "currency": document.currency},
            field=field,
        )
    if not document.balance:
        raise InvalidError(_("%(number)s is already paid.") % {"number": document.number}, field=field)
    left = document.balance - smaller(held, document.balance)  # staff may have recorded what is on its way
    if not left:
        raise OnItsWayError(
            _("A payment of %(amount)s for %(number)s is already on its way. You can pay again if it fails.")
            % {"amount": format_money(held), "number": document.number},
            field=field,
        )
    if line.amount.amount <= 0:
        raise InvalidError(_("Enter an amount above zero."), field=field)
    if line.amount > left:
        raise InvalidError(_too_much(left, held), field=field)
    if whole and line.amount != left:
        raise InvalidError(
            _("This invoice is paid in full: %(amount)s.") % {"amount": format_money(left)}, field=field
        )


def _too_much(left: Money, held: Money) -> str:
    if held:
        return _("At most %(left)s can be paid: %(held)s is already on its way.") % {
            "left": format_money(left),
            "held": format_money(held),
        }
    return _("At most %(left)s is open.") % {"left": format_money(left)}


def _offered(
    actor: ContactActor | LinkActor,
    account_id: UUID,
    kind: MethodKind,
    lines: Sequence[PayLine],
    currency: str,
) -> GatewayAccount:
    invoice_ids = [line.document_id for line in lines if not line.is_retainer]
    for account in offered_on(actor, invoice_ids, currency):
        if account.pk == account_id and kind in kinds_for(actor, account, currency):
            return account
    raise InvalidError(
        ngettext(
            "That way to pay is not offered for this.",
            "That way to pay is not offered for all of these.",
            len(lines),
        ),
        field="way",
    )
