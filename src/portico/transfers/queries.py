"""What pages show of paying by hand: the ways, and a customer's notices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum

from portico.access.actors import Actor, ContactActor, Permission
from portico.kit.money import Money
from portico.transfers.models import NoticePart, NoticeState, TransferNotice, TransferWay
from portico.transfers.references import reference_for

MOST_SHOWN = 20


def ways_by_hand(actor: Actor) -> list[TransferWay]:
    """How the organisation is paid without a gateway."""
    return list(TransferWay.objects.visible_to(actor).filter(is_offered=True).order_by("mode"))


def has_ways_by_hand(actor: Actor) -> bool:
    """Whether the organisation says how to be paid without a gateway."""
    return TransferWay.objects.visible_to(actor).filter(is_offered=True).exists()


def awaiting(actor: ContactActor) -> Sequence[TransferNotice]:
    """The customer's notices that staff have not decided on, the newest first; none for who may not see billing."""
    if not actor.may(Permission.VIEW_BILLING):
        return []
    found = TransferNotice.objects.visible_to(actor).filter(state=NoticeState.AWAITING)
    return list(found.order_by("-created_at")[:MOST_SHOWN])


def next_reference(actor: ContactActor, document_ids: Iterable[UUID]) -> str:
    """What the customer is to quote for these documents: the same until a notice with it is sent."""
    ids = list(document_ids)
    turn = 0
    taken = set(TransferNotice.objects.visible_to(actor).values_list("reference", flat=True))
    while (made := reference_for(actor.customer_id, ids, turn)) in taken:
        turn += 1
    return made


def awaiting_on(actor: Actor, column: str, ids: Iterable[UUID], currency: str) -> dict[UUID, Money]:
    """How much of each document customers say they have sent, by `invoice_id` or `retainer_id`."""
    rows = (
        NoticePart.objects.visible_to(actor)
        .filter(**{f"{column}__in": list(ids)}, notice__state=NoticeState.AWAITING, currency=currency)
        .values_list(column)
        .annotate(sum=Sum("amount"))
    )
    return {row_id: Money(Decimal(amount), currency) for row_id, amount in rows}
