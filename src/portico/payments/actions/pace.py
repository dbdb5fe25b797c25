"""How often somebody may fail in a row: who has a list of stolen cards tries them one after the other, with small sums."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _

from portico.access.actors import ContactActor, LinkActor
from portico.kit import clock
from portico.kit.errors import ConflictError
from portico.payments.models import AttemptState, MethodSaving, PaymentAttempt, SavingState

MOST_FAILURES: Final = 20
"""Of one person, or of one public link, within the time; far more than anybody needs who has two cards and typing errors."""
WITHIN: Final = timedelta(hours=1)


class TooManyFailuresError(ConflictError):
    """So many cards were declined that no further one is tried for a while."""

    code = "too_many_failures"
    status = 429


def refuse_after_failures(actor: ContactActor | LinkActor) -> None:
    """Let nobody go on trying cards; within the actor's scope. What autopay tries does not count.

    Each is counted for themselves: a link that was passed on stops nobody else at the customer from paying.

    Raises:
        TooManyFailuresError: there were too many within the hour.
    """
    since = clock.now() - WITHIN
    failed = PaymentAttempt.objects.visible_to(actor).filter(
        state=AttemptState.FAILED, is_unattended=False, changed_at__gt=since
    )
    if isinstance(actor, LinkActor):
        failures = failed.filter(link_id=actor.link_id).count()
    else:
        mine = {"contact_person_id": actor.person_id}
        tries = MethodSaving.objects.visible_to(actor).filter(
            **mine, state=SavingState.FAILED, created_at__gt=since
        )
        failures = failed.filter(**mine).count() + tries.count()
    if failures >= MOST_FAILURES:
        raise TooManyFailuresError(
            _("Too many payments have failed within the last hour. Please try again later, or ask us."),
            field="way",
        )
