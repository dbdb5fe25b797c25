"""Finding what a page of the office is about, and today where the organisation is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from portico.access.actors import Actor
from portico.kit import clock
from portico.organisations.models import Organisation


def one(model: Any) -> Callable[[Actor, UUID], Any]:
    """A loader of one row of the actor's organisation."""

    def load(actor: Actor, object_id: UUID) -> Any:
        return model.objects.one_for(actor, pk=object_id)

    return load


def today(actor: Actor) -> date:
    """The day at the organisation's place."""
    zone = Organisation.objects.visible_to(actor).values_list("time_zone", flat=True).get()
    return clock.today(zone)
