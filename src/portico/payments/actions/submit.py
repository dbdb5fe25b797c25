"""Submit an attempt: call the gateway with no transaction open, and commit what is known after each step.

1. claim: created → submitted, by exactly one caller
2. start at the gateway; charges nobody
3. commit the gateway's reference, if the attempt is still ours
4. confirm at the gateway; charges, or says that it needs a second word (READY), which it is given
5. settle what it answered, or mark the attempt unknown when it answered nothing
Whoever dies in between leaves what `reconcile` can clear up by asking the gateway.
"""

from __future__ import annotations

from uuid import UUID

import structlog

from portico.access.actors import JobActor
from portico.access.scope import refuse_open_scope, scope
from portico.payments.accounts import open_account
from portico.payments.actions.moves import move
from portico.payments.actions.settle import settle
from portico.payments.gateway import (
    Account,
    Gateway,
    GatewayRefusedError,
    GatewayUnreachableError,
    Observed,
    Seen,
)
from portico.payments.intents import intent_of
from portico.payments.models import PENDING, AttemptState, PaymentAttempt

log = structlog.get_logger(__name__)


def submit_payment(*, organisation_id: UUID, attempt_id: UUID, token: str, return_url: str) -> PaymentAttempt:
    """Charge what was started, unless somebody else is already doing so; returns the attempt as it stands.

    Args:
        organisation_id: whose attempt.
        attempt_id: from `start_payment`.
        token: what the gateway's own fields gave; empty for a saved method, or where they are on its own site.
        return_url: where the gateway sends the customer back to.
    """
    refuse_open_scope()
    attempt = claim(organisation_id, attempt_id)
    if attempt is None:
        return read_attempt(organisation_id, attempt_id)
    gateway, account = open_account(organisation_id, attempt.gateway_account_id)
    intent = intent_of(organisation_id, attempt_id, return_url)
    try:
        started = gateway.start(account, intent)
        if not keep_reference(attempt, started.reference):
            return read_attempt(organisation_id, attempt_id)
        observed = gateway.confirm(account, intent, started.reference, token)
        if observed.state is Seen.READY and is_submitted(attempt):
            observed = gateway.confirm(account, intent, started.reference, token)
    except GatewayRefusedError as error:
        return _refused(gateway, account, attempt, error)
    except GatewayUnreachableError as error:
        return _unknown(attempt, error.message)
    return settle(organisation_id=organisation_id, attempt_id=attempt_id, observed=observed, via="page")


def claim(organisation_id: UUID, attempt_id: UUID) -> PaymentAttempt | None:
    """Take an attempt for submitting; None for everybody but the first."""
    with scope(JobActor(organisation_id)):
        attempt = PaymentAttempt.objects.get(pk=attempt_id)
        if attempt.state != AttemptState.CREATED or not move(attempt, AttemptState.SUBMITTED, via="page"):
            return None
        return attempt


def keep_reference(attempt: PaymentAttempt, reference: str) -> bool:
    """Commit the gateway's reference before charging; False when the attempt was given up meanwhile."""
    with scope(JobActor(attempt.organisation_id)):
        kept = PaymentAttempt.objects.filter(pk=attempt.pk, state=AttemptState.SUBMITTED).update(
            gateway_reference=reference
        )
    attempt.gateway_reference = reference
    return bool(kept)


def confirm_ready(
    gateway: Gateway, account: Account, attempt: PaymentAttempt, observed: Observed
) -> Observed:
    """Charge what the customer has agreed to at the gateway, unless the attempt was given up meanwhile."""
    if read_attempt(attempt.organisation_id, attempt.pk).state not in PENDING:
        return observed
    intent = intent_of(attempt.organisation_id, attempt.pk, "")
    return gateway.confirm(account, intent, attempt.gateway_reference, "")


def is_submitted(attempt: PaymentAttempt) -> bool:
    """Whether nobody has given the attempt up since its reference was kept."""
    return read_attempt(attempt.organisation_id, attempt.pk).state == AttemptState.SUBMITTED


def read_attempt(organisation_id: UUID, attempt_id: UUID) -> PaymentAttempt:
    """The attempt as it stands now."""
    with scope(JobActor(organisation_id)):
        return PaymentAttempt.objects.get(pk=attempt_id)


def _refused(
    gateway: Gateway, account: Account, attempt: PaymentAttempt, error: GatewayRefusedError
) -> PaymentAttempt:
    """The gateway would not take the request: nothing was charged, and with a reference it is asked for that."""
    log.warning("gateway_refused", attempt=str(attempt.pk), reason=error.message)
    if attempt.gateway_reference:
        try:
            observed = gateway.cancel(account, attempt.gateway_reference)
        except (GatewayRefusedError, GatewayUnreachableError) as second:
            return _unknown(attempt, second.message)
        settle(
            organisation_id=attempt.organisation_id,
            attempt_id=attempt.pk,
            observed=observed,
            via="page",
            failure=error.message,
        )
        return read_attempt(attempt.organisation_id, attempt.pk)
    with scope(JobActor(attempt.organisation_id)):
        move(
            attempt,
            AttemptState.FAILED,
            via="page",
            reason=error.message,
            failure_code=error.code,
            failure_message=error.message[:300],
        )
    return read_attempt(attempt.organisation_id, attempt.pk)


def _unknown(attempt: PaymentAttempt, reason: str) -> PaymentAttempt:
    """No answer: it may have been charged or not, and the gateway will be asked."""
    from portico.payments.jobs import ask_gateway

    log.warning("gateway_unreachable", attempt=str(attempt.pk), reason=reason)
    with scope(JobActor(attempt.organisation_id)):
        fresh = PaymentAttempt.objects.get(pk=attempt.pk)
        if fresh.state == AttemptState.SUBMITTED:
            move(fresh, AttemptState.UNKNOWN, via="page", reason=reason)
            ask_gateway.configure(schedule_in={"seconds": 5}).defer(
                organisation_id=str(fresh.organisation_id), attempt_id=str(fresh.pk)
            )
    return read_attempt(attempt.organisation_id, attempt.pk)
