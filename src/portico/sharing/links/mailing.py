"""How the e-mail of a document leads to it: who uses the portal to its page there, everybody else by a public link."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.utils.translation import gettext as _

from portico.access.actors import Actor
from portico.customers.models import ContactPerson, PortalState
from portico.kit import clock
from portico.notifications.customers import portal_url
from portico.organisations.models import Organisation
from portico.sharing.links.actions.make import DAYS, MOST_DAYS, make_link
from portico.transactions.kinds import Numbered, kind_of
from portico.ui.dates import date_long

AFTER_DUE: Final = 30
"""For how many days after the due date a link still works: it is then that people pay late."""


def way_to(
    actor: Actor,
    kind: str,
    row: Numbered,
    person: ContactPerson,
    organisation: Organisation,
    *,
    label: str,
    due: date | None = None,
) -> list[str]:
    """The paragraphs of a letter that lead its reader to a document; within a scope of the actor's.

    Args:
        actor: who sends it: staff who write documents, or a job.
        kind: of the document, a DocumentKind.
        row: the document, issued.
        person: the reader. One without portal access gets a link of their own, made here and to their address; it
            pays only for who may pay.
        organisation: the sender.
        label: what the button says, in the reader's language.
        due: when it is to be paid, so that the link works until after that.

    Returns:
        “Label: address”; and with a link, until when it works.
    """
    if person.portal_state == PortalState.ACTIVE:
        return [f"{label}: {portal_url(organisation, kind_of(kind).page(row.pk))}"]
    today = clock.today(organisation.time_zone)
    days = min(max(DAYS, (due - today).days + AFTER_DUE) if due else DAYS, MOST_DAYS)
    address = make_link(actor, kind, row.pk, person.email, days=days, may_pay=person.can_pay)
    until = {"until": date_long(today + timedelta(days=days))}
    return [
        f"{label}: {address}",
        _("The link works until %(until)s. Do not pass it on: it is meant for you.") % until,
    ]
