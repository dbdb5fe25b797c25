"""A portal's front door and the logo there."""

from __future__ import annotations

from typing import Final

from portico.testing.people import World
from tests.access.answers import GONE, OWNER, Route

ROUTES: Final = (
    #                           nobody nils ines leo pia vera maya rita sam amy olive otto
    Route("GET", "portal", "       302  403  302 302 302  302  302  302 302 302   302  403", ("portal",)),
    Route("GET", "portal", GONE, ("no_portal",)),
    Route("GET", "portal-logo", GONE, ("portal",), why="none was set"),
)

OFFICE_PAGES: Final = {"check-domain": ("organisation", OWNER)}


def things(world: World) -> dict[str, str]:
    """Northwind's name, and a name that no portal has."""
    return {"portal": world.organisation.portal_name, "no_portal": f"nobody{world.tag}"}
