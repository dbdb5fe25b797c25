"""What the office's frame shows on every page."""

from __future__ import annotations

from portico.access.actors import Actor
from portico.notifications.models import Notification
from portico.organisations.models import Organisation


def office_name(actor: Actor) -> str:
    """The organisation's name."""
    return Organisation.objects.visible_to(actor).values_list("name", flat=True).get()


def unread_count(actor: Actor) -> int:
    """How many notifications nobody has read."""
    return Notification.objects.visible_to(actor).filter(read_at=None).count()
