"""Notifications, e-mail and its settings in the access matrix."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from portico.access.scope import scope
from portico.notifications.models import BouncingAddress
from portico.notifications.settings import set_mail_settings
from portico.notifications.unsubscribing import token_for
from portico.testing.people import World
from tests.access.answers import EVERY_ROLE, GONE, KEEPERS, OPEN, OWNER, Route

ROUTES: Final = (
    Route(
        "GET", "stop_mails", OPEN, ("stop_token",), why="who has the link may look; looking changes nothing"
    ),
    Route("POST", "stop_mails", OPEN, ("stop_token",), why="RFC 8058: one click, without signing in"),
    Route("GET", "stop_mails", GONE, ("token",), why="not a token of ours"),
)

OFFICE_PAGES: Final = {
    "my-notifications": ("", EVERY_ROLE),
    "mail-settings": ("", OWNER),
    "customer-mails": ("customer", KEEPERS),
    "contact-mails": ("contact", KEEPERS),
    "send-mail-again": ("mail", KEEPERS),
    "try-address-again": ("bouncing", KEEPERS),
}

OFFICE_LISTS: Final = {
    "notifications_bouncingaddress": "bouncing",
    "notifications_mailsettings": "mail_settings",
}

OFFICE_OTHERS: Final = {
    "read_notification": ("notification", EVERY_ROLE, 405),
    "read_all_notifications": ("", EVERY_ROLE, 405),
}


def things(world: World) -> dict[str, UUID | str]:
    """A token that stops reminders to Maya, an address where nobody is, and settings."""
    settings = set_mail_settings(actor=world.olive, reply_to="ar@northwind.example")
    with scope(world.job):
        bouncing = BouncingAddress.objects.create(
            organisation=world.organisation, address="gone@greenleaf.example"
        )
    return {
        "stop_token": token_for(world.organisation.pk, world.maya.person_id, "reminder"),
        "bouncing": bouncing.pk,
        "mail_settings": settings.pk,
    }
