"""Plan charges: for each invoice that falls due soon, a charge on a day that the customer is told of first."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef

from portico.access.actors import JobActor
from portico.access.scope import scope
from portico.autopay.actions.wish import end
from portico.autopay.letters import tell_planned, tell_too_much
from portico.autopay.models import CHARGE_MOVES, OPEN_CHARGES, OVER, Autopay, AutopayCharge, ChargeState
from portico.autopay.standing import OPENED_AGAIN, why_stop
from portico.customers.locking import lock_books
from portico.invoices.models import OPEN, Invoice
from portico.kit import clock
from portico.organisations.models import Organisation
from portico.payments.models import GatewayRefund, TakenBack
from portico.payments.offers import offered_on
from portico.payments.reservations import reserved_on_invoices

NOTICE: Final = timedelta(days=3)
"""Between telling the customer and charging, at least."""


def plan_charges(*, actor: JobActor) -> int:
    """Plan what falls due within the notice, of every customer of the organisation whose autopay runs.

    Told again, it plans nothing twice. What is over the customer's maximum is not charged, and they are told.

    Returns:
        How many charges were planned.
    """
    with scope(actor, read_only=True):
        zone = Organisation.objects.values_list("time_zone", flat=True).get(pk=actor.organisation_id)
        running = list(Autopay.objects.filter(stopped_at=None).values_list("pk", "customer_id"))
    today = clock.today(zone)
    return sum(_plan(actor, autopay_id, customer_id, today) for autopay_id, customer_id in running)


def _plan(actor: JobActor, autopay_id: UUID, customer_id: UUID, today: date) -> int:
    with scope(actor):
        lock_books(customer_id)
        autopay = Autopay.objects.select_related(
            "saved_method__gateway_account", "contact_person", "customer"
        ).get(pk=autopay_id)
        if autopay.stopped_at is not None:
            return 0
        because = why_stop(autopay)
        if because is not None:
            end(actor, autopay, because)
            return 0
        return sum(_plan_one(actor, autopay, invoice, today) for invoice in _due(autopay, today))


def _due(autopay: Autopay, today: date) -> list[Invoice]:
    theirs = AutopayCharge.objects.filter(invoice_id=OuterRef("pk"))
    known = Exists(theirs.filter(autopay=autopay)) | Exists(theirs.filter(state__in=OPEN_CHARGES))
    gone_twice = Exists(TakenBack.objects.filter(charge_id=OuterRef("pk"))) | Exists(
        GatewayRefund.objects.filter(charge_id=OuterRef("pk"))
    )
    found = Invoice.objects.filter(
        ~known,
        ~OPENED_AGAIN,
        ~gone_twice,
        customer_id=autopay.customer_id,
        currency=autopay.currency,
        status__in=OPEN,
        balance__gt=0,
        due_date__lte=today + NOTICE,
    )
    return list(found.order_by("due_date", "pk"))


def _plan_one(actor: JobActor, autopay: Autopay, invoice: Invoice, today: date) -> bool:
    offered = {account.pk for account in offered_on(actor, [invoice.pk], invoice.currency)}
    if autopay.saved_method.gateway_account_id not in offered:
        return False
    if reserved_on_invoices(actor, [invoice.pk], invoice.currency):
        return False  # somebody is paying it; if that fails, it is planned then
    charge = AutopayCharge(
        organisation_id=autopay.organisation_id,
        customer_id=autopay.customer_id,
        autopay=autopay,
        invoice=invoice,
        currency=invoice.currency,
        amount=invoice.balance,
        charge_on=max(invoice.due_date, today + NOTICE),
    )
    too_much = bool(autopay.maximum) and charge.amount > autopay.maximum
    if too_much:
        CHARGE_MOVES.check_change(ChargeState.PLANNED, ChargeState.SKIPPED)
        charge.state = ChargeState.SKIPPED
        charge.reason = OVER
        charge.ended_at = clock.now()
    charge.save(force_insert=True)
    (tell_too_much if too_much else tell_planned)(actor, charge)
    return not too_much
