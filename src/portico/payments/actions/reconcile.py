"""Reconcile: ask the gateway about every attempt that has not ended, and bring each to an end it can prove."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import connection

from portico.access.actors import JobActor
from portico.access.scope import refuse_open_scope, scope
from portico.kit import clock
from portico.payments.accounts import open_account
from portico.payments.actions.forgotten import end_forgotten
from portico.payments.actions.gateway_refunds import reconcile_refunds
from portico.payments.actions.moves import move
from portico.payments.actions.settle import settle
from portico.payments.actions.submit import confirm_ready
from portico.payments.gateway import (
    GatewayGoneError,
    GatewayRefusedError,
    GatewayUnreachableError,
    Observed,
    Seen,
)
from portico.payments.models import PENDING, AttemptState, PaymentAttempt, PaymentMode

log = structlog.get_logger(__name__)

GRACE: Final = timedelta(minutes=2)
"""How long an attempt is left to those who work on it; longer than any call to a gateway may take."""
PATIENCE: Final = timedelta(hours=1)
"""How long a customer may take over 3-D Secure before the attempt is called off."""


LATE_RETURNS: Final = 60
"""Days in which a bank debit that succeeded may come back (Nacha: 60 days for one that was not authorised)."""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What became of the pending attempts and refunds of one organisation."""

    ended: int = 0
    waiting: int = 0
    unreachable: int = 0
    refunds: int = 0
    """How many refunds have ended."""


def reconcile_all(*, grace: timedelta = GRACE, patience: timedelta = PATIENCE) -> dict[UUID, Reconciled]:
    """Reconcile every organisation."""
    return {each: reconcile(organisation_id=each, grace=grace, patience=patience) for each in organisations()}


def organisations(portal: str | None = None) -> list[UUID]:
    """Every organisation, for what goes round; only the one with this portal name, or none, where one is given."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, portal_name FROM door_organisations()")
        return [row[0] for row in cursor.fetchall() if portal is None or row[1].lower() == portal.lower()]


def reconcile(
    *, organisation_id: UUID, grace: timedelta = GRACE, patience: timedelta = PATIENCE
) -> Reconciled:
    """Clear up the pending attempts of one organisation that nobody has touched for `grace`."""
    refuse_open_scope()
    with scope(JobActor(organisation_id)):
        before = clock.now() - grace
        found = list(
            PaymentAttempt.objects.filter(
                organisation_id=organisation_id, state__in=PENDING, changed_at__lte=before
            )
            .order_by("changed_at")
            .values_list("pk", flat=True)
        )
    ended = unreachable = 0
    for attempt_id in found:
        try:
            attempt = clear_up(
                organisation_id=organisation_id, attempt_id=attempt_id, via="reconcile", patience=patience
            )
        except (GatewayUnreachableError, GatewayRefusedError) as error:
            log.warning("reconcile_unreachable", attempt=str(attempt_id), reason=error.message)
            unreachable += 1
            continue
        except Exception:  # whatever is wrong with one attempt must not keep the others waiting
            log.exception("reconcile_failed", attempt=str(attempt_id))
            unreachable += 1
            continue
        ended += attempt.state not in PENDING
    refunds, not_asked = reconcile_refunds(organisation_id, grace=grace)
    return Reconciled(ended, len(found) - ended - unreachable, unreachable + not_asked, refunds)


def ask_again_all(*, days: int = LATE_RETURNS) -> int:
    """Ask again about what may still be taken back, in every organisation; gives how many were asked about."""
    return sum(ask_again(organisation_id=each, days=days) for each in organisations())


def ask_again(*, organisation_id: UUID, days: int = LATE_RETURNS) -> int:
    """Ask the gateways again about bank debits that succeeded in the last days: their return can come late.

    Returns:
        How many the gateway answered.
    """
    refuse_open_scope()
    with scope(JobActor(organisation_id)):
        found = list(
            PaymentAttempt.objects.filter(
                organisation_id=organisation_id,
                state=AttemptState.SUCCEEDED,
                mode=PaymentMode.BANK_DEBIT,
                changed_at__gte=clock.now() - timedelta(days=days),
            )
            .order_by("changed_at")
            .values_list("pk", flat=True)
        )
    return sum(ask_about(organisation_id=organisation_id, attempt_id=each) for each in found)


def ask_about(*, organisation_id: UUID, attempt_id: UUID) -> bool:
    """Ask what has become of a payment that succeeded, and settle it; False when the gateway did not answer."""
    refuse_open_scope()
    with scope(JobActor(organisation_id)):
        attempt = PaymentAttempt.objects.get(pk=attempt_id)
    try:
        gateway, account = open_account(organisation_id, attempt.gateway_account_id)
        observed = gateway.fetch(account, attempt.gateway_reference)
        settle(organisation_id=organisation_id, attempt_id=attempt_id, observed=observed, via="reconcile")
    except (GatewayUnreachableError, GatewayRefusedError) as error:
        log.warning("not_asked_again", attempt=str(attempt_id), reason=error.message)
        return False
    except Exception:  # whatever is wrong with one payment must not keep the others from being asked about
        log.exception("asking_again_failed", attempt=str(attempt_id))
        return False
    return True


def clear_up(
    *, organisation_id: UUID, attempt_id: UUID, via: str, patience: timedelta = PATIENCE, give_up: bool = True
) -> PaymentAttempt:
    """Bring one attempt to what the gateway says.

    Args:
        organisation_id: whose.
        attempt_id: which.
        via: return, event, reconcile or page.
        patience: how long the customer may take over an action the gateway asks for; none when it is called off.
        give_up: whether one that the gateway has not charged is called off; else it is only asked about.

    Raises:
        GatewayGoneError: the gateway knows nothing of it, and it is too early to believe that for good.
        GatewayUnreachableError: the gateway does not answer; the attempt stays as it is.
    """
    refuse_open_scope()
    job = JobActor(organisation_id)
    with scope(job):
        # Locked, so that a reference which is being committed this moment is seen, or comes too late.
        attempt = PaymentAttempt.objects.select_for_update(of=("self",)).get(pk=attempt_id)
        if attempt.state not in PENDING:
            return attempt
        if not attempt.gateway_reference:
            # Nothing can have been charged: charging needs the reference, which is committed first and only
            # while the attempt is still submitted. So calling it off here is final.
            if give_up:
                became = AttemptState.CANCELLED
                move(attempt, became, via=via, reason="It never came to charging.")
            return PaymentAttempt.objects.get(pk=attempt_id)
    gateway, account = open_account(organisation_id, attempt.gateway_account_id)
    try:
        observed = gateway.fetch(account, attempt.gateway_reference)
        if observed.state is Seen.READY and patience:
            # The customer has agreed at the gateway and did not come back, or the page died.
            observed = confirm_ready(gateway, account, attempt, observed)
        if give_up and _stuck(attempt, observed, patience):
            observed = gateway.cancel(account, attempt.gateway_reference)
    except GatewayGoneError as gone:
        return end_forgotten(attempt, gone, via=via)
    return settle(organisation_id=organisation_id, attempt_id=attempt_id, observed=observed, via=via)


def call_off(*, organisation_id: UUID, attempt_id: UUID) -> PaymentAttempt:
    """The customer does not want to go on: make sure nothing is charged, or learn that it was."""
    return clear_up(
        organisation_id=organisation_id,
        attempt_id=attempt_id,
        via="page",
        patience=timedelta(0),
        give_up=True,
    )


def _stuck(attempt: PaymentAttempt, observed: Observed, patience: timedelta) -> bool:
    if observed.state in (Seen.CREATED, Seen.READY):
        return True
    # Nobody waits where it is called off; else for what the gateway gives, such as the days of two small deposits.
    granted = max(patience, observed.patience or patience) if patience else patience
    return observed.state is Seen.NEEDS_ACTION and attempt.changed_at <= clock.now() - granted
