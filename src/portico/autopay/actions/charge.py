"""Charge what is due: begin an attempt, submit it like any other, and take up what became of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final
from uuid import UUID, uuid5

import structlog
from django.db.models import Q

from portico.access.actors import JobActor
from portico.access.scope import refuse_open_scope, scope
from portico.autopay.actions.wish import end
from portico.autopay.letters import tell_failed
from portico.autopay.models import (
    ASKS,
    CHARGE_MOVES,
    NEVER_CHARGED,
    PAID_OTHERWISE,
    WENT_BACK,
    AutopayCharge,
    ChargeState,
)
from portico.autopay.standing import OPENED_AGAIN, why_stop
from portico.customers.locking import lock_books
from portico.invoices.models import OPEN, Invoice
from portico.kit import clock
from portico.kit.money import smaller
from portico.notifications.customers import portal_url
from portico.organisations.models import Organisation
from portico.payments.actions.reconcile import call_off
from portico.payments.actions.start import OnItsWayError
from portico.payments.actions.submit import submit_payment
from portico.payments.actions.unattended import start_unattended
from portico.payments.models import AttemptState, PaymentAttempt

log = structlog.get_logger(__name__)

TRY_AGAIN_AFTER: Final = (timedelta(days=2), timedelta(days=4), timedelta(days=7))
"""After the first, the second and the third failure; the fourth is the last."""


def charge_due(*, organisation_id: UUID) -> int:
    """Go on with every charge of the organisation whose day has come, or that is under way.

    Returns:
        How many attempts were begun.
    """
    refuse_open_scope()
    job = JobActor(organisation_id)
    with scope(job, read_only=True):
        today = _today(organisation_id)
        found = list(
            AutopayCharge.objects.filter(
                Q(state=ChargeState.PLANNED, charge_on__lte=today) | Q(state=ChargeState.CHARGING)
            )
            .order_by("charge_on", "pk")
            .values_list("pk", "customer_id")
        )
    begun = 0
    for charge_id, customer_id in found:
        try:
            begun += _go_on(job, charge_id, customer_id)
        except Exception:  # whatever is wrong with one charge must not keep the others waiting
            log.exception("autopay_failed", charge=str(charge_id))
    return begun


def _go_on(job: JobActor, charge_id: UUID, customer_id: UUID) -> bool:
    with scope(job):
        lock_books(customer_id)
        charge = _read(charge_id)
        organisation = Organisation.objects.defer("logo").get(pk=job.organisation_id)
        way_back = portal_url(organisation, "/autopay/")  # gateways want one, though nobody is there
        begins = charge.state == ChargeState.PLANNED and _begin(job, charge)
    if charge.state != ChargeState.CHARGING or charge.attempt is None:
        return False
    attempt = charge.attempt
    if attempt.state == AttemptState.CREATED:  # begun now, or by a worker that died before it submitted
        if _is_taken_back(charge):
            attempt = call_off(organisation_id=job.organisation_id, attempt_id=attempt.pk)
        else:
            attempt = submit_payment(
                organisation_id=job.organisation_id, attempt_id=attempt.pk, token="", return_url=way_back
            )
    asked = attempt.state == AttemptState.NEEDS_ACTION
    if asked:  # nobody is there to be asked
        attempt = call_off(organisation_id=job.organisation_id, attempt_id=attempt.pk)
    with scope(job):
        lock_books(customer_id)
        _take_up(job, _read(charge_id), attempt, asked=asked)
    return begins


def _is_taken_back(charge: AutopayCharge) -> bool:
    """Whether the customer has stopped it, or removed what would be charged, since the worker died that began it."""
    return charge.autopay.stopped_at is not None or charge.autopay.saved_method.removed_at is not None


def _begin(job: JobActor, charge: AutopayCharge) -> bool:
    """Write the attempt down, with the charge that it is of; under the customer's lock."""
    because = why_stop(charge.autopay)
    if because is not None:
        end(job, charge.autopay, because)
        charge.refresh_from_db(fields=["state"])
        return False
    invoice = Invoice.objects.get(pk=charge.invoice_id)
    if invoice.status not in OPEN or not invoice.balance:
        _move(charge, ChargeState.SKIPPED, reason=PAID_OTHERWISE)
        return False
    if Invoice.objects.filter(OPENED_AGAIN, pk=invoice.pk).exists():
        _move(charge, ChargeState.SKIPPED, reason=WENT_BACK)
        return False
    try:
        attempt = start_unattended(
            actor=job,
            submission_key=uuid5(charge.pk, str(charge.tries)),
            method=charge.autopay.saved_method,
            invoice=invoice,
            amount=smaller(charge.amount, invoice.balance),
        )
    except OnItsWayError:
        return False  # the customer is paying it; looked at again in the next round
    _move(charge, ChargeState.CHARGING, attempt=attempt, tries=charge.tries + 1)
    return True


def _take_up(job: JobActor, charge: AutopayCharge, attempt: PaymentAttempt, *, asked: bool) -> None:
    """Bring the charge to what became of its attempt; under the customer's lock."""
    if charge.state != ChargeState.CHARGING or charge.attempt_id != attempt.pk:
        return
    if attempt.state in (AttemptState.SUCCEEDED, AttemptState.RETURNED):
        _move(charge, ChargeState.PAID)
    elif asked and attempt.state in (AttemptState.CANCELLED, AttemptState.FAILED):
        _move(charge, ChargeState.FAILED, reason=ASKS, failures=charge.failures + 1)
        tell_failed(job, charge, attempt, asks=True)
    elif attempt.state == AttemptState.FAILED:
        _failed(job, charge, attempt)
    elif attempt.state == AttemptState.CANCELLED and _was_on_its_way(attempt):
        # It was on its way when somebody called it off, at the gateway or here: people decide about it.
        _move(charge, ChargeState.FAILED, reason=attempt.failure_message[:300], failures=charge.failures + 1)
        tell_failed(job, charge, attempt)
    elif attempt.state == AttemptState.CANCELLED:
        again = ChargeState.SKIPPED if charge.autopay.stopped_at else ChargeState.PLANNED
        _move(charge, again, reason=NEVER_CHARGED)


def _was_on_its_way(attempt: PaymentAttempt) -> bool:
    """Whether the gateway had taken it on before."""
    return attempt.changes.filter(became=AttemptState.PROCESSING).exists()


def _failed(job: JobActor, charge: AutopayCharge, attempt: PaymentAttempt) -> None:
    failures, why = charge.failures + 1, attempt.failure_message[:300]
    if failures > len(TRY_AGAIN_AFTER) or charge.autopay.stopped_at:
        _move(charge, ChargeState.FAILED, reason=why, failures=failures)
    else:
        again = _today(charge.organisation_id) + TRY_AGAIN_AFTER[failures - 1]
        _move(charge, ChargeState.PLANNED, reason=why, failures=failures, charge_on=again)
    tell_failed(job, charge, attempt)


def _move(charge: AutopayCharge, became: ChargeState, **facts: object) -> None:
    CHARGE_MOVES.check_change(ChargeState(charge.state), became)
    charge.state = became
    if became not in (ChargeState.PLANNED, ChargeState.CHARGING):
        charge.ended_at = clock.now()
    for name, value in facts.items():
        setattr(charge, name, value)
    charge.save(update_fields=["state", "ended_at", *facts])


def _read(charge_id: UUID) -> AutopayCharge:
    return AutopayCharge.objects.select_related(
        "autopay__saved_method__gateway_account", "autopay__contact_person", "autopay__customer", "attempt"
    ).get(pk=charge_id)


def _today(organisation_id: UUID) -> date:
    zone = Organisation.objects.values_list("time_zone", flat=True).get(pk=organisation_id)
    return clock.today(zone)
