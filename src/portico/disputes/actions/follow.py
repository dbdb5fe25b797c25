"""Bringing disputes to what the gateway says of them: money leaves, or comes back, in the same transaction."""

from __future__ import annotations

from portico.access import audit
from portico.access.actors import JobActor
from portico.disputes.letters import tell
from portico.disputes.models import DISPUTE_MOVES, UNDECIDED, Dispute, DisputeState
from portico.kit import clock
from portico.kit.money import Money, smaller
from portico.payments.actions.taking import give_back, still_held, take_back
from portico.payments.gateway import DisputeSeen, Observed
from portico.payments.models import Payment, TakenBackKind
from portico.payments.tellings import tell_of_problem


def follow(job: JobActor, payment: Payment, observed: Observed, via: str) -> None:
    """Write down each dispute that the gateway tells of; idempotent, late words change nothing.

    Within a scope, under the customer's lock. Money that a gateway has taken stays taken in the books until the
    dispute is won: what an undecided one says of it only ever takes.
    """
    for seen in observed.disputes:
        _bring(job, payment, seen, via)


def _bring(job: JobActor, payment: Payment, seen: DisputeSeen, via: str) -> None:
    amount, reason = seen.amount, seen.reason
    if amount.currency != payment.currency:
        amount, reason = _in_our_currency(job, payment, seen)
    dispute, is_new = Dispute.objects.get_or_create(
        payment=payment,
        gateway_reference=seen.reference[:200],
        defaults={
            "organisation_id": payment.organisation_id,
            "customer_id": payment.customer_id,
            "currency": amount.currency,
            "amount": amount,
            "reason": reason[:300],
            "evidence_due": seen.evidence_due,
        },
    )
    moved = _move(job, dispute, DisputeState(seen.state.value), via)
    if not is_new and dispute.state in UNDECIDED and dispute.evidence_due != seen.evidence_due:
        dispute.evidence_due, dispute.reminded_at = seen.evidence_due, None
        dispute.save(update_fields=["evidence_due", "reminded_at"])
    back = _book(job, payment, dispute, seen)
    if is_new or (moved and dispute.state not in UNDECIDED):
        tell(job, payment, dispute, back)


def _in_our_currency(job: JobActor, payment: Payment, seen: DisputeSeen) -> tuple[Money, str]:
    """All that is left of the payment, with the reason; staff hear once what the gateway names instead.

    Nobody here knows the rate. All of it is nearly always what is disputed, and an invoice must not stand as paid
    whose money is gone (docs/decisions/0011).
    """
    amount = still_held(payment) or payment.amount
    tell_of_problem(
        job,
        payment,
        f"Dispute {seen.reference} is over {seen.amount}, another currency than the payment's. It counts as a dispute"
        f" of {amount}, all that is left of the payment. Where only a part is disputed, record the rest as a payment by"
        " hand.",
    )
    return amount, f"{seen.reason} ({seen.amount})".strip()


def _move(job: JobActor, dispute: Dispute, became: DisputeState, via: str) -> bool:
    was = DisputeState(dispute.state)
    if became == was or became not in DISPUTE_MOVES.table.get(was, frozenset()):
        return False  # known, or late
    dispute.state, dispute.changed_at = became, clock.now()
    dispute.save(update_fields=["state", "changed_at"])
    audit.record(job, f"dispute_{became.value}", dispute, f"{dispute}, via {via}")
    return True


def _book(job: JobActor, payment: Payment, dispute: Dispute, seen: DisputeSeen) -> str:
    """Take what is gone, give back what came back; gives what of it is on invoices again, as text."""
    payment.refresh_from_db()
    if payment.voided_at is not None:
        return ""  # out of the books already
    gone = dispute.state == DisputeState.LOST or (dispute.state in UNDECIDED and seen.money_taken)
    taken = dispute.taken
    if gone and taken is None and (amount := smaller(dispute.amount, still_held(payment))):
        dispute.taken = take_back(job, payment, amount, TakenBackKind.DISPUTE, dispute.reason)
        dispute.save(update_fields=["taken"])
    elif dispute.state == DisputeState.WON and taken is not None and taken.restored_at is None:
        return str(give_back(job, taken))
    return ""
