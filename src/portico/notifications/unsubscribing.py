"""Stopping one kind of e-mail from the e-mail itself, without signing in (RFC 8058, § 7 UWG, CAN-SPAM).

The address carries a signed token for one person and one event. Looking at it changes nothing, because mail
scanners look at everything; only a POST does: the mail reader's one click, or the button of the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.core import signing
from django.urls import reverse

from portico.access.actors import JobActor
from portico.access.scope import scope
from portico.customers.models import ContactPerson
from portico.kit.errors import NotFoundError
from portico.notifications.customers import choose, language_of, portal_url
from portico.notifications.events import ALWAYS, CustomerEvent
from portico.notifications.models import ContactChoice, Mail
from portico.organisations.models import Organisation

_SALT: Final = "portico.notifications.unsubscribing"


@dataclass(frozen=True, slots=True)
class Stopping:
    """Whose e-mails of which kind, and whether they get them."""

    organisation_name: str
    person_email: str
    event: CustomerEvent
    wanted: bool
    language: str


def stop_address(organisation: Organisation, mail: Mail) -> str:
    """Where the reader of an e-mail stops more of its kind."""
    token = token_for(organisation.pk, mail.person_id, mail.event)
    return portal_url(organisation, reverse("stop_mails", args=[token]))


def token_for(organisation_id: UUID, person_id: UUID | None, event: str) -> str:
    """The signed token; it does not run out, as the e-mail may be old when it is opened."""
    return signing.dumps([str(organisation_id), str(person_id), event], salt=_SALT, compress=False)


def read_stopping(token: str) -> Stopping:
    """What a token is about; changes nothing.

    Raises:
        NotFoundError: the token is not ours, or its person is gone.
    """
    actor, person_id, event = _opened(token)
    with scope(actor, read_only=True):
        person, organisation = _find(actor, person_id)
        off = ContactChoice.objects.filter(contact_person=person, event=event.value, wanted=False)
        return Stopping(
            organisation.name, person.email, event, not off.exists(), language_of(person, organisation)
        )


def set_wanted(token: str, *, wanted: bool) -> Stopping:
    """Stop e-mails of the token's kind to its person, or have them sent again.

    Raises:
        NotFoundError: the token is not ours, or its person is gone.
    """
    actor, person_id, event = _opened(token)
    with scope(actor):
        person, _organisation = _find(actor, person_id)
        choose(actor, person, {event.value: wanted})
    return read_stopping(token)


def _opened(token: str) -> tuple[JobActor, UUID, CustomerEvent]:
    try:
        organisation_id, person_id, event = signing.loads(token, salt=_SALT)
        found = (
            JobActor(UUID(organisation_id), "By the link in an e-mail"),
            UUID(person_id),
            CustomerEvent(event),
        )
    except (signing.BadSignature, ValueError, TypeError):
        raise NotFoundError from None
    if found[2] in ALWAYS:
        raise NotFoundError
    return found


def _find(actor: JobActor, person_id: UUID) -> tuple[ContactPerson, Organisation]:
    person = ContactPerson.objects.select_related("customer", "user").one_for(actor, pk=person_id)
    return person, Organisation.objects.defer("logo").get(pk=actor.organisation_id)
