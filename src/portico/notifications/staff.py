"""What staff hear of and have read: each staff member for themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from portico.access import audit
from portico.access.actors import Actor, Duty, StaffActor, require_office
from portico.access.scope import scope
from portico.kit import clock
from portico.kit.errors import ForbiddenError, InvalidError
from portico.notifications.events import StaffGroup
from portico.notifications.models import MailPace, Notice, Notification, StaffChoice
from portico.organisations.models import StaffMember


class Hears(StrEnum):
    """The ways of hearing of a group of events that a staff member chooses among."""

    BOTH_NOW = "both_now"
    BOTH_DAILY = "both_daily"
    IN_APP = "in_app"
    MAIL_NOW = "mail_now"
    MAIL_DAILY = "mail_daily"
    NOTHING = "nothing"


_MEANS: Final[dict[Hears, tuple[bool, MailPace]]] = {
    Hears.BOTH_NOW: (True, MailPace.NOW),
    Hears.BOTH_DAILY: (True, MailPace.DAILY),
    Hears.IN_APP: (True, MailPace.NEVER),
    Hears.MAIL_NOW: (False, MailPace.NOW),
    Hears.MAIL_DAILY: (False, MailPace.DAILY),
    Hears.NOTHING: (False, MailPace.NEVER),
}
USUAL: Final = Hears.BOTH_NOW
"""How somebody hears who said nothing."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A notification as one staff member sees it."""

    notification: Notification
    is_read: bool


def staff_choices(actor: StaffActor) -> dict[StaffGroup, Hears]:
    """How a staff member hears of each group of events."""
    rows = StaffChoice.objects.visible_to(actor).filter(staff_member_id=actor.staff_id)
    ways = {means: hears for hears, means in _MEANS.items()}
    said = {row.group: ways[row.in_app, MailPace(row.mail)] for row in rows}
    return {group: said.get(group.value, USUAL) for group in StaffGroup}


def set_staff_choices(*, actor: Actor, hears: Mapping[str, str]) -> StaffMember:
    """Set how the acting staff member hears of groups of events; groups that are not named stay as they are.

    Raises:
        ForbiddenError: not staff.
        InvalidError: there is no such group or way; `field` names it.
    """
    require_office(actor, Duty.READ)
    if not isinstance(actor, StaffActor):
        raise ForbiddenError("Each staff member chooses for themselves.")
    with scope(actor):
        staff = StaffMember.objects.one_for(actor, pk=actor.staff_id)
        was = staff_choices(actor)
        done: dict[str, list[str]] = {}
        for name, way in hears.items():
            group, wanted = _read(name, way)
            if was[group] is wanted:
                continue
            in_app, mail = _MEANS[wanted]
            StaffChoice.objects.update_or_create(
                organisation_id=actor.organisation_id,
                staff_member=staff,
                group=group.value,
                defaults={"in_app": in_app, "mail": mail},
            )
            done[group.value] = [was[group].value, wanted.value]
        if done:
            audit.record(actor, "choose_notifications", staff, changes=done)
    return staff


def mark_read(*, actor: StaffActor, notification: Notification) -> None:
    """Write down that this staff member has read a notification; for the others it stays as it was."""
    with scope(actor):
        require_office(actor, Duty.READ)
        now = clock.now()
        notice, is_new = Notice.objects.get_or_create(
            notification=notification,
            staff_member_id=actor.staff_id,
            defaults={
                "organisation_id": actor.organisation_id,
                "at": notification.at,
                "in_app": False,
                "read_at": now,
            },
        )
        if not is_new and notice.read_at is None:
            notice.read_at = now
            notice.save(update_fields=["read_at"])


def mark_all_read(*, actor: StaffActor) -> int:
    """Write down that this staff member has read all there is; returns how many were unread."""
    with scope(actor):
        require_office(actor, Duty.READ)
        unread = Notice.objects.visible_to(actor).filter(
            staff_member_id=actor.staff_id, in_app=True, read_at=None
        )
        return unread.update(read_at=clock.now())


def unread_count(actor: Actor) -> int:
    """How many notifications this staff member has not read."""
    if not isinstance(actor, StaffActor):
        return 0
    rows = Notice.objects.visible_to(actor).filter(staff_member_id=actor.staff_id, in_app=True, read_at=None)
    return rows.count()


def latest(actor: Actor, most: int) -> list[Heard]:
    """The newest notifications in a staff member's own list."""
    if not isinstance(actor, StaffActor):
        return []
    rows = (
        Notice.objects.visible_to(actor)
        .filter(staff_member_id=actor.staff_id, in_app=True)
        .select_related("notification__customer")
        .order_by("-at", "-pk")[:most]
    )
    return [Heard(row.notification, row.read_at is not None) for row in rows]


def _read(name: str, way: str) -> tuple[StaffGroup, Hears]:
    try:
        return StaffGroup(name), Hears(way)
    except ValueError:
        raise InvalidError("This cannot be chosen.", field=name) from None
