"""Whether autopay can go on: its method, its person, its customer and its gateway are still what they were."""

from __future__ import annotations

from typing import Final

from django.db.models import Exists, OuterRef

from portico.autopay.models import Autopay
from portico.customers.models import PortalState
from portico.kit import clock
from portico.organisations.models import Organisation
from portico.payments.gateway import MethodKind
from portico.payments.models import Unallocation

OPENED_AGAIN: Final = Exists(Unallocation.objects.filter(allocation__invoice_id=OuterRef("pk")))
"""Of an invoice: a return, a dispute or a refund has opened it again, so people decide about it."""


def why_stop(autopay: Autopay) -> Autopay.Stop | None:
    """Why it cannot go on; None where it can. Within a scope that sees the person's method."""
    method, person = autopay.saved_method, autopay.contact_person
    zone = Organisation.objects.values_list("time_zone", flat=True).get(pk=autopay.organisation_id)
    expired = method.expires is not None and method.expires < clock.today(zone)
    if method.removed_at is not None or expired or not method.can_pay(autopay.currency):
        return Autopay.Stop.METHOD
    may = person.can_pay and person.can_view_billing and person.portal_state == PortalState.ACTIVE
    if not (may and autopay.customer.is_active):  # of one who was closed nobody could sign in to stop it
        return Autopay.Stop.ACCESS
    by_bank = method.kind == MethodKind.BANK and not autopay.customer.allow_bank_payments
    if by_bank or not method.gateway_account.is_active:
        return Autopay.Stop.GATEWAY
    return None
