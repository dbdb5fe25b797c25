"""The access matrix of profile: one's own details, the customer's, its contact persons."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from portico.customers.actions import add_contact
from portico.testing.people import World
from tests.access.answers import CONTACTS, Route

#                  nobody nils ines leo pia vera maya rita sam amy olive otto
MANAGERS: Final = "302  200  200 403 403  403  200  403 403 403   403  403"
HERE: Final = "    302  404  404 403 403  403  200  403 403 403   403  403"
SENT: Final = "    302  404  404 403 403  403  302  403 403 403   403  403"
SAVED: Final = "   302  302  302 302 302  302  302  403 403 403   403  403"
WRONG: Final = "   302  422  422 422 422  422  422  403 403 403   403  403"

ROUTES: Final = (
    Route("GET", "profile", CONTACTS),
    Route("POST", "profile", WRONG, why="no name was given"),
    Route("POST", "profile_reading", SAVED, data={"theme": "dark", "language": "en"}),
    Route("GET", "profile_reading", "302 405 405 405 405 405 405 403 403 403 403 403"),
    Route("POST", "profile_mails", SAVED, data={"document": "on", "payment": "on"}),
    Route("GET", "profile_mails", "302 405 405 405 405 405 405 403 403 403 403 403"),
    Route("GET", "profile_customer", MANAGERS),
    Route(
        "POST", "profile_customer", "302 422 422 403 403 403 422 403 403 403 403 403", why="no name was given"
    ),
    Route("GET", "profile_contacts", MANAGERS),
    Route("GET", "profile_contact_new", MANAGERS),
    Route(
        "POST",
        "profile_contact_new",
        "302 422 422 403 403 403 422 403 403 403 403 403",
        why="no name was given",
    ),
    Route("GET", "profile_contact", HERE, ("colleague",)),
    Route(
        "POST",
        "profile_contact",
        "302 404 404 403 403 403 422 403 403 403 403 403",
        ("colleague",),
        why="no name was given",
    ),
    Route("POST", "profile_contact_invite", SENT, ("colleague",)),
    Route("GET", "profile_contact_invite", "302 405 405 405 405 405 405 403 403 403 403 403", ("colleague",)),
    Route("POST", "profile_contact_primary", SENT, ("colleague",)),
    Route(
        "GET", "profile_contact_primary", "302 405 405 405 405 405 405 403 403 403 403 403", ("colleague",)
    ),
    Route("GET", "profile_contact_end", HERE, ("colleague",)),
    Route("POST", "profile_contact_end", SENT, ("colleague",)),
    Route("GET", "profile_contact_remove", HERE, ("colleague",)),
    Route("POST", "profile_contact_remove", SENT, ("colleague",)),
)


def things(world: World) -> dict[str, UUID | str]:
    """A colleague of Maya's."""
    gus = add_contact(actor=world.olive, customer=world.greenleaf, first_name="Gus", email=world.email("gus"))
    return {"colleague": gus.pk}
