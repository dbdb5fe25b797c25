"""What is read of wishes to have statements by e-mail, and which period of theirs is due."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _

from portico.access.actors import ContactActor
from portico.customers.models import ContactPerson, PortalState
from portico.kit.errors import ForbiddenError
from portico.statements.models import Every, StatementWish
from portico.statements.spans import Preset, Span, preset_span


def wish_of(actor: ContactActor) -> StatementWish | None:
    """The contact person's own wish at this customer; one statement.

    Raises:
        ForbiddenError: the person may not see amounts.
    """
    return StatementWish.objects.visible_to(actor).filter(contact_person_id=actor.person_id).first()


def due_span(every: Every, today: date) -> Span:
    """The latest period that has ended: last month, or the week from Monday to Sunday before this one.

    Args:
        every: how often.
        today: the organisation's calendar day.
    """
    if every is Every.MONTH:
        return preset_span(Preset.LAST_MONTH, today)
    monday = today - timedelta(days=today.weekday() + 7)
    return Span(monday, monday + timedelta(days=6))


def reader_of(person: ContactPerson) -> ContactActor:
    """The contact person as the one for whom a statement is made.

    Raises:
        ForbiddenError: this person has no access to the portal any more.
    """
    if person.portal_state != PortalState.ACTIVE or person.user_id is None:
        raise ForbiddenError(_("This person has no access to the portal."))
    return ContactActor(
        person.organisation_id,
        person.customer_id,
        person.pk,
        person.user_id,
        person.full_name,
        person.permissions,
    )
