"""Forwarding in the access matrix."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from portico.access.scope import scope
from portico.invoices.models import Invoice
from portico.testing.people import World
from tests.access.answers import NONE, THEIRS, Route

ROUTES: Final = (
    Route("GET", "forward", THEIRS, ("forwarded_kind", "forwarded")),
    Route("GET", "forward", NONE, ("forwarded_kind", "kept_back"), why="a draft"),
    Route(
        "POST",
        "forward",
        #      nobody nils ines leo pia vera maya rita sam amy olive otto
        "         302  404  404 403 403  422  422  403 403 403   403  403",
        ("forwarded_kind", "forwarded"),
        data={"submission_key": "{customer}"},
        why="to nobody",
    ),
    Route(
        "POST",
        "forward",
        NONE,
        ("forwarded_kind", "kept_back"),
        data={"submission_key": "{customer}", "addresses": "a@example.com"},
    ),
)


def things(world: World) -> dict[str, UUID | str]:
    """An invoice that can be sent on, and a draft that cannot."""
    with scope(world.job):
        mine = Invoice.objects.filter(customer=world.greenleaf)
        return {
            "forwarded_kind": "invoice",
            "forwarded": mine.exclude(status="draft")[0].pk,
            "kept_back": mine.filter(status="draft")[0].pk,
        }
