"""Automatic payments in the access matrix."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from portico.access.scope import scope
from portico.autopay.actions import start_autopay
from portico.customers.models import ContactPerson
from portico.payments.actions.keep import keep_method
from portico.payments.gateway import MethodKind, SavedSeen
from portico.payments.tests.making import card_account
from portico.testing.people import World
from tests.access.answers import MONEY, PAYER_GET, Route

#                 nobody nils ines leo pia vera maya rita sam amy olive otto
PAYERS: Final = " 302  200  200 403 403  403  200  403 403 403   403  403"
STOPS: Final = "  302  302  302 403 403  403  200  403 403 403   403  403"

ROUTES: Final = (
    Route("GET", "autopay", PAYERS),
    Route("GET", "autopay_start", PAYER_GET, ("saved_method",)),
    Route(
        "POST", "autopay_start", PAYER_GET.replace("200", "422"), ("saved_method",), why="nothing agreed to"
    ),
    Route("GET", "autopay_stop", STOPS, why="only Greenleaf's runs"),
    Route("POST", "autopay_stop", STOPS.replace("200", "302")),
)
OFFICE_PAGES: Final = {"stop-autopay": ("autopay", MONEY)}
OFFICE_LISTS: Final = {"autopay_autopay": "autopay"}


def things(world: World) -> dict[str, UUID | str]:
    """A card of Maya's, by which Greenleaf pays automatically."""
    account = card_account(world, "Autopay's card")
    with scope(world.job):
        maya = ContactPerson.objects.get(pk=world.maya.person_id)
        method = keep_method(maya, account.pk, SavedSeen("pm_1", "", MethodKind.CARD, "Visa", "4242"))
    assert method is not None
    autopay = start_autopay(actor=world.maya, method_id=method.pk, maximum=None, agreement="I allow it.")
    return {"saved_method": method.pk, "autopay": autopay.pk}
