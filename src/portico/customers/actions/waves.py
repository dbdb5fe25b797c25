"""Many invitations at once: chosen, looked at, then sent by a job, as many as there are (S1.2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.db.models import Count, QuerySet

from portico.access import audit
from portico.access.actors import Actor, Duty, JobActor, require_office
from portico.access.scope import scope
from portico.customers.actions.invite import obstacle_to, send_invitation
from portico.customers.models import WAVE_MOVES, ContactPerson, Customer, PortalState, Wave, WaveMember
from portico.kit import clock
from portico.kit.errors import ConflictError, PorticoError
from portico.notifications.queue import defer

SEND_WAVE: Final = "customers.send_wave"
"""The name of the task in jobs.py."""
BATCH: Final = 50
"""Invitations in one transaction: a worker that dies sends none of them twice and loses none."""
_ROWS: Final = 1_000


def choose_people(*, actor: Actor, people: QuerySet[ContactPerson]) -> Wave:
    """Put the contact persons together who are to be invited; nothing is sent before `start_wave`.

    Raises:
        ForbiddenError: the role may not change customers.
        ConflictError: nobody was chosen.
    """
    return _choose(actor, people)


def choose_uninvited(*, actor: Actor, customers: QuerySet[Customer]) -> Wave:
    """The same for everybody at these customers who was never invited.

    Raises:
        ForbiddenError: the role may not change customers.
        ConflictError: everybody there was invited already.
    """
    people = ContactPerson.objects.filter(customer__in=customers, portal_state=PortalState.NOT_INVITED)
    return _choose(actor, people)


def _choose(actor: Actor, people: QuerySet[ContactPerson]) -> Wave:
    require_office(actor, Duty.KEEP_CUSTOMERS)
    with scope(actor):
        mine = ContactPerson.objects.visible_to(actor).filter(pk__in=people.order_by().values("pk"))
        ids = list(mine.filter(removed_at=None).order_by("pk").values_list("pk", flat=True))
        if not ids:
            raise ConflictError("There is nobody to invite.")
        wave = Wave.objects.create(organisation_id=actor.organisation_id, created_by=actor.name)
        members = (
            WaveMember(organisation_id=actor.organisation_id, wave=wave, person_id=each) for each in ids
        )
        WaveMember.objects.bulk_create(members, batch_size=_ROWS)
    return wave


def obstacles_of(actor: Actor, wave: Wave) -> dict[str, int]:
    """Who of those chosen cannot be invited, by reason, with how many; the others can."""
    with scope(actor):
        people = ContactPerson.objects.filter(pk__in=_waiting(wave).values("person_id"))
        inactive = people.filter(customer__is_active=False)
        active = people.filter(customer__is_active=True)
        found = {
            "have no e-mail address": active.filter(email="").count(),
            "have access already": active.filter(portal_state=PortalState.ACTIVE).count(),
            "are at a customer who is inactive": inactive.count(),
        }
    return {why: count for why, count in found.items() if count}


def progress_of(actor: Actor, wave: Wave) -> dict[str, int]:
    """How many were invited, left out, and wait."""
    with scope(actor):
        counted = WaveMember.objects.visible_to(actor).filter(wave=wave).values_list("outcome")
        return dict(counted.annotate(count=Count("pk")).order_by())


def start_wave(*, actor: Actor, wave: Wave, message: str = "") -> Wave:
    """Begin sending; a job goes through them and the wave's page shows how far it is.

    Args:
        actor: staff who keep customers.
        wave: chosen, and not begun.
        message: a personal one, beside the organisation's text.

    Raises:
        ForbiddenError: the role may not change customers.
        ConflictError: it was begun already.
    """
    require_office(actor, Duty.KEEP_CUSTOMERS)
    with scope(actor):
        fresh = Wave.objects.select_for_update(no_key=True).one_for(actor, pk=wave.pk)
        if fresh.state != Wave.State.CHOSEN:
            raise ConflictError("These invitations are being sent already.")
        WAVE_MOVES.check_change(Wave.State(fresh.state), Wave.State.SENDING)
        fresh.state = Wave.State.SENDING
        fresh.message = message.strip()
        fresh.save(update_fields=["state", "message"])
        count = _waiting(fresh).count()
        audit.record(actor, "start_wave", fresh, f"Invited {count} contact persons", {"count": [0, count]})
        defer(SEND_WAVE, {"organisation_id": actor.organisation_id, "wave_id": fresh.pk})
    return fresh


def send_some(organisation_id: UUID, wave_id: UUID) -> bool:
    """Send the next few of a wave, in one transaction; returns whether any are left."""
    with scope(JobActor(organisation_id)):
        wave = Wave.objects.select_for_update(no_key=True).filter(pk=wave_id).first()
        if wave is None or wave.state != Wave.State.SENDING:
            return False
        actor = JobActor(organisation_id, name=wave.created_by)
        members = list(_waiting(wave).order_by("person_id")[:BATCH])
        for member, person in _held(members):
            _send(actor, wave, member, person)
        if len(members) == BATCH:
            return True
        WAVE_MOVES.check_change(Wave.State(wave.state), Wave.State.SENT)
        wave.state = Wave.State.SENT
        wave.finished_at = clock.now()
        wave.save(update_fields=["state", "finished_at"])
    return False


def _waiting(wave: Wave) -> QuerySet[WaveMember]:
    return WaveMember.objects.filter(wave=wave, outcome=WaveMember.Outcome.WAITING)


def _held(members: list[WaveMember]) -> Iterable[tuple[WaveMember, ContactPerson]]:
    people = (
        ContactPerson.objects.select_for_update(no_key=True, of=("self",))
        .select_related("customer", "user")
        .filter(pk__in=[each.person_id for each in members])
        .order_by("pk")
    )
    by_id = {person.pk: person for person in people}
    return [(each, by_id[each.person_id]) for each in members]


def _send(actor: Actor, wave: Wave, member: WaveMember, person: ContactPerson) -> None:
    """Invite one, or write down why not: what happened since they were chosen counts."""
    obstacle: PorticoError | None = obstacle_to(person)
    if person.removed_at is not None:
        obstacle = ConflictError("Removed meanwhile.")
    if obstacle is None:
        send_invitation(actor, person, wave.message)
        member.outcome = WaveMember.Outcome.INVITED
    else:
        member.outcome = WaveMember.Outcome.LEFT_OUT
        member.reason = obstacle.message[:200]
    member.save(update_fields=["outcome", "reason"])
