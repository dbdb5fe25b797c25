"""`settle()`: the only way money from a gateway becomes a payment in the books."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Model

from portico.access.actors import JobActor
from portico.access.scope import scope
from portico.customers.locking import lock_books
from portico.customers.models import Customer
from portico.kit import clock
from portico.kit.money import format_money
from portico.notifications.actions import tell_staff
from portico.organisations.models import Organisation
from portico.payments.actions.credit import apply_use
from portico.payments.actions.gateway_refunds import settle_refunds
from portico.payments.actions.keep import keep_method
from portico.payments.actions.moves import move, note
from portico.payments.actions.record import record_payment
from portico.payments.actions.taking import still_held, take_back
from portico.payments.followers import FOLLOWERS
from portico.payments.gateway import Observed, Seen
from portico.payments.models import (
    AttemptState,
    CreditUse,
    Payment,
    PaymentAttempt,
    PaymentMode,
    SavedMethod,
    TakenBackKind,
)
from portico.payments.receipts import send_failure, send_receipt
from portico.payments.tellings import tell_of_return
from portico.transactions.compare_and_set import compare_and_set

_STATE: Final = {
    Seen.NEEDS_ACTION: AttemptState.NEEDS_ACTION,
    Seen.PROCESSING: AttemptState.PROCESSING,
    Seen.SUCCEEDED: AttemptState.SUCCEEDED,
    Seen.FAILED: AttemptState.FAILED,
    Seen.CANCELLED: AttemptState.CANCELLED,
    # Returned before we ever heard that it had come: nothing is in the books that could be taken back.
    # After it, `_follow` takes it back.
    Seen.RETURNED: AttemptState.FAILED,
}
_NOTHING_YET: Final = (Seen.CREATED, Seen.READY)


def settle(
    *,
    organisation_id: UUID,
    attempt_id: UUID,
    observed: Observed,
    via: str,
    failure: str = "",
    aside: str = "",
    still: datetime | None = None,
) -> PaymentAttempt:
    """Bring an attempt to what the gateway says of it; a success becomes payment, postings and receipt at once.

    After a success it does the same for what follows: refunds, disputes, and the return of a bank debit, which takes
    the payment back. All of it in one transaction, under the customer's lock.

    Idempotent: told the same twice, or told late and out of order, it changes nothing more. What does not fit
    the attempt (another amount, currency or reference) changes nothing, is written down, and staff are told.

    Args:
        organisation_id: whose attempt.
        attempt_id: the attempt.
        observed: the gateway's word, read from the gateway itself.
        via: page, return, event or reconcile.
        failure: what to tell the customer, when the gateway's own words say less.
        aside: what is written down for staff alone.
        still: when the attempt had last moved; where it has moved since, nothing is done.
    """
    job = JobActor(organisation_id)
    with scope(job):
        customer_id = PaymentAttempt.objects.values_list("customer_id", flat=True).get(pk=attempt_id)
        customer = lock_books(customer_id)
        attempt = PaymentAttempt.objects.select_for_update(of=("self",)).get(pk=attempt_id)
        if still is not None and attempt.changed_at != still:
            return attempt
        mismatch = mismatch_of(attempt, observed)
        if mismatch:
            _tell_once(job, attempt, customer, mismatch, via)
            return attempt
        if observed.state in _NOTHING_YET:
            return attempt
        words = observed.failure_message or failure
        _bring(job, attempt, customer, observed, via=via, words=words, aside=aside)
        if attempt.state in (AttemptState.SUCCEEDED, AttemptState.RETURNED):
            _follow(job, attempt, observed, via)
        return attempt


def _bring(
    job: JobActor,
    attempt: PaymentAttempt,
    customer: Customer,
    observed: Observed,
    *,
    via: str,
    words: str,
    aside: str,
) -> None:
    """Make the move that the gateway's word asks for, with all that belongs to it; none when it is late or known."""
    became = _STATE[observed.state]
    if became == attempt.state or _goes_back(AttemptState(attempt.state), became):
        return
    move(
        attempt,
        became,
        via=via,
        reason=aside or words,
        gateway_reference=observed.reference,
        action_url=_cut("action_url", observed.action_url),
        mode=observed.mode,
        method_label=_cut("method_label", observed.method_label),
        failure_code=_cut("failure_code", observed.failure_code),
        failure_message=words[:300],
        waits_until=attempt.created_at + observed.patience
        if became == AttemptState.NEEDS_ACTION and observed.patience
        else None,
    )
    if became == AttemptState.SUCCEEDED:
        _succeed(job, attempt, customer, observed)
    elif became == AttemptState.FAILED:
        tell_staff(
            job,
            "payment_failed",
            f"{customer.display_name}: a payment of {format_money(attempt.amount)} failed",
            customer=customer,
            body=aside or words,
        )
        if via != "page" and not attempt.is_unattended:  # autopay writes itself
            send_failure(attempt, words)


def _follow(job: JobActor, attempt: PaymentAttempt, observed: Observed, via: str) -> None:
    """What became of a payment after it succeeded: refunds, disputes, and at last its return by the bank."""
    payment = Payment.objects.select_for_update(no_key=True, of=("self",)).get(attempt=attempt)
    settle_refunds(job, payment, observed)
    for follower in FOLLOWERS:
        follower(job, payment, observed, via)
    if observed.state is Seen.RETURNED:
        _return(job, attempt, observed, via)


def _return(job: JobActor, attempt: PaymentAttempt, observed: Observed, via: str) -> None:
    """Take back what is held of a payment that the bank has returned; also what a dispute gave back since."""
    why = observed.failure_message
    if attempt.state != AttemptState.RETURNED:
        move(
            attempt,
            AttemptState.RETURNED,
            via=via,
            reason=why,
            failure_code=_cut("failure_code", observed.failure_code),
            failure_message=why[:300],
        )
    payment = Payment.objects.select_for_update(no_key=True, of=("self",)).get(attempt=attempt)
    left = still_held(payment)
    if payment.voided_at is not None or not left:
        return  # staff, a dispute, or an earlier word of its return had taken it out of the books already
    taken = take_back(job, payment, left, TakenBackKind.RETURN, why)
    if payment.returned_at is None:
        compare_and_set(payment, {"returned_at": clock.now()})
    tell_of_return(job, payment, taken, why)


def _tell_once(job: JobActor, attempt: PaymentAttempt, customer: Customer, mismatch: str, via: str) -> None:
    """Write a mismatch down and tell staff, the first time it is seen; it is looked at again every minute."""
    if attempt.changes.filter(reason=mismatch).exists():
        return
    note(attempt, attempt.state, attempt.state, via=via, reason=mismatch)
    tell_staff(
        job,
        "payment_mismatch",
        "A gateway's answer does not fit the payment it is about",
        customer=customer,
        body=mismatch,
    )


def _cut(column: str, text: str, model: type[Model] = PaymentAttempt) -> str:
    """What others wrote, no longer than the column: a long word must not undo a charge that was made."""
    return text[: model._meta.get_field(column).max_length]  # type: ignore[union-attr]


def _succeed(job: JobActor, attempt: PaymentAttempt, customer: Customer, observed: Observed) -> None:
    organisation = Organisation.objects.get(pk=attempt.organisation_id)
    rows = list(attempt.allocations.select_related("retainer").order_by("id"))
    retainer = next((row.retainer for row in rows if row.retainer_id), None)
    payer, link = attempt.contact_person, attempt.link
    payment = record_payment(
        actor=job,
        customer=customer,
        amount=attempt.amount,
        date=clock.today(organisation.time_zone),
        mode=PaymentMode(attempt.mode),
        reference=_cut("reference", attempt.gateway_reference, Payment),
        allocations={row.invoice_id: row.amount for row in rows if row.invoice_id},
        retainer=retainer,
        attempt=attempt,
        method_label=attempt.method_label,
        payer_name=_cut("payer_name", payer.full_name if payer else link.email if link else "", Payment),
    )
    if attempt.saved_method_id:
        SavedMethod.objects.filter(pk=attempt.saved_method_id).update(used_at=clock.now())
    apply_use(job, CreditUse.objects.filter(attempt=attempt).first())
    if payer and observed.saved and attempt.saves_method:
        keep_method(payer, attempt.gateway_account_id, observed.saved, used=True)
    send_receipt(payment, payer, link.email if link else "")
    tell_staff(
        job,
        "payment_received",
        f"{customer.display_name} paid {format_money(attempt.amount)} ({payment.number})",
        customer=customer,
        document_kind="payment",
        document_id=payment.pk,
    )


def mismatch_of(attempt: PaymentAttempt, observed: Observed) -> str:
    """What does not fit between an attempt and the gateway's word on it; empty when all fits."""
    if observed.intent_id != attempt.pk:
        return f"Payment {observed.reference} at the gateway belongs to {observed.intent_id}, not to this attempt."
    if attempt.gateway_reference and observed.reference != attempt.gateway_reference:
        return f"The gateway speaks of {observed.reference}; this attempt is {attempt.gateway_reference}."
    if observed.amount != attempt.amount:
        return f"The gateway says {observed.amount}; asked for was {attempt.amount}."
    return ""


def _goes_back(here: AttemptState, there: AttemptState) -> bool:
    """An older answer that arrives late: what has ended, or gone further, stays."""
    if here in (AttemptState.SUCCEEDED, AttemptState.RETURNED):
        return True
    if here in (AttemptState.FAILED, AttemptState.CANCELLED):
        return there != AttemptState.SUCCEEDED
    return here == AttemptState.PROCESSING and there == AttemptState.NEEDS_ACTION
