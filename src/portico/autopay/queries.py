"""What the page of autopay shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from portico.access.actors import ContactActor
from portico.autopay.models import OPEN_CHARGES, Autopay, AutopayCharge
from portico.customers.models import Customer
from portico.invoices.models import OPEN, Invoice
from portico.payments.gateway import MethodKind
from portico.payments.models import SavedMethod
from portico.payments.ways import may_pay_by_bank

MOST_SHOWN = 50


def running(actor: ContactActor) -> Autopay | None:
    """The customer's autopay that runs, whoever set it up."""
    return Autopay.objects.visible_to(actor).select_related("contact_person").filter(stopped_at=None).first()


def open_charges(actor: ContactActor) -> Sequence[AutopayCharge]:
    """What is charged next, the earliest first."""
    found = AutopayCharge.objects.visible_to(actor).filter(state__in=OPEN_CHARGES)
    return list(found.select_related("invoice").order_by("charge_on", "pk")[:MOST_SHOWN])


def ended_charges(actor: ContactActor) -> Sequence[AutopayCharge]:
    """What became of earlier charges, the newest first."""
    found = AutopayCharge.objects.visible_to(actor).exclude(state__in=OPEN_CHARGES)
    return list(found.select_related("invoice", "attempt__payment").order_by("-ended_at", "-pk")[:MOST_SHOWN])


def usable_methods(actor: ContactActor, today: date, currency: str) -> list[SavedMethod]:
    """The person's own methods that can be charged in a currency: not removed, not expired, of an account that is in use."""
    found = SavedMethod.objects.visible_to(actor).filter(
        contact_person_id=actor.person_id, removed_at=None, gateway_account__is_active=True
    )
    if not may_pay_by_bank(actor):
        found = found.exclude(kind=MethodKind.BANK)
    methods = found.order_by("-is_default", "-created_at")
    good = [each for each in methods if each.expires is None or each.expires >= today]
    return [each for each in good if each.can_pay(currency)]


def charged_first(actor: ContactActor, customer: Customer, until: date) -> list[Invoice]:
    """The invoices that autopay would begin with: those due by then."""
    found = Invoice.objects.visible_to(actor).filter(
        currency=customer.currency, status__in=OPEN, balance__gt=0, due_date__lte=until
    )
    return list(found.order_by("due_date", "pk")[:MOST_SHOWN])
