"""A gateway says that it knows no such payment: the attempt ends as soon as that proves that nothing is charged."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _

from portico.access.actors import JobActor
from portico.access.models import AuditRecord
from portico.access.scope import scope
from portico.kit import clock
from portico.notifications.actions import tell_staff
from portico.payments.actions.moves import note
from portico.payments.actions.settle import settle
from portico.payments.gateway import GatewayGoneError, Observed, Seen
from portico.payments.models import PENDING, AttemptState, PaymentAttempt

CALLS_TAKE: Final = timedelta(minutes=10)
"""How long an attempt is left alone: who made it may be confirming it still, and some gateways show late what they
have just made. Several calls that wait for their time-out are over by then."""
LOOKED_INTO: Final = timedelta(days=14)
"""How long staff have to look where not knowing it proves little; longer than a bank debit is on its way."""


def end_forgotten(attempt: PaymentAttempt, gone: GatewayGoneError, *, via: str) -> PaymentAttempt:
    """Fail a pending attempt that its gateway knows nothing of; the customer and staff are told.

    Not knowing it proves little where the gateway had said that the money is on its way, or where the account's
    settings have been changed since, which may now be those of another account. Staff are asked to look then, once,
    and it ends later. Should it be charged after all, what the gateway says then still becomes a payment.

    Args:
        attempt: as it was read before the gateway was asked.
        gone: what the gateway answered.
        via: page, return, event, reconcile or office.

    Raises:
        GatewayGoneError: it is too early to end it.
    """
    job, age = JobActor(attempt.organisation_id), clock.now() - attempt.changed_at
    if age < CALLS_TAKE:
        raise gone
    with scope(job):
        doubt = _doubt(attempt)
        if doubt and age < LOOKED_INTO:
            _ask_staff(job, attempt, f"The gateway knows no such payment. {doubt}")
    if doubt and age < LOOKED_INTO:
        raise gone
    seen = Observed(
        reference=attempt.gateway_reference,
        intent_id=attempt.pk,
        state=Seen.FAILED,
        amount=attempt.amount,
        mode=attempt.mode,
        method_label=attempt.method_label,
        failure_code=gone.code,
        failure_message=_(
            "The payment was not completed in time, and nothing was charged. Please pay again."
        ),
    )
    return settle(
        organisation_id=attempt.organisation_id,
        attempt_id=attempt.pk,
        observed=seen,
        via=via,
        aside=f"The gateway knows no such payment as {attempt.gateway_reference}: {gone.message}",
        still=attempt.changed_at,
    )


def _doubt(attempt: PaymentAttempt) -> str:
    """Why the gateway's not knowing it may not mean that nothing is charged; empty where it does. Within a scope."""
    if attempt.state == AttemptState.PROCESSING:
        return "Before, it had said that the payment is on its way. See at the gateway what became of it."
    changed = AuditRecord.objects.filter(
        object_id=attempt.gateway_account_id,
        action="gateway_account.changed",
        at__gte=attempt.created_at,
    )
    if changed.exists():
        return "The account's settings were changed since. See whether they are those of the account it was made at."
    return ""


def _ask_staff(job: JobActor, attempt: PaymentAttempt, words: str) -> None:
    """Write it down and ask staff to look, the first time it is seen; it is asked again every minute."""
    fresh = (
        PaymentAttempt.objects.select_for_update(of=("self",)).select_related("customer").get(pk=attempt.pk)
    )
    if fresh.state not in PENDING or fresh.changes.filter(reason=words).exists():
        return
    note(fresh, fresh.state, fresh.state, via="reconcile", reason=words)
    tell_staff(
        job,
        "payment_forgotten",
        f"{fresh.customer.display_name}: the gateway does not know a payment that is under way",
        customer=fresh.customer,
        body=f"{words} Nothing is ended for {LOOKED_INTO.days} days; “End it” ends it sooner.",
    )
