"""What a contact person has not read yet, for the frame of every page."""

from __future__ import annotations

from django.contrib.postgres.expressions import ArraySubquery

from portico.access.actors import ContactActor
from portico.comments.models import Unread
from portico.organisations.models import Preferences
from portico.transactions.kinds import Kind, all_kinds

MOST_COUNTED = 100
"""More than this is “many”; the frame of every page must not count without end."""


def kinds_seen(actor: ContactActor, preferences: Preferences) -> tuple[Kind, ...]:
    """The kinds of documents this person may see, where the organisation shows them."""
    return tuple(each for each in all_kinds() if actor.may(each.asks) and each.is_shown(preferences))


def unread_kinds(actor: ContactActor) -> ArraySubquery:
    """An expression for the kind of the document of each comment that the person has not read: a list.

    It belongs into a statement that is made anyway, so that no page pays one more for its menu; the reader counts
    the kinds that are shown (`kinds_seen`).
    """
    rows = Unread.objects.filter(
        organisation_id=actor.organisation_id,
        customer_id=actor.customer_id,
        contact_person_id=actor.person_id,
    )
    return ArraySubquery(rows.values("document_kind")[:MOST_COUNTED])
