"""Reading the payouts of gateways: each once with its lines; one that does not add up is told to staff instead."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final
from uuid import UUID

import structlog

from portico.access import audit
from portico.access.actors import JobActor
from portico.access.models import AuditRecord
from portico.access.scope import refuse_open_scope, scope
from portico.kit import clock
from portico.kit.money import Money, total
from portico.notifications.actions import tell_staff
from portico.payments.accounts import open_account
from portico.payments.actions.reconcile import ask_about
from portico.payments.gateway import GatewayRefusedError, GatewayUnreachableError, PayoutSeen, gateway_for
from portico.payments.models import AttemptState, GatewayAccount, Payment, PaymentAttempt
from portico.payouts.models import Payout, PayoutLine

log = structlog.get_logger(__name__)

BACK: Final = timedelta(days=30)
"""How far back payouts are read each day: their state changes until they arrive."""


def read_payouts(*, organisation_id: UUID, since: date | None = None) -> int:
    """Read the payouts of every account of an organisation since a day; gives how many were new.

    An account that does not answer is left for the next day. What a payout says has been taken out of it, or put
    back after a dispute, is asked about until the gateway has answered: some tell of a chargeback nowhere else.
    """
    refuse_open_scope()
    first = since or (clock.now() - BACK).date()
    with scope(JobActor(organisation_id)):
        accounts = [
            row.pk
            for row in GatewayAccount.objects.filter(organisation_id=organisation_id).order_by("created_at")
            if gateway_for(row.gateway).capabilities.payouts
        ]
    new = 0
    for account_id in accounts:
        gateway, account = open_account(organisation_id, account_id)
        try:
            for seen in gateway.payouts(account, first):
                new += keep_payout(organisation_id, account_id, seen)
                _ask_about_what_left(organisation_id, account_id, seen)
        except (GatewayRefusedError, GatewayUnreachableError) as error:
            log.warning("payouts_not_read", account=str(account_id), reason=error.message)
    return new


def keep_payout(organisation_id: UUID, account_id: UUID, seen: PayoutSeen) -> bool:
    """Write a payout down, or bring its state and day up to date; whether it is new."""
    job = JobActor(organisation_id)
    currency = seen.amount.currency
    with scope(job):
        known = Payout.objects.filter(gateway_account_id=account_id, reference=seen.reference[:200]).first()
        problem = _problem(seen)
        if known is not None and known.amount != seen.amount:
            problem = f"Payout {seen.reference} was {known.amount} and is now {seen.amount}."
        if problem:
            _tell_once(job, account_id, problem)
            return False
        if known is not None:
            known.state, known.arrives, known.read_at = seen.state[:40], seen.arrives, clock.now()
            known.save(update_fields=["state", "arrives", "read_at"])
            return False
        payout = Payout.objects.create(
            organisation_id=organisation_id,
            gateway_account_id=account_id,
            reference=seen.reference[:200],
            currency=currency,
            gross=total((line.gross for line in seen.lines), currency),
            fee=total((line.fee for line in seen.lines), currency),
            amount=seen.amount,
            arrives=seen.arrives,
            state=seen.state[:40],
        )
        ours = _payments(account_id, seen)
        PayoutLine.objects.bulk_create(
            PayoutLine(
                organisation_id=organisation_id,
                payout=payout,
                position=position,
                kind=line.kind[:40],
                reference=line.reference[:200],
                payment_id=ours.get(line.reference),
                currency=currency,
                gross=line.gross,
                fee=line.fee,
                net=line.net,
                description=line.description[:300],
            )
            for position, line in enumerate(seen.lines)
        )
        audit.record(job, "payout_read", payout, f"{payout.reference}, {payout.amount}")
        return True


def _ask_about_what_left(organisation_id: UUID, account_id: UUID, seen: PayoutSeen) -> None:
    """Settle our payments of which a payout takes something back, or gives it back; once, when all were answered."""
    with scope(JobActor(organisation_id)):
        payout = Payout.objects.filter(
            gateway_account_id=account_id, reference=seen.reference[:200], asked_at=None
        ).first()
    if payout is None:
        return
    named = {
        line.reference for line in seen.lines if line.gross.amount < 0 or line.kind.startswith("dispute")
    } - {""}
    with scope(JobActor(organisation_id)):
        ours = PaymentAttempt.objects.filter(gateway_account_id=account_id, gateway_reference__in=named)
        found = list(ours.filter(state=AttemptState.SUCCEEDED).values_list("pk", flat=True))
    answered = [ask_about(organisation_id=organisation_id, attempt_id=each) for each in found]
    if all(answered):
        with scope(JobActor(organisation_id)):
            Payout.objects.filter(pk=payout.pk).update(asked_at=clock.now())


def _problem(seen: PayoutSeen) -> str:
    """What does not add up; empty when all does."""
    amounts: list[Money] = [each for line in seen.lines for each in (line.gross, line.fee, line.net)]
    if any(each.currency != seen.amount.currency for each in amounts):
        return f"Payout {seen.reference} has lines in another currency than {seen.amount.currency}."
    if any(line.net != line.gross - line.fee for line in seen.lines):
        return f"Payout {seen.reference} has a line that is not its gross less its fee."
    whole = total((line.net for line in seen.lines), seen.amount.currency)
    if whole != seen.amount:
        return f"Payout {seen.reference} is {seen.amount}, and its lines come to {whole}."
    return ""


def _payments(account_id: UUID, seen: PayoutSeen) -> dict[str, UUID]:
    references = {line.reference for line in seen.lines if line.reference}
    rows = Payment.objects.filter(
        attempt__gateway_account_id=account_id, attempt__gateway_reference__in=references
    )
    return dict(rows.values_list("attempt__gateway_reference", "pk"))


def _tell_once(job: JobActor, account_id: UUID, problem: str) -> None:
    if AuditRecord.objects.filter(
        object_id=account_id, action="payout_mismatch", summary=problem[:500]
    ).exists():
        return
    account = GatewayAccount.objects.get(pk=account_id)
    audit.record(job, "payout_mismatch", account, problem[:500])
    tell_staff(job, "payout_mismatch", "A payout of a gateway does not add up", body=problem)
