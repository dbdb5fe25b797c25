"""Which organisation a command is meant for."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from portico.access.actors import JobActor
from portico.access.scope import scope
from portico.kit.errors import InvalidError
from portico.organisations.models import Organisation


def find_organisation(name: str = "") -> Organisation:
    """The organisation of this name or portal name, in whatever case; without a name the only one there is.

    Raises:
        InvalidError: there is none, or more than one; the message lists those there are.
    """
    every = [_read(each) for each in _ids()]
    wanted = name.strip().casefold()
    found = [
        each for each in every if not wanted or wanted in {each.name.casefold(), each.portal_name.casefold()}
    ]
    if len(found) == 1:
        return found[0]
    there = ", ".join(f"{each.name} ({each.portal_name})" for each in every) or "none"
    if not every:
        raise InvalidError("There is no organisation yet.", field="organisation")
    if not wanted:
        raise InvalidError(f"Say which organisation: {there}.", field="organisation")
    if not found:
        raise InvalidError(f"There is no organisation “{name}”. There are: {there}.", field="organisation")
    raise InvalidError(f"Several organisations are called “{name}”; give the portal name: {there}.")


def _ids() -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM door_organisations()")
        return [row[0] for row in cursor.fetchall()]


def _read(organisation_id: UUID) -> Organisation:
    actor = JobActor(organisation_id)
    with scope(actor):
        return Organisation.objects.visible_to(actor).get()
