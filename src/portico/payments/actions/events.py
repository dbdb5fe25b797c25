"""The inbox of gateway events: verify, insert once, answer; a job reads the payment again and settles it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import structlog
from django.db import connection
from django.db.models import F

from portico.access.actors import JobActor
from portico.access.scope import refuse_open_scope, scope
from portico.kit import clock
from portico.kit.errors import NotFoundError
from portico.kit.money import Money
from portico.notifications.actions import tell_staff
from portico.payments.accounts import open_account
from portico.payments.actions.moves import note
from portico.payments.actions.settle import mismatch_of, settle
from portico.payments.actions.submit import confirm_ready
from portico.payments.gateway import Event, GatewayGoneError, GatewayRefusedError, Seen, SignatureError
from portico.payments.models import GatewayEvent, PaymentAttempt

log = structlog.get_logger(__name__)

LONGEST_BODY = 1_000_000
"""Bytes of a delivery we read; an event is a few kilobytes, and some providers send hundreds at once."""

MOST_REFUSED_AN_HOUR = 200
"""How many different deliveries that are not the gateway's are written down for one account."""

LEFT_BEHIND = timedelta(minutes=5)
"""When an event is taken to have been left behind by its job: longer than asking a gateway takes."""

ASKED_FOR = timedelta(days=14)
"""How long a gateway that will not tell is asked about an event; enough to notice and mend the account's keys."""

BODIES_KEPT_FOR = timedelta(days=90)
"""How long it can be looked up what an event said; gateways send none again after that."""


MOST_AT_ONCE = 500
"""How many events that were left behind are taken up in one round."""

_REFUSED = "refused-"


def receive_event(*, account_id: UUID, body: bytes, headers: Mapping[str, str]) -> list[GatewayEvent]:
    """Take a delivery in: all its events at once, or none of them; those that do not concern us are left out.

    Raises:
        NotFoundError: there is no such gateway account.
        SignatureError: it is not the gateway's; it is written down and changes nothing.
    """
    organisation_id = _organisation_of(account_id)
    gateway, account = open_account(organisation_id, account_id)
    try:
        events = gateway.parse_event(account, body, headers)
    except SignatureError as error:
        _refuse(organisation_id, account_id, body, error.message)
        raise
    if not events:
        return []
    with scope(JobActor(organisation_id)):
        return [_take_in(organisation_id, account_id, event, event.part or body) for event in events]


def _take_in(organisation_id: UUID, account_id: UUID, event: Event, body: bytes) -> GatewayEvent:
    """Write an event down and have it applied, the first time it is delivered."""
    from portico.payments.jobs import apply_event

    row, is_new = GatewayEvent.objects.get_or_create(
        gateway_account_id=account_id,
        event_id=event.id,
        defaults={
            "organisation_id": organisation_id,
            "kind": event.kind,
            "gateway_reference": event.reference,
            "said": _said(event),
            "body": body.decode("utf-8", "replace"),
        },
    )
    if is_new:
        apply_event.defer(organisation_id=str(organisation_id), event_row_id=str(row.pk))
    else:
        GatewayEvent.objects.filter(pk=row.pk).update(deliveries=F("deliveries") + 1)
    return row


def apply_received(*, organisation_id: UUID, event_row_id: UUID) -> GatewayEvent:
    """Apply an event of the inbox: what it says is a hint, the payment is read again from the gateway.

    Where the gateway knows the payment and will not tell, as with keys that were changed there, it stays in the inbox.

    Raises:
        GatewayUnreachableError: the gateway does not answer; the job is tried again.
    """
    refuse_open_scope()
    job = JobActor(organisation_id)
    with scope(job):
        row = GatewayEvent.objects.get(pk=event_row_id)
        if row.outcome != GatewayEvent.Outcome.RECEIVED:
            return row
        attempt = _attempt_of(row)
    gateway, account = open_account(organisation_id, row.gateway_account_id)
    try:
        observed = gateway.fetch(account, row.gateway_reference)
    except GatewayRefusedError as error:
        is_final = isinstance(error, GatewayGoneError) or row.received_at < clock.now() - ASKED_FOR
        became = GatewayEvent.Outcome.REFUSED if is_final else GatewayEvent.Outcome.RECEIVED
        return _finish(row, became, f"Asked about it, the gateway said: {error.message}")
    if attempt is None and observed.intent_id is not None:
        with scope(job):
            attempt = PaymentAttempt.objects.filter(
                pk=observed.intent_id, gateway_account_id=row.gateway_account_id
            ).first()
    if attempt is None:
        return _finish(row, GatewayEvent.Outcome.IGNORED, "It is about no payment of ours.")
    refusal = _contradiction(row, attempt)
    if refusal:
        with scope(job):
            note(attempt, attempt.state, attempt.state, via="event", reason=refusal)
            tell_staff(
                job,
                "payment_mismatch",
                "A gateway's event does not fit the payment it is about",
                body=refusal,
            )
        return _finish(row, GatewayEvent.Outcome.REFUSED, refusal)
    if observed.state is Seen.READY and not mismatch_of(attempt, observed):
        observed = confirm_ready(gateway, account, attempt, observed)
    attempt = settle(organisation_id=organisation_id, attempt_id=attempt.pk, observed=observed, via="event")
    mismatch = mismatch_of(attempt, observed)
    return _finish(row, GatewayEvent.Outcome.REFUSED if mismatch else GatewayEvent.Outcome.APPLIED, mismatch)


def apply_left_behind(*, organisation_id: UUID) -> int:
    """Apply the events that no job will apply any more: its worker was killed, or the database was away.

    Of a refund, a dispute or a return that comes days after the success, nothing else would tell.

    Returns:
        How many were brought to an outcome.
    """
    refuse_open_scope()
    with scope(JobActor(organisation_id)):
        waiting = GatewayEvent.objects.filter(
            outcome=GatewayEvent.Outcome.RECEIVED, received_at__lt=clock.now() - LEFT_BEHIND
        )
        found = list(waiting.order_by("received_at").values_list("pk", flat=True)[:MOST_AT_ONCE])
    done = 0
    for each in found:
        try:
            row = apply_received(organisation_id=organisation_id, event_row_id=each)
        except Exception:  # whatever is wrong with one event must not keep the others waiting
            log.exception("event_not_applied", event=str(each))
            continue
        done += row.outcome != GatewayEvent.Outcome.RECEIVED
    return done


def tidy_events(*, actor: JobActor) -> None:
    """Forget what old events said: each was but a hint, and many name who paid, with address and e-mail (S9.3).

    That an event came, of which payment, and what became of it stays; of deliveries that were refused because nobody
    we know had signed them, nothing.
    """
    with scope(actor):
        old = GatewayEvent.objects.filter(received_at__lt=clock.now() - BODIES_KEPT_FOR)
        handled = old.exclude(outcome=GatewayEvent.Outcome.RECEIVED)
        handled.filter(event_id__startswith=_REFUSED).delete()
        handled.exclude(body="").update(body="")


def _said(event: Event) -> dict[str, str]:
    if event.amount is None:
        return {}
    return {"amount": str(event.amount.amount), "currency": event.amount.currency}


def _contradiction(row: GatewayEvent, attempt: PaymentAttempt) -> str:
    if not row.said or Money(Decimal(row.said["amount"]), row.said["currency"]) == attempt.amount:
        return ""
    return f"The event says {row.said['amount']} {row.said['currency']}; asked for was {attempt.amount}."


def _attempt_of(row: GatewayEvent) -> PaymentAttempt | None:
    return PaymentAttempt.objects.filter(
        gateway_account_id=row.gateway_account_id, gateway_reference=row.gateway_reference
    ).first()


def _finish(row: GatewayEvent, outcome: GatewayEvent.Outcome, reason: str) -> GatewayEvent:
    with scope(JobActor(row.organisation_id)):
        row.outcome, row.reason = outcome, reason
        row.applied_at = None if outcome == GatewayEvent.Outcome.RECEIVED else clock.now()
        row.save(update_fields=["outcome", "reason", "applied_at"])
    return row


def _refuse(organisation_id: UUID, account_id: UUID, body: bytes, reason: str) -> None:
    """Write a refused delivery down once per content, so that a flood of the same fills nothing."""
    with scope(JobActor(organisation_id)):
        lately = GatewayEvent.objects.filter(
            gateway_account_id=account_id,
            outcome=GatewayEvent.Outcome.REFUSED,
            received_at__gte=clock.now() - timedelta(hours=1),
        )
        if lately.count() >= MOST_REFUSED_AN_HOUR:
            return
        row, is_new = GatewayEvent.objects.get_or_create(
            gateway_account_id=account_id,
            event_id=f"{_REFUSED}{hashlib.sha256(body).hexdigest()}",
            defaults={
                "organisation_id": organisation_id,
                "body": body[:4000].decode("utf-8", "replace").replace("\0", ""),
                "outcome": GatewayEvent.Outcome.REFUSED,
                "reason": reason,
            },
        )
        if not is_new:
            GatewayEvent.objects.filter(pk=row.pk).update(deliveries=F("deliveries") + 1)


def _organisation_of(account_id: UUID) -> UUID:
    with connection.cursor() as cursor:
        cursor.execute("SELECT door_gateway_account(%s)", [account_id])
        row = cursor.fetchone()
    if not row or row[0] is None:
        raise NotFoundError
    found: UUID = row[0]
    return found
