"""Paying back through the gateway: asked for and reserved first, sent once, booked when the gateway says it is done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

import structlog
from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, Duty, JobActor, require_office
from portico.access.scope import refuse_open_scope, scope
from portico.customers.locking import lock_books, reread
from portico.kit import clock
from portico.kit.errors import ConflictError, InvalidError
from portico.kit.money import Money, format_money, smaller, total
from portico.payments.accounts import open_account
from portico.payments.actions.booking import book, restore
from portico.payments.actions.freeing import check_chosen, live_allocations, unallocate
from portico.payments.actions.refunds import refuse_second_refund
from portico.payments.gateway import (
    GatewayGoneError,
    GatewayRefusedError,
    GatewayUnreachableError,
    Observed,
    RefundSeen,
    Seen,
)
from portico.payments.models import (
    REFUND_MOVES,
    REFUND_PENDING,
    GatewayRefund,
    Payment,
    RefundState,
)
from portico.payments.standing import held, on_its_way_of_others
from portico.payments.tellings import tell_of_problem, tell_of_refund
from portico.transactions.amounts import check_amount

log = structlog.get_logger(__name__)

_STATE: Final = {
    Seen.SUCCEEDED: RefundState.SUCCEEDED,
    Seen.PROCESSING: RefundState.SUBMITTED,
    Seen.CREATED: RefundState.SUBMITTED,
    Seen.NEEDS_ACTION: RefundState.SUBMITTED,
    Seen.READY: RefundState.SUBMITTED,
    Seen.FAILED: RefundState.FAILED,
    Seen.CANCELLED: RefundState.FAILED,
    Seen.RETURNED: RefundState.FAILED,
}
_GRACE: Final = timedelta(minutes=2)
_LOOKED_INTO: Final = timedelta(days=14)
_BETWEEN: Final = timedelta(hours=1)
"""How often a refund that the gateway has under way is asked about."""


def request_refund(
    *, actor: Actor, payment: Payment, amount: Money, chosen: Mapping[UUID, Money], reason: str = ""
) -> GatewayRefund:
    """Write down that a payment is to be paid back the way it came, and reserve it; `submit_refund` sends it.

    Args:
        actor: staff who may move money.
        payment: one that came through a gateway.
        amount: above zero, at most `refundable`.
        chosen: which invoices open again, by how much; the rest comes from the payment's credit, then from its
            invoices, last allocated first.
        reason: told to the customer.

    Raises:
        ConflictError: it came through no gateway, is void or returned, or another refund is on its way.
        ForbiddenError: the actor may not move money.
        InvalidError: the amount, or a part of it, cannot be accepted; `field` names it.
    """
    with scope(actor):
        require_office(actor, Duty.MOVE_MONEY)
        lock_books(payment.customer_id)
        payment = reread(actor, payment)
        _check_refundable(payment, amount)
        check_chosen(payment, chosen, amount)
        row = GatewayRefund.objects.create(
            organisation_id=payment.organisation_id,
            customer_id=payment.customer_id,
            payment=payment,
            currency=payment.currency,
            amount=amount,
            chosen={str(invoice_id): str(part.amount) for invoice_id, part in chosen.items() if part},
            asked_by=actor.name,
            reason=reason.strip()[:300],
            charged=Money.zero(payment.currency),
        )
        audit.record(actor, "request_refund", row, f"{amount} of {payment.number}")
        return row


def refund_to_credit(
    *, actor: Actor, payment: Payment, amount: Money, chosen: Mapping[UUID, Money]
) -> Payment:
    """Take some of a payment off its invoices, so that it is the customer's credit; nothing is paid back.

    Raises:
        ConflictError: it is void, or a refund of it is on its way.
        ForbiddenError: the actor may not move money.
        InvalidError: more than what is on invoices, or a part cannot be accepted; `field` names it.
    """
    with scope(actor):
        require_office(actor, Duty.MOVE_MONEY)
        lock_books(payment.customer_id)
        payment = reread(actor, payment)
        check_amount(amount, payment.currency)
        if payment.voided_at is not None:
            raise ConflictError(_("Payment %(number)s is void.") % {"number": payment.number})
        refuse_second_refund(payment)
        if amount > payment.allocated:
            raise InvalidError(
                _("At most %(left)s of this payment is on invoices.")
                % {"left": format_money(payment.allocated)},
                field="amount",
            )
        check_chosen(payment, chosen, amount)
        still = amount - total(chosen.values(), payment.currency)
        for allocation in live_allocations(payment):
            wanted = chosen.get(allocation.invoice_id, Money.zero(payment.currency))
            more = smaller(still, allocation.amount - allocation.taken - wanted)
            unallocate(actor, payment, allocation, wanted + more)
            still -= more
        audit.record(actor, "refund_to_credit", payment, f"{amount} of {payment.number}")
        return payment


def refundable(payment: Payment) -> Money:
    """The most of a payment that can still go back the way it came: not what went back already, or is on its way."""
    zero = Money.zero(payment.currency)
    if payment.attempt_id is None or payment.voided_at is not None:
        return zero
    here = held(payment, on_its_way_of_others(payment))
    rows = list(payment.gateway_refunds.exclude(state=RefundState.FAILED))
    here -= total((row.amount for row in rows if row.state in REFUND_PENDING), payment.currency)
    return max(zero, smaller(here, payment.amount - total((row.amount for row in rows), payment.currency)))


def submit_refund(*, organisation_id: UUID, refund_id: UUID) -> GatewayRefund:
    """Send a refund that was asked for, and book what the gateway says of it; returns it as it stands.

    Sent again, by whomever, it is the same refund: its id is the key. One whose answer never came is looked for
    at the gateway first.
    """
    refuse_open_scope()
    job = JobActor(organisation_id)
    with scope(job):
        _lock_books_of(refund_id)
        row = GatewayRefund.objects.select_related("payment__attempt").get(pk=refund_id)
        if row.state == RefundState.CREATED and held(row.payment, Money.zero(row.currency)) < row.amount:
            _refuse(job, row, "The customer's bank has taken this money back meanwhile.")
        if row.state not in REFUND_PENDING:
            return row
        is_first = row.state == RefundState.CREATED and _move(row, RefundState.SUBMITTED)
        attempt = row.payment.attempt
        assert attempt is not None  # request_refund and settle make none without
        GatewayRefund.objects.filter(pk=row.pk).update(asked_at=clock.now())
    gateway, account = open_account(organisation_id, attempt.gateway_account_id)
    try:
        if not is_first:
            try:
                observed = gateway.fetch(account, attempt.gateway_reference)
            except GatewayRefusedError as error:
                return _not_told(job, row, error)
            if seen := next((each for each in observed.refunds if _is_it(row, each)), None):
                return settle_refund(organisation_id=organisation_id, refund_id=refund_id, seen=seen)
        seen = gateway.refund(account, attempt.gateway_reference, row.amount, str(row.pk))
    except GatewayRefusedError as error:
        return _refused(job, refund_id, error.message)
    except GatewayUnreachableError as error:
        return _unknown(job, refund_id, error.message)
    return settle_refund(organisation_id=organisation_id, refund_id=refund_id, seen=seen)


def settle_refund(*, organisation_id: UUID, refund_id: UUID, seen: RefundSeen) -> GatewayRefund:
    """Bring a refund to what the gateway says of it; idempotent."""
    job = JobActor(organisation_id)
    with scope(job):
        _lock_books_of(refund_id)
        row = GatewayRefund.objects.select_for_update(no_key=True, of=("self",)).get(pk=refund_id)
        return _settle(job, row, seen)


def settle_refunds(job: JobActor, payment: Payment, observed: Observed) -> None:
    """What the gateway says of a payment's refunds, also of those made at the gateway itself.

    Within a scope, under the customer's lock. What would be more than was charged is written to staff instead.
    """
    for seen in observed.refunds:
        row = _row_of(payment, seen)
        if row is None:
            row = _made_elsewhere(job, payment, seen)
        if row is not None:
            _settle(job, row, seen)


def reconcile_refunds(organisation_id: UUID, *, grace: timedelta = _GRACE) -> tuple[int, int]:
    """Ask about every refund that has not ended; gives how many ended, and how many could not be asked."""
    refuse_open_scope()
    now = clock.now()
    with scope(JobActor(organisation_id)):
        rows = GatewayRefund.objects.filter(
            organisation_id=organisation_id, state__in=REFUND_PENDING, changed_at__lte=now - grace
        ).order_by("changed_at")
        found = [
            row.pk
            for row in rows
            if not (
                row.state == RefundState.SUBMITTED
                and row.gateway_reference
                and grace
                and row.asked_at is not None
                and row.asked_at > now - _BETWEEN
            )
        ]
    ended = failed = 0
    for refund_id in found:
        try:
            row = submit_refund(organisation_id=organisation_id, refund_id=refund_id)
        except Exception:  # whatever is wrong with one refund must not keep the others waiting
            log.exception("refund_not_asked", refund=str(refund_id))
            failed += 1
            continue
        ended += row.state not in REFUND_PENDING
        failed += row.state == RefundState.UNKNOWN
    return ended, failed


def chosen_of(row: GatewayRefund) -> dict[UUID, Money]:
    """Which invoices were chosen to open again, and by how much."""
    return {UUID(key): Money(Decimal(part), row.currency) for key, part in row.chosen.items()}


def _check_refundable(payment: Payment, amount: Money) -> None:
    check_amount(amount, payment.currency)
    if payment.attempt_id is None:
        raise ConflictError(_("Payment %(number)s came through no gateway.") % {"number": payment.number})
    if payment.voided_at is not None:
        raise ConflictError(_("Payment %(number)s is void.") % {"number": payment.number})
    refuse_second_refund(payment)
    if amount > (most := refundable(payment)):
        raise InvalidError(
            _("At most %(most)s of this payment can still be paid back.") % {"most": format_money(most)},
            field="amount",
        )


def _is_it(row: GatewayRefund, seen: RefundSeen) -> bool:
    return seen.key == str(row.pk) or (
        bool(row.gateway_reference) and seen.reference == row.gateway_reference
    )


def _row_of(payment: Payment, seen: RefundSeen) -> GatewayRefund | None:
    """Our row for a refund that the gateway tells of: by our key, by its reference, or the one that is being sent.

    The last is for gateways that do not tell our key.
    """
    rows = list(payment.gateway_refunds.select_for_update(no_key=True, of=("self",)).order_by("created_at"))
    for row in rows:
        if _is_it(row, seen):
            return row
    if seen.key:
        return None
    waiting = (
        row
        for row in rows
        if row.state in REFUND_PENDING and not row.gateway_reference and row.amount == seen.amount
    )
    return next(waiting, None)


def _made_elsewhere(job: JobActor, payment: Payment, seen: RefundSeen) -> GatewayRefund | None:
    if _STATE[seen.state] == RefundState.FAILED:
        return None
    standing = payment.gateway_refunds.exclude(state=RefundState.FAILED)
    gone = total((row.amount for row in standing), payment.currency)
    if seen.amount.currency != payment.currency or gone + seen.amount > payment.amount:
        words = (
            f"The gateway tells of a refund of {seen.amount} ({seen.reference}), which does not fit payment"
            f" {payment.number} over {payment.amount} with its other refunds. Nothing was booked."
        )
        tell_of_problem(job, payment, words)
        return None
    row = GatewayRefund.objects.create(
        organisation_id=payment.organisation_id,
        customer_id=payment.customer_id,
        payment=payment,
        currency=payment.currency,
        amount=seen.amount,
        state=RefundState.SUBMITTED,
        gateway_reference=seen.reference[:200],
        is_ours=False,
        charged=Money.zero(payment.currency),
    )
    audit.record(job, "refund_seen", row, f"{seen.amount} of {payment.number}, {seen.reference}")
    return row


def _settle(job: JobActor, row: GatewayRefund, seen: RefundSeen) -> GatewayRefund:
    became = _STATE[seen.state]
    was = RefundState(row.state)
    if seen.reference and not row.gateway_reference:
        GatewayRefund.objects.filter(pk=row.pk).update(gateway_reference=seen.reference[:200])
        row.gateway_reference = seen.reference[:200]
    if became == was or (
        became == RefundState.SUBMITTED and was in (RefundState.SUCCEEDED, RefundState.FAILED)
    ):
        return row
    if seen.amount != row.amount:
        problem = f"The gateway has refunded {seen.amount}; asked for was {row.amount}."
        tell_of_problem(job, row.payment, problem)
        return row
    if not _move(row, became, failure=seen.failure_message):
        return row
    if became == RefundState.SUCCEEDED:
        book(job, row, chosen_of(row))
        tell_of_refund(job, row)
    elif became == RefundState.FAILED:
        if was == RefundState.SUCCEEDED:
            restore(job, row)
        tell_of_refund(job, row)
    return row


def _lock_books_of(refund_id: UUID) -> None:
    """Before the refund's row, which locks its payment's when it moves: as everybody does who locks the payment first."""
    lock_books(GatewayRefund.objects.values_list("customer_id", flat=True).get(pk=refund_id))


def _move(row: GatewayRefund, became: RefundState, *, failure: str = "") -> bool:
    """Compare and set; False when somebody else moved it first."""
    was = RefundState(row.state)
    REFUND_MOVES.check(was, became)
    now = clock.now()
    changed = GatewayRefund.objects.filter(pk=row.pk, state=was).update(
        state=became, changed_at=now, failure_message=failure[:300]
    )
    if changed:
        row.state, row.changed_at, row.failure_message = became, now, failure[:300]
        audit.record(
            JobActor(row.organisation_id),
            f"refund_{became.value}",
            row,
            f"{row.amount}, {failure}".strip(", "),
        )
    return bool(changed)


def _refused(job: JobActor, refund_id: UUID, words: str) -> GatewayRefund:
    """The gateway did nothing: what was reserved is free again."""
    log.warning("refund_refused", refund=str(refund_id), reason=words)
    with scope(job):
        _lock_books_of(refund_id)
        row = GatewayRefund.objects.select_for_update(no_key=True, of=("self",)).get(pk=refund_id)
        _refuse(job, row, words)
        return row


def _refuse(job: JobActor, row: GatewayRefund, words: str) -> None:
    if row.state in REFUND_PENDING and _move(row, RefundState.FAILED, failure=words):
        tell_of_refund(job, row)


def _not_told(job: JobActor, row: GatewayRefund, error: GatewayRefusedError) -> GatewayRefund:
    """The gateway will not say what became of a refund that was sent. It may have gone out: staff are asked to look.

    One whose payment the gateway does not know any more ends when they have had days for that.
    """
    if isinstance(error, GatewayGoneError) and clock.now() - row.created_at > _LOOKED_INTO:
        return _refused(job, row.pk, error.message)
    with scope(job):
        payment = Payment.objects.select_related("customer").get(pk=row.payment_id)
        problem = (
            f"A refund of {row.amount} of {payment.number} was sent, and the gateway does not say what became of it: "
            f"{error.message} See at the gateway whether it was paid back."
        )
        tell_of_problem(job, payment, problem)
    return _unknown(job, row.pk, error.message)


def _unknown(job: JobActor, refund_id: UUID, words: str) -> GatewayRefund:
    """No answer: it may have gone out or not; the gateway is asked again with the same key."""
    log.warning("refund_unreachable", refund=str(refund_id), reason=words)
    with scope(job):
        _lock_books_of(refund_id)
        row = GatewayRefund.objects.select_for_update(no_key=True, of=("self",)).get(pk=refund_id)
        if row.state == RefundState.SUBMITTED:
            _move(row, RefundState.UNKNOWN, failure=words)
        return row
