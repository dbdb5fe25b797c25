"""A person's own saved cards and bank accounts, as they choose among them and keep them (S6.3)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from portico.access.actors import Actor, ContactActor
from portico.kit import clock
from portico.kit.errors import NotFoundError
from portico.organisations.models import Preferences
from portico.payments.gateway import MethodKind, gateway_for
from portico.payments.models import MethodSaving, SavedMethod, SavingState

PREFIX: Final = "saved:"
"""What the form sends for a saved method begins so; the method's id follows."""
_MARKS: Final = {"visa": "VISA", "mastercard": "MC", "american express": "AMEX", "discover": "DISC"}


@dataclass(frozen=True, slots=True)
class Kept:
    """A saved method on a day: what it is called, and whether it is still good."""

    method: SavedMethod
    gateway_name: str
    today: date

    @property
    def value(self) -> str:
        """What the form sends for it."""
        return f"{PREFIX}{self.method.pk}"

    @property
    def added(self) -> date:
        """The day it was saved, in the active time zone."""
        return timezone.localdate(self.method.created_at)

    @property
    def kind(self) -> MethodKind:
        """What it is."""
        return MethodKind(self.method.kind)

    @property
    def mark(self) -> str:
        """A few letters by which its brand is known; empty where there are none."""
        return _MARKS.get(self.method.brand.lower(), "")

    @property
    def icon(self) -> str:
        """Of ui.icons."""
        return {MethodKind.CARD: "card", MethodKind.BANK: "bank", MethodKind.WALLET: "wallet"}[self.kind]

    @property
    def is_expired(self) -> bool:
        """Whether its last day has gone by."""
        return has_expired(self.method, self.today)

    @property
    def warning(self) -> str:
        """What is to be known of its last day soon: this month, next month, or gone by."""
        expires = self.method.expires
        if expires is None or expires > end_of_next_month(self.today):
            return ""
        if self.is_expired:
            return _("Expired")
        this_month = (expires.year, expires.month) == (self.today.year, self.today.month)
        return _("Expires this month") if this_month else _("Expires next month")


def has_expired(method: SavedMethod, today: date) -> bool:
    """Whether a card's last day has gone by; `today` is the organisation's day."""
    return method.expires is not None and method.expires < today


def end_of_next_month(today: date) -> date:
    """The last day of the month after this one."""
    next_month = today.replace(day=monthrange(today.year, today.month)[1]) + timedelta(days=1)
    return next_month.replace(day=monthrange(next_month.year, next_month.month)[1])


def kept_methods(actor: Actor, today: date, accounts: Collection[UUID] | None = None) -> tuple[Kept, ...]:
    """The person's own methods, the default first, then the newest, expired ones last; nobody else's, and none through a link.

    Args:
        actor: whose.
        today: the organisation's day.
        accounts: gateway accounts they must be of; None for all.
    """
    if not isinstance(actor, ContactActor):
        return ()
    rows = own_methods(actor)
    if accounts is not None:
        rows = [each for each in rows if each.gateway_account_id in accounts]
    kept = (Kept(row, gateway_for(row.gateway_account.gateway).name, today) for row in rows)
    return tuple(sorted(kept, key=lambda each: each.is_expired))


def own_methods(actor: ContactActor) -> list[SavedMethod]:
    """The rows of the person's own methods that were not removed."""
    return list(
        SavedMethod.objects.visible_to(actor)
        .filter(contact_person_id=actor.person_id, removed_at=None)
        .select_related("gateway_account")
        .order_by("-is_default", "-created_at", "pk")
    )


def waiting_savings(actor: ContactActor) -> list[MethodSaving]:
    """What of the person's is not saved yet because the gateway waits for days, such as for two small deposits."""
    mine = MethodSaving.objects.visible_to(actor).filter(contact_person_id=actor.person_id)
    found = mine.filter(state=SavingState.NEEDS_ACTION, waits_until__gt=clock.now())
    return list(found.select_related("gateway_account").order_by("-created_at"))


def own_method(actor: ContactActor, method_id: UUID) -> SavedMethod:
    """One of the person's own methods that was not removed.

    Raises:
        NotFoundError: there is none; somebody else's looks the same.
    """
    return SavedMethod.objects.select_related("gateway_account").one_for(
        actor, pk=method_id, contact_person_id=actor.person_id, removed_at=None
    )


def may_save(actor: Actor) -> bool:
    """Whether the actor may keep a new method: a person, where preference 16 is on."""
    if not isinstance(actor, ContactActor):
        return False
    return Preferences.objects.visible_to(actor).filter(customers_may_save_methods=True).exists()


def read_saved(text: str) -> UUID:
    """The id in what the form sends for a saved method; NotFoundError for what is none."""
    try:
        return UUID(text.removeprefix(PREFIX))
    except ValueError:
        raise NotFoundError from None
