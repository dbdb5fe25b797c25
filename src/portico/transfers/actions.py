"""Saying what was sent, taking it back, and staff's confirming or rejecting it (S6.9)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, ContactActor, Duty, Permission, require, require_office
from portico.access.scope import refuse_open_scope, scope
from portico.customers.locking import lock_books
from portico.customers.models import ContactPerson
from portico.invoices.standing import open_amount as open_on_invoice
from portico.kit import clock
from portico.kit.errors import InvalidError
from portico.kit.money import Money, format_money, smaller, total
from portico.notifications.actions import tell_staff
from portico.notifications.customers import Letter, language_of, mail_contacts, portal_url
from portico.notifications.events import CustomerEvent
from portico.organisations.models import Organisation
from portico.payments.actions.record import record_payment
from portico.payments.actions.start import check_lines
from portico.payments.lines import PayLine
from portico.payments.models import Payment
from portico.payments.receipts import send_receipt
from portico.retainers.models import RetainerInvoice
from portico.retainers.standing import open_amount as open_on_retainer
from portico.sharing.files.keeping import forget
from portico.transactions.days import check_happened
from portico.transactions.history import note
from portico.transactions.models import DocumentKind
from portico.transfers.models import (
    NOTICE_MOVES,
    ByHand,
    NoticePart,
    NoticeState,
    TransferNotice,
    TransferWay,
)
from portico.transfers.proofs import Proof, check_space, kept_proof
from portico.transfers.queries import next_reference

LONGEST_REFERENCE = 100


@dataclass(frozen=True, slots=True)
class Said:
    """What a customer says they have sent: how, when (a day in the organisation's time zone), and its own reference."""

    mode: str
    sent_on: dt.date
    own_reference: str = ""


def set_way(*, actor: Actor, mode: str, instructions: str, is_offered: bool) -> TransferWay:
    """Say how one way to pay by hand works, and whether it is offered.

    Raises:
        ForbiddenError: not the organisation's to configure.
        InvalidError: no such way, or no instructions.
    """
    if mode not in ByHand.values:
        raise InvalidError(_("Choose how customers pay."), field="mode")
    if not instructions.strip():
        raise InvalidError(_("Say how to pay, such as your bank details."), field="instructions")
    with scope(actor):
        require_office(actor, Duty.CONFIGURE)
        way, _is_new = TransferWay.objects.update_or_create(
            organisation_id=actor.organisation_id,
            mode=mode,
            defaults={"instructions": instructions.strip(), "is_offered": is_offered},
        )
        audit.record(actor, "transfer_way.set", way, f"{way}", {"is_offered": is_offered})
    return way


def report_transfer(
    *,
    actor: ContactActor,
    submission_key: UUID,
    lines: Sequence[PayLine],
    said: Said,
    proof: Proof | None = None,
) -> TransferNotice:
    """Write down what a customer says they have sent, and reserve it; staff are told. Opens its own scopes.

    Judging, scanning and storing the proof happen before the transaction, as for any file that is shared. The same
    submission key gives the same notice, however often.

    Raises:
        ForbiddenError: the person may not pay.
        InvalidError: an amount, the day or the file cannot be accepted, or this way is not offered.
        OnItsWayError: what is open is reserved already (preference 4).
        ScannerAwayError: the file cannot be scanned now.
    """
    refuse_open_scope()
    require(actor, Permission.PAY)
    require(actor, Permission.VIEW_BILLING)
    if len(said.own_reference) > LONGEST_REFERENCE:
        raise InvalidError(_("A reference has at most 100 characters."), field="own_reference")
    facts: dict[str, str | int] = kept_proof(actor, proof) if proof else {}
    try:
        with scope(actor):
            notice, is_new = _write(actor, submission_key, lines, said, facts)
    except BaseException:
        if facts:
            forget(str(facts["proof_key"]))
        raise
    if facts and not is_new:
        forget(str(facts["proof_key"]))
    return notice


def withdraw_notice(*, actor: ContactActor, notice: TransferNotice) -> TransferNotice:
    """The customer takes a notice back: what it reserved can be paid again.

    Raises:
        IllegalMoveError: staff have decided on it, or it was withdrawn.
    """
    with scope(actor):
        require(actor, Permission.PAY)
        fresh = _locked(actor, notice, NoticeState.WITHDRAWN)
        _decide(actor, fresh, NoticeState.WITHDRAWN)
        tell_staff(
            actor,
            "payment_notice_withdrawn",
            _("%(customer)s takes back the notice %(reference)s of a payment")
            % {"customer": fresh.customer.display_name, "reference": fresh.reference},
            customer=fresh.customer_id,
        )
    return fresh


def confirm_notice(
    *, actor: Actor, notice: TransferNotice, amount: Money, date: dt.date, reference: str = ""
) -> Payment:
    """The money has come: it becomes a payment with its receipt, exactly once.

    It goes where the customer said, as far as it reaches and as far as is open; the rest is the customer's credit.

    Args:
        actor: staff who may move money.
        notice: which.
        amount: what came, which may differ from what was said.
        date: the day it came.
        reference: as the bank has it.

    Raises:
        IllegalMoveError: it is confirmed, rejected or withdrawn already.
        InvalidError: amount or date cannot be accepted.
    """
    with scope(actor):
        require_office(actor, Duty.MOVE_MONEY)
        fresh = _locked(actor, notice, NoticeState.CONFIRMED)
        if amount.currency != fresh.currency:
            raise InvalidError(_("The notice is in %(c)s.") % {"c": fresh.currency}, field="amount")
        allocations, retainer = _spread(fresh, amount)
        payment = record_payment(
            actor=actor,
            customer=fresh.customer,
            amount=amount,
            date=date,
            mode=fresh.mode,
            reference=reference.strip() or fresh.own_reference or fresh.reference,
            allocations=allocations,
            retainer=retainer,
            payer_name=fresh.contact_person.full_name,
        )
        _decide(actor, fresh, NoticeState.CONFIRMED, payment=payment)
        send_receipt(payment, fresh.contact_person)
    return payment


def reject_notice(*, actor: Actor, notice: TransferNotice, reason: str) -> TransferNotice:
    """Nothing has come: what was reserved can be paid again, and the customer is told why.

    Raises:
        IllegalMoveError: it is decided already.
        InvalidError: no reason.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise InvalidError(_("Say why; the customer reads it."), field="reason")
    with scope(actor):
        require_office(actor, Duty.MOVE_MONEY)
        fresh = _locked(actor, notice, NoticeState.REJECTED)
        _decide(actor, fresh, NoticeState.REJECTED, reason=reason)
        _tell_rejected(actor, fresh)
    return fresh


def _write(
    actor: ContactActor,
    submission_key: UUID,
    lines: Sequence[PayLine],
    said: Said,
    facts: dict[str, str | int],
) -> tuple[TransferNotice, bool]:
    customer = lock_books(actor.customer_id)
    mine = TransferNotice.objects.visible_to(actor)
    existing = mine.filter(submission_key=submission_key).first()
    if existing is not None:
        return existing, False
    currency = check_lines(actor, lines)
    if not TransferWay.objects.visible_to(actor).filter(mode=said.mode, is_offered=True).exists():
        raise InvalidError(_("Choose how you paid."), field="mode")
    check_happened(said.sent_on, actor.organisation_id, "sent_on")
    if facts:
        check_space(mine, int(facts["proof_size"]))
    notice = TransferNotice(
        organisation_id=actor.organisation_id,
        customer=customer,
        contact_person_id=actor.person_id,
        submission_key=submission_key,
        reference=next_reference(actor, [line.document_id for line in lines]),
        mode=said.mode,
        currency=currency,
        amount=total((line.amount for line in lines), currency),
        sent_on=said.sent_on,
        own_reference=" ".join(said.own_reference.split()),
        **facts,
    )
    notice.save(force_insert=True)
    NoticePart.objects.bulk_create(
        NoticePart(
            organisation_id=actor.organisation_id,
            customer=customer,
            notice=notice,
            invoice_id=None if line.is_retainer else line.document_id,
            retainer_id=line.document_id if line.is_retainer else None,
            currency=currency,
            amount=line.amount,
        )
        for line in lines
    )
    _note(actor, notice, "transfer_reported")
    audit.record(actor, "report_transfer", notice, f"{notice.reference}, {notice.amount}")
    tell_staff(
        actor,
        "payment_notice",
        _("%(customer)s says that %(amount)s was sent (%(mode)s)")
        % {
            "customer": customer.display_name,
            "amount": format_money(notice.amount),
            "mode": ByHand(notice.mode).label,
        },
        customer=customer,
        body=_("Reference %(reference)s. Confirm it in the office when the money has come.")
        % {"reference": notice.reference},
    )
    return notice, True


def _locked(actor: Actor, notice: TransferNotice, there: NoticeState) -> TransferNotice:
    """The notice as it stands, under its customer's lock, if it may still become this."""
    lock_books(notice.customer_id)
    fresh = TransferNotice.objects.select_for_update(of=("self",), no_key=True).one_for(actor, pk=notice.pk)
    NOTICE_MOVES.check_change(NoticeState(fresh.state), there)
    return fresh


def _decide(
    actor: Actor,
    notice: TransferNotice,
    became: NoticeState,
    *,
    payment: Payment | None = None,
    reason: str = "",
) -> None:
    was = notice.state
    notice.state, notice.reason, notice.payment = became, reason, payment
    notice.decided_at, notice.decided_by = clock.now(), actor.name
    notice.save(update_fields=["state", "reason", "payment", "decided_at", "decided_by"])
    if became != NoticeState.CONFIRMED:  # then the payment says it
        _note(actor, notice, f"transfer_{became}")
    audit.record(actor, f"transfer_notice.{became}", notice, notice.reference, {"was": was})


def _note(actor: Actor, notice: TransferNotice, event: str) -> None:
    """Tell it in the history of each document that the notice is for, with the part that is the document's."""
    for part in notice.parts.select_related("invoice", "retainer").order_by("id"):
        details = {"amount": str(part.amount), "reference": notice.reference}
        if part.invoice is not None:
            note(actor, part.invoice, DocumentKind.INVOICE, event, details)
        elif part.retainer is not None:
            note(actor, part.retainer, DocumentKind.RETAINER_INVOICE, event, details)


def _spread(notice: TransferNotice, amount: Money) -> tuple[dict[UUID, Money], RetainerInvoice | None]:
    """Where the money goes, as the customer said, the first document first."""
    rest, retainer = amount, None
    allocations: dict[UUID, Money] = {}
    for part in notice.parts.select_related("invoice", "retainer").order_by("id"):
        if part.retainer is not None:
            retainer = part.retainer if open_on_retainer(part.retainer) else None
        elif part.invoice is not None:
            fits = smaller(smaller(part.amount, open_on_invoice(part.invoice)), rest)
            if fits:
                allocations[part.invoice.pk] = fits
                rest = rest - fits
    return allocations, retainer


def _tell_rejected(actor: Actor, notice: TransferNotice) -> None:
    organisation = Organisation.objects.defer("logo").get(pk=notice.organisation_id)

    def write(person: ContactPerson) -> Letter:
        given = {
            "organisation": organisation.name,
            "amount": format_money(notice.amount, language_of(person, organisation)),
            "reference": notice.reference,
            "name": person.full_name,
        }
        parts = [
            _("Dear %(name)s,") % given,
            _("%(organisation)s could not find your payment of %(amount)s (reference %(reference)s).")
            % given,
            _("The reason given: %(why)s") % {"why": notice.reason},
            _("What it was for is open again."),
            f"{_('See the notice')}: {portal_url(organisation, f'/pay/transfer/{notice.pk}/')}",
        ]
        subject = _("Your payment %(reference)s was not found") % given
        return Letter(subject, "\n\n".join(parts))

    mail_contacts(
        actor,
        CustomerEvent.PAYMENT,
        f"transfer-rejected/{notice.pk}",
        write,
        customer=notice.customer_id,
        only=[notice.contact_person_id],
    )
