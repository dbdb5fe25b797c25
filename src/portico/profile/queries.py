"""What is read of requests for erasure."""

from __future__ import annotations

from portico.access.actors import ContactActor
from portico.access.scope import scope
from portico.profile.models import ErasureRequest


def erasure_of(actor: ContactActor) -> ErasureRequest | None:
    """The person's latest request at this customer, if they made one."""
    with scope(actor):
        mine = ErasureRequest.objects.visible_to(actor).filter(person_id=actor.person_id)
        return mine.order_by("-asked_at").first()
