"""What pending attempts, and notices of transfers, have reserved of each document (S6.5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum

from portico.access.actors import Actor
from portico.kit.money import Money
from portico.payments.models import PENDING, AttemptAllocation, CreditUsePart
from portico.transfers.queries import awaiting_on


def reserved_on_invoices(actor: Actor, invoice_ids: Iterable[UUID], currency: str) -> dict[UUID, Money]:
    """How much of each invoice is on its way; invoices with nothing on the way are left out."""
    ids = list(invoice_ids)
    held = _reserved(actor, "invoice_id", ids, currency)
    credit = (
        CreditUsePart.objects.visible_to(actor)
        .filter(invoice_id__in=ids, attempt__state__in=PENDING, currency=currency)
        .values_list("invoice_id")
        .annotate(sum=Sum("amount"))
    )
    for invoice_id, amount in credit:
        held[invoice_id] = held.get(invoice_id, Money.zero(currency)) + Money(Decimal(amount), currency)
    return held


def reserved_on_retainers(actor: Actor, retainer_ids: Iterable[UUID], currency: str) -> dict[UUID, Money]:
    """How much of each retainer invoice is on its way."""
    return _reserved(actor, "retainer_id", list(retainer_ids), currency)


def _reserved(actor: Actor, column: str, ids: Sequence[UUID], currency: str) -> dict[UUID, Money]:
    rows = (
        AttemptAllocation.objects.visible_to(actor)
        .filter(**{f"{column}__in": ids}, attempt__state__in=PENDING, currency=currency)
        .values_list(column)
        .annotate(sum=Sum("amount"))
    )
    held = {row_id: Money(Decimal(amount), currency) for row_id, amount in rows}
    for row_id, amount in awaiting_on(actor, column, ids, currency).items():
        held[row_id] = held.get(row_id, Money.zero(currency)) + amount
    return held
