"""Ending an attempt on which the gateway does not agree with us, which would stay pending for ever."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, Duty, require_office
from portico.access.scope import refuse_open_scope, scope
from portico.kit import clock
from portico.kit.errors import ConflictError
from portico.payments.accounts import open_account
from portico.payments.actions.forgotten import CALLS_TAKE
from portico.payments.actions.moves import move
from portico.payments.actions.settle import mismatch_of
from portico.payments.gateway import GatewayGoneError, Seen
from portico.payments.models import PENDING, AttemptState, PaymentAttempt
from portico.transactions.reasons import check_reason


def end_attempt(*, actor: Actor, attempt: PaymentAttempt, reason: str) -> PaymentAttempt:
    """End a pending attempt whose gateway's amount or reference does not fit, or which the gateway does not know; what
    it reserved is free again.

    The gateway is asked once more: one that fits is settled as always, and what is not charged yet is called off
    there. Nothing is booked for what does not fit.

    Raises:
        ConflictError: it has ended, or the gateway's word fits, so that it can be settled.
        ForbiddenError: the actor may not move money.
        GatewayGoneError: the gateway does not know it, and it may still be on its way there: ask again later.
        GatewayUnreachableError: the gateway does not answer.
        InvalidError: no reason given.
    """
    refuse_open_scope()
    with scope(actor):
        require_office(actor, Duty.MOVE_MONEY)
        reason = check_reason(reason)
        attempt = PaymentAttempt.objects.one_for(actor, pk=attempt.pk)
        if attempt.state not in PENDING:
            raise ConflictError(_("This payment has ended already."))
        if not attempt.gateway_reference:
            raise ConflictError(_("It was never sent to the gateway. It ends by itself within minutes."))
    mismatch = _what_does_not_fit(attempt)
    if not mismatch:
        raise ConflictError(_("The gateway agrees with us. Ask it, and what it says is booked."))
    with scope(actor):
        attempt = PaymentAttempt.objects.select_for_update(of=("self",)).get(pk=attempt.pk)
        if attempt.state not in PENDING:
            raise ConflictError(_("This payment has ended already."))
        words = f"{mismatch} Ended by {actor.name}: {reason}"
        move(attempt, AttemptState.FAILED, via="office", reason=words, failure_code="mismatch")
        audit.record(actor, "end_attempt", attempt, words)
        return attempt


def _what_does_not_fit(attempt: PaymentAttempt) -> str:
    """Ask the gateway, and call off what does not fit there; empty where all fits."""
    gateway, account = open_account(attempt.organisation_id, attempt.gateway_account_id)
    try:
        observed = gateway.fetch(account, attempt.gateway_reference)
        mismatch = mismatch_of(attempt, observed)
        if mismatch and observed.state in (Seen.CREATED, Seen.READY, Seen.NEEDS_ACTION):
            gateway.cancel(account, attempt.gateway_reference)
    except GatewayGoneError:
        if clock.now() - attempt.changed_at < CALLS_TAKE:
            raise
        return f"The gateway knows no such payment as {attempt.gateway_reference}."
    return mismatch
