"""Reminding staff of evidence that is due, and asking the gateways how undecided disputes stand."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from portico.access.actors import JobActor
from portico.access.scope import refuse_open_scope, scope
from portico.disputes.letters import opened_words
from portico.disputes.models import UNDECIDED, Dispute, DisputeState
from portico.kit import clock
from portico.notifications.actions import tell_staff
from portico.payments.actions.reconcile import ask_about

BEFORE: Final = timedelta(days=3)
"""How long before the deadline staff are reminded."""


def remind(*, organisation_id: UUID) -> int:
    """Tell staff, once each, of open disputes whose evidence is due within days; gives how many."""
    job, now = JobActor(organisation_id), clock.now()
    with scope(job):
        due = Dispute.objects.select_related("payment__customer").filter(
            organisation_id=organisation_id,
            state=DisputeState.OPEN,
            reminded_at=None,
            evidence_due__gt=now,
            evidence_due__lte=now + BEFORE,
        )
        found = list(due.order_by("evidence_due"))
        for dispute in found:
            changed = Dispute.objects.filter(pk=dispute.pk, reminded_at=None).update(reminded_at=now)
            if changed:
                tell_staff(
                    job,
                    "chargeback_evidence_due",
                    f"Evidence is due soon: {dispute.payment.customer.display_name}, {dispute.payment.number}",
                    customer=dispute.customer_id,
                    document_kind="payment",
                    document_id=dispute.payment_id,
                    body=opened_words(dispute),
                )
        return len(found)


def ask_about_disputes(*, organisation_id: UUID) -> int:
    """Ask the gateways how undecided disputes stand; gives how many answered."""
    refuse_open_scope()
    with scope(JobActor(organisation_id)):
        undecided = Dispute.objects.filter(organisation_id=organisation_id, state__in=UNDECIDED)
        attempts = set(undecided.values_list("payment__attempt_id", flat=True))
    return sum(ask_about(organisation_id=organisation_id, attempt_id=each) for each in attempts if each)
