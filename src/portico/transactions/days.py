"""Calendar days of an organisation: today there, and which days are accepted."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from portico.kit import clock
from portico.kit.errors import InvalidError
from portico.organisations.models import Organisation

_EARLIEST: Final = date(1900, 1, 1)
_LATEST: Final = date(2199, 12, 31)


def today_at(organisation_id: UUID) -> date:
    """The calendar day in the organisation's time zone; within its scope."""
    zone = Organisation.objects.values_list("time_zone", flat=True).get(pk=organisation_id)
    return clock.today(zone)


def reversal_day(organisation_id: UUID, original: date) -> date:
    """The day a reversal counts for: today, or the original's day where that lies ahead.

    Never earlier than what it undoes, so that no statement shows the undoing before the deed.
    """
    return max(today_at(organisation_id), original)


def check_day(day: date, field: str) -> None:
    """Raise InvalidError for a day that is surely a slip of the keyboard."""
    if not _EARLIEST <= day <= _LATEST:
        raise InvalidError(
            _("The date lies outside the years %(first)d to %(last)d.")
            % {"first": _EARLIEST.year, "last": _LATEST.year},
            field=field,
        )


def check_happened(day: date, organisation_id: UUID, field: str = "date") -> None:
    """Raise InvalidError for a day on which money cannot have moved yet."""
    check_day(day, field)
    if day > today_at(organisation_id):
        raise InvalidError(_("This date lies in the future."), field=field)
