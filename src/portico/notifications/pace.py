"""How fast e-mails to many leave: so many a minute for each organisation, the others waiting for their turn."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import connection
from django.db.models import Q

from portico.access.actors import JobActor
from portico.kit import clock
from portico.notifications.actions import DELIVER
from portico.notifications.events import CustomerEvent
from portico.notifications.models import Mail
from portico.notifications.queue import defer
from portico.notifications.settings import settings_of

_MINUTE: Final = timedelta(minutes=1)
_MANY: Final = Q(event__in=[CustomerEvent.REMINDER, CustomerEvent.STATEMENT]) | Q(
    key__startswith="invitation:"
)
"""E-mails that are written by the thousand."""


def wait_for_turn(actor: JobActor, mail: Mail) -> bool:
    """Whether an e-mail of many must wait; its job is then put off to about when its turn comes.

    Within the open scope and transaction in which it would be claimed; one worker at a time looks.
    """
    if mail.event not in (CustomerEvent.REMINDER, CustomerEvent.STATEMENT) and not mail.key.startswith(
        "invitation:"
    ):
        return False
    most = settings_of(actor).bulk_per_minute
    if most == 0:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"pace/{actor.organisation_id}"]
        )
    now = clock.now()
    if Mail.objects.filter(_MANY, claimed_at__gt=now - _MINUTE).count() < most:
        return False
    ahead = Mail.objects.filter(
        _MANY, sent_at=None, gave_up_at=None, claimed_at=None, created_at__lt=mail.created_at
    ).count()
    seconds = 60 * (1 + ahead // most)
    mail.not_before = now + timedelta(seconds=seconds)
    mail.save(update_fields=["not_before"])
    defer(DELIVER, {"organisation_id": actor.organisation_id, "mail_id": mail.pk}, seconds=seconds)
    return True
