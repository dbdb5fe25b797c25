"""The access matrix of people: signing up, many invitations at once, requests for erasure."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from portico.access.scope import scope
from portico.customers.actions.waves import choose_uninvited
from portico.customers.actions.wording import set_wording
from portico.customers.models import Customer
from portico.profile.actions.erasure import ask_for_erasure
from portico.testing.people import World
from tests.access.answers import CONTACTS, KEEPERS, OWNER, SIGNED_OUT, Route

ROUTES: Final = (
    Route("GET", "account_signup", SIGNED_OUT),
    Route(
        "POST",
        "account_signup",
        "422  302  302 302 302  302  302  302 302 302   302  302",
        why="no address was given",
    ),
    Route("GET", "profile_data", CONTACTS),
    Route("GET", "profile_data_download", CONTACTS),
    Route("GET", "profile_erase", "302 405 405 405 405 405 405 403 403 403 403 403"),
    Route(
        "POST",
        "profile_erase",
        "302 302 302 302 302 302 302 403 403 403 403 403",
        why="to prove who one is, first",
    ),
    Route("GET", "finish_sign_up", " 404" * 12, ("token",), why="an invitation is no link to sign up"),
    Route("POST", "finish_sign_up", " 404" * 12, ("token",)),
)

OFFICE_PAGES: Final = {
    "erase-person": ("erasure", OWNER),
    "decline-erasure": ("erasure", OWNER),
    "send-wave": ("wave", KEEPERS),
    "edit-invitation-text": ("", OWNER),
    "reset-invitation-text": ("invitation_text", OWNER),
}
OFFICE_LISTS: Final = {
    "profile_erasurerequest": "erasure",
    "customers_wave": "wave",
    "customers_invitationtext": "invitation_text",
}


def things(world: World) -> dict[str, UUID | str]:
    """A wave that was chosen, and an own text of invitations."""
    with scope(world.olive):
        everybody = Customer.objects.visible_to(world.olive)
    wave = choose_uninvited(actor=world.olive, customers=everybody)
    text = set_wording(actor=world.olive, subject="Come in", message="Dear %name,\n\nwelcome.")
    erasure = ask_for_erasure(actor=world.maya)
    return {"wave": wave.pk, "invitation_text": text.pk, "erasure": erasure.pk}
