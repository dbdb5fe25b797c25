"""Telling both sides of a dispute: staff with the deadline, customers with what it means."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portico.access.actors import JobActor
from portico.disputes.models import Dispute, DisputeState
from portico.kit.money import format_money
from portico.notifications.actions import tell_staff
from portico.payments.models import Payment
from portico.payments.tellings import write_about


def tell(job: JobActor, payment: Payment, dispute: Dispute, back: str = "") -> None:
    """Tell staff and customer how a dispute stands, once for each state.

    Args:
        job: of the organisation.
        payment: what is disputed.
        dispute: as it stands.
        back: after one that is won: what is on invoices again.
    """
    amount = format_money(dispute.amount)
    about = f"{payment.customer.display_name}: {payment.number}, {amount}"
    title, body = {
        DisputeState.WON: (
            f"Dispute won: {about}",
            f"The money is back; {back or 'nothing'} of it is on invoices.",
        ),
        DisputeState.LOST: (f"Dispute lost: {about}", "What it had paid is open again."),
    }.get(DisputeState(dispute.state), (f"Payment disputed: {about}", opened_words(dispute)))
    tell_staff(
        job,
        f"chargeback_{dispute.state}",
        title,
        customer=payment.customer_id,
        document_kind="payment",
        document_id=payment.pk,
        body=body,
    )
    write_about(
        job,
        payment,
        f"dispute/{dispute.pk}/{dispute.state}",
        {"amount": dispute.amount},
        lambda names: _said(dispute, names),
    )


def opened_words(dispute: Dispute) -> str:
    """For staff: why, until when, and where evidence goes; not every bank asks for any."""
    due = f"{dispute.evidence_due:%Y-%m-%d %H:%M} UTC" if dispute.evidence_due else "the day it names"
    words = [
        f"The reason given: {dispute.reason}." if dispute.reason else "",
        f"Hand in evidence at the gateway, under {dispute.gateway_reference}, until {due}."
        if dispute.state == DisputeState.OPEN
        else f"The bank decides without asking for more; at the gateway it is {dispute.gateway_reference}.",
        "The money has been taken for now, so what it paid is open again." if dispute.taken_id else "",
    ]
    return " ".join(word for word in words if word)


def _said(dispute: Dispute, names: dict[str, str]) -> tuple[str, list[str]]:
    if dispute.state == DisputeState.WON:
        return _("The dispute about your payment %(number)s is decided") % names, [
            _(
                "%(organisation)s has been given the %(amount)s of your payment %(number)s back by the bank. It counts as paid again."
            )
            % names,
        ]
    if dispute.state == DisputeState.LOST:
        return _("The dispute about your payment %(number)s is decided") % names, [
            _(
                "the bank has decided that %(amount)s of your payment %(number)s stays with you. What it had paid at %(organisation)s is open again."
            )
            % names,
        ]
    return _("Your payment %(number)s is disputed") % names, [
        _(
            "your bank has told %(organisation)s that %(amount)s of your payment %(number)s is disputed. While the bank decides, that amount is not paid, and what it had paid is open again."
        )
        % names
        if dispute.taken_id
        else _(
            "your bank has told %(organisation)s that %(amount)s of your payment %(number)s is disputed. Nothing changes until the bank decides."
        )
        % names,
        _("If you did not mean to dispute it, tell your bank, or answer %(organisation)s.") % names,
    ]
