"""The fields in which a gateway's own script runs: for those who may pay; the sandbox has none, its fields are its own."""

from __future__ import annotations

from typing import Final

from portico.testing.people import World
from tests.access.answers import Route

ROUTES: Final = (
    Route(
        "GET",
        "pay_fields",
        # nobody nils ines leo pia vera maya rita sam amy olive otto
        "  302  404  404 403 403  403  404  403 403 403   403  403",
        ("account", "kind_of_method"),
        data={"currency": "USD", "amount": "10.00"},
        why="those of gateways that have them: test_fields_page",
    ),
)


def things(_world: World) -> dict[str, str]:
    """A kind of method, as the address names it."""
    return {"kind_of_method": "card"}
