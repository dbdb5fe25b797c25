"""The fields in which a gateway's own script runs: for those who may pay; the sandbox has none. Saved methods: their own."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from portico.payments.tests.making import card_account, saved_card
from portico.testing.people import World
from tests.access.answers import KEEPERS, PAYER_GET, Route

#                 nobody nils ines leo pia vera maya rita sam amy olive otto
PAYERS: Final = " 302  200  200 403 403  403  200  403 403 403   403  403"

ROUTES: Final = (
    Route("GET", "payment_methods", PAYERS),
    Route("GET", "payment_method_new", PAYERS),
    Route("POST", "payment_method_new", PAYERS.replace("200", "422"), why="nothing was chosen"),
    Route("GET", "payment_method_saving", PAYER_GET.replace("200", "404"), ("customer",), why="no such try"),
    Route("GET", "payment_method_remove", PAYER_GET, ("saved_method",), why="Maya's own"),
    Route("POST", "payment_method_remove", PAYER_GET.replace("200", "302"), ("second_method",)),
    Route("POST", "payment_method_default", PAYER_GET.replace("200", "302"), ("saved_method",)),
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

OFFICE_PAGES: Final = {"remove-method": ("saved_method", KEEPERS)}
OFFICE_LISTS: Final = {"payments_savedmethod": "saved_method"}


def things(world: World) -> dict[str, UUID | str]:
    """A kind of method, as the address names it, and a card of Maya's."""
    card = saved_card(world.maya, card_account(world, "Maya's second card"), "1111")
    return {"kind_of_method": "card", "second_method": card.pk}
