"""The daily digest: one e-mail each morning to each staff member who asked for it, of what happened since the last."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portico.access.actors import JobActor
from portico.access.scope import scope
from portico.kit import clock
from portico.notifications.actions import send_mail
from portico.notifications.events import STAFF_LABELS, group_of
from portico.notifications.languages import spoken
from portico.notifications.models import Notice
from portico.organisations.models import Organisation, Preferences, StaffMember
from portico.ui.dates import date_short

MORNING: Final = time(8)
"""When digests and reminders are written, by the organisation's clock."""
MOST_LINES: Final = 100


def is_morning(organisation: Organisation) -> datetime | None:
    """Today's eight o'clock at the organisation's place, once it has struck; None before."""
    here = clock.now().astimezone(ZoneInfo(organisation.time_zone))
    morning = datetime.combine(here.date(), MORNING, tzinfo=here.tzinfo)
    return morning if here >= morning else None


def write_digests(actor: JobActor) -> int:
    """Write this morning's digests that are not written yet; returns how many.

    What happened before eight o'clock is in it, each thing once. Who has nothing gets nothing. A run that comes
    late, after a stop, still writes it; a second run of the day finds nothing left, and the outbox takes each
    person's digest of a day once.
    """
    with scope(actor):
        organisation = Organisation.objects.defer("logo").get(pk=actor.organisation_id)
        morning = is_morning(organisation)
        if morning is None:
            return 0
        waiting = Notice.objects.filter(in_digest=True, digested_at=None, at__lt=morning)
        staff = list(waiting.order_by().values_list("staff_member_id", flat=True).distinct())
    return sum(_write(actor, organisation, staff_id, morning) for staff_id in staff)


def _write(actor: JobActor, organisation: Organisation, staff_id: UUID, morning: datetime) -> bool:
    """One person's digest, in a transaction of its own."""
    with scope(actor):
        rows = list(
            Notice.objects.select_for_update(of=("self",), skip_locked=True)
            .filter(in_digest=True, digested_at=None, at__lt=morning, staff_member_id=staff_id)
            .select_related("notification")
            .order_by("at", "pk")
        )
        if not rows:
            return False
        Notice.objects.filter(pk__in=[row.pk for row in rows]).update(digested_at=clock.now())
        staff = StaffMember.objects.select_related("user").get(pk=staff_id)
        wanted = Preferences.objects.values_list("notify_staff_by_email", flat=True).get()
        if not (wanted and staff.is_active and staff.wants_email and staff.user.is_active):
            return False
        language = spoken(staff.user.language, organisation.language)
        with translation.override(language):
            subject, text = _letter(organisation, rows, morning)
        key = f"digest:{staff.pk}:{morning.date().isoformat()}"
        return (
            send_mail(actor.organisation_id, key, staff.user.email, subject, text, language=language)
            is not None
        )


def _letter(organisation: Organisation, rows: list[Notice], morning: datetime) -> tuple[str, str]:
    subject = ngettext(
        "%(count)s thing happened in the portal of %(organisation)s",
        "%(count)s things happened in the portal of %(organisation)s",
        len(rows),
    ) % {"count": len(rows), "organisation": organisation.name}
    groups: dict[str, list[str]] = {}
    for row in rows[:MOST_LINES]:
        here = row.at.astimezone(ZoneInfo(organisation.time_zone))
        when = f"{here:%H:%M}"
        if here <= morning - timedelta(days=1):
            when = f"{date_short(here.date())}, {when}"
        label = str(STAFF_LABELS[group_of(row.notification.event)])
        groups.setdefault(label, []).append(f"{when}  {row.notification.title}")
    parts = [subject, *("\n".join([f"{label}:", *lines]) for label, lines in groups.items())]
    if len(rows) > MOST_LINES:
        parts.append(_("And %(count)s more in the office.") % {"count": len(rows) - MOST_LINES})
    parts.append(f"{_('Open in the office')}: {settings.PUBLIC_URL}/office/notifications/notification/")
    return subject, "\n\n".join(parts)
