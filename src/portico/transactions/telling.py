"""A document's history as plain values that a template makes sentences of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from portico.kit.errors import NotFoundError
from portico.kit.money import Money, MoneyError
from portico.organisations.models import Preferences
from portico.transactions.kinds import kind_of
from portico.transactions.models import DocumentKind, HistoryEvent


@dataclass(frozen=True, slots=True)
class Told:
    """One event: what, when, by whom, about how much, and the other document it names, with a link if it has a page."""

    event: str
    at: dt.datetime
    actor_kind: str
    actor_name: str
    amount: Money | None
    other_kind: str
    other_number: str
    other_href: str
    people: str = ""
    """To whom it was sent, as addresses."""


def tell(events: Iterable[HistoryEvent], preferences: Preferences | None = None) -> tuple[Told, ...]:
    """The events in the order given; reasons stay out, because staff wrote them for themselves.

    Args:
        events: of one document.
        preferences: the organisation's; documents of a kind that it does not show are named without a link.
    """
    return tuple(_told(event, preferences) for event in events)


def _told(event: HistoryEvent, preferences: Preferences | None) -> Told:
    details: Mapping[str, Any] = event.details
    kind, number, other_id = _other(details)
    return Told(
        event=event.event,
        at=event.at,
        actor_kind=event.actor_kind,
        actor_name=event.actor_name,
        amount=_money(details.get("amount") or details.get("total")),
        other_kind=kind,
        other_number=number,
        other_href=_page(kind, other_id, preferences),
        people=str(details.get("to", "")),
    )


def _page(kind: str, document_id: str, preferences: Preferences | None) -> str:
    """The address of another document's page; empty where it has none, or none that is shown."""
    if not kind or not document_id:
        return ""
    try:
        known = kind_of(kind)
    except NotFoundError:
        return ""
    if preferences is not None and not known.is_shown(preferences):
        return ""
    return known.page(UUID(document_id))


def _other(details: Mapping[str, Any]) -> tuple[str, str, str]:
    """Kind, number and id of the other document, as the actions write them."""
    if "source_kind" in details:
        return str(details["source_kind"]), str(details.get("source", "")), str(details.get("source_id", ""))
    if "shipment" in details:  # has no page of its own
        return "", str(details["shipment"]), ""
    for key, kind in (
        ("payment", DocumentKind.PAYMENT),
        ("credit_note", DocumentKind.CREDIT_NOTE),
        ("retainer", DocumentKind.RETAINER_INVOICE),
        ("invoice", DocumentKind.INVOICE),
    ):
        if f"{key}_id" in details:
            return kind.value, str(details.get(key, "")), str(details[f"{key}_id"])
    return "", "", ""


def _money(text: object) -> Money | None:
    """“2500.00 USD” as money again."""
    if not isinstance(text, str):
        return None
    amount, _space, currency = text.partition(" ")
    try:
        return Money.of(amount, currency)
    except MoneyError:
        return None
