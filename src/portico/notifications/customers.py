"""Writing to the contact persons of a customer: who of them, in their language, as they chose."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone, translation

from portico.access import audit
from portico.access.actors import Actor, ContactActor, Duty, Permission, require_office
from portico.access.hosts import base_url
from portico.access.scope import is_open, scope
from portico.customers.models import ContactPerson, Customer, PortalState
from portico.kit import clock
from portico.kit.errors import ForbiddenError, InvalidError
from portico.notifications.actions import send_mail
from portico.notifications.events import ALWAYS, CustomerEvent
from portico.notifications.languages import spoken
from portico.notifications.models import ContactChoice, Mail
from portico.organisations.models import Organisation

_NEEDED: Final[dict[Permission, str]] = {
    Permission.VIEW_ORDERS: "can_view_orders",
    Permission.VIEW_BILLING: "can_view_billing",
    Permission.PAY: "can_pay",
    Permission.MANAGE_PROFILE: "can_manage_profile",
}
ACTIVE: Final = frozenset({PortalState.ACTIVE})
NOT_SHUT_OUT: Final = frozenset({PortalState.NOT_INVITED, PortalState.INVITED, PortalState.ACTIVE})
"""Documents go to all who may see them, whether they use the portal or not; not to those who were shut out."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What an e-mail says.

    Args:
        subject: one line.
        text: paragraphs with an empty line between; one that reads “Label: https://…” becomes a button.
    """

    subject: str
    text: str


def mail_contacts(
    actor: Actor,
    event: str,
    key: str,
    write: Callable[[ContactPerson], Letter],
    *,
    customer: Customer | UUID,
    asks: Permission | None = Permission.VIEW_BILLING,
    skip: UUID | None = None,
    only: Collection[UUID] | None = None,
    states: Collection[PortalState] = ACTIVE,
    or_customer: bool = False,
    attachment_kind: str = "",
    attachment_id: UUID | None = None,
) -> int:
    """Write one e-mail to each contact person of a customer who may and wants to hear of it.

    Part of the caller's transaction: what is rolled back is not sent. Works in a customer's scope too. Told the
    same again (`key`), it writes only to those who have not had it.

    Args:
        actor: who caused it; gives the organisation.
        event: a CustomerEvent; who switched it off is left out.
        key: what it is about, such as “comment/<id>”.
        write: makes the letter, in the person's language and the organisation's time zone.
        customer: whose people.
        asks: what they must be allowed to see or do; None for all.
        skip: the contact person who caused it and need not be told.
        only: the contact persons to choose from; None for all.
        states: how far their portal access must have come.
        or_customer: whether it goes to the customer's own address where nobody there may have it; `write` is then
            given a contact person who is not in the database.
        attachment_kind: what attachments.register() knows; the file is made when the e-mail is sent.
        attachment_id: the document that is attached.

    Returns:
        How many e-mails were written.
    """
    customer_id = customer if isinstance(customer, UUID) else customer.pk
    readers = Readers(customer_id, asks, skip, only, states, or_customer)
    return len(
        write_letters(
            actor, event, key, write, readers, attachment_kind=attachment_kind, attachment_id=attachment_id
        )
    )


@dataclass(frozen=True, slots=True)
class Readers:
    """Which contact persons a letter is for; `mail_contacts` says what each means."""

    customer_id: UUID
    asks: Permission | None = Permission.VIEW_BILLING
    skip: UUID | None = None
    only: Collection[UUID] | None = None
    states: Collection[PortalState] = ACTIVE
    or_customer: bool = False


def write_letters(
    actor: Actor,
    event: str,
    key: str,
    write: Callable[[ContactPerson], Letter],
    readers: Readers,
    *,
    attachment_kind: str = "",
    attachment_id: UUID | None = None,
) -> list[str]:
    """As `mail_contacts`; returns the addresses that were written to."""
    with _scope_of(actor):
        organisation = Organisation.objects.only("id", "language", "time_zone").get(pk=actor.organisation_id)
        # Only a shortcut, which spares what the letter would make; a customer's scope does not see the outbox.
        had = {to.lower() for to in Mail.objects.filter(key=key).values_list("to", flat=True)}
        reached = []
        for person in _people(readers, CustomerEvent(event)):
            if person.email.lower() in had:
                continue
            with reading_as(person, organisation) as language:
                letter = write(person)
            queued = send_mail(
                actor.organisation_id,
                key,
                person.email,
                letter.subject,
                letter.text,
                language=language,
                event=event,
                person_id=None if person._state.adding else person.pk,
                attachment_kind=attachment_kind,
                attachment_id=attachment_id,
            )
            if queued is not None:
                reached.append(person.email)
        return reached


@contextmanager
def reading_as(person: ContactPerson, organisation: Organisation) -> Iterator[str]:
    """The reader's language and the organisation's time zone, for writing a letter; gives the language."""
    language = language_of(person, organisation)
    with translation.override(language), timezone.override(ZoneInfo(organisation.time_zone)):
        yield language


def language_of(person: ContactPerson, organisation: Organisation) -> str:
    """What e-mails to this person are written in: their own choice, else the customer's, else the organisation's."""
    own = person.user.language if person.user else ""
    return spoken(own, person.customer.portal_language, organisation.language)


def portal_url(organisation: Organisation, path: str) -> str:
    """The address of a page of the portal as e-mails name it: at the organisation's own domain where it has one that leads here.

    Args:
        organisation: whose portal.
        path: from the root, such as “/invoices/”.
    """
    checked = organisation.own_domain if organisation.own_domain_checked_at else ""
    return base_url(organisation.portal_name, checked) + path


def choices_of(actor: ContactActor) -> dict[CustomerEvent, bool]:
    """What a contact person wants to be e-mailed about at this customer, by event; nothing said means yes."""
    with _scope_of(actor):
        said = dict(
            ContactChoice.objects.visible_to(actor)
            .filter(contact_person_id=actor.person_id)
            .values_list("event", "wanted")
        )
    return {event: event in ALWAYS or said.get(event.value, True) for event in CustomerEvent}


def set_choices(actor: ContactActor, wanted: Mapping[str, bool]) -> dict[CustomerEvent, bool]:
    """Set what a contact person wants to be e-mailed about; events that are not named stay as they are.

    Returns:
        All of the person's choices as they are now.

    Raises:
        InvalidError: there is no such event, or it cannot be switched off; `field` names it.
        ForbiddenError: not a contact person.
    """
    if not isinstance(actor, ContactActor):
        raise ForbiddenError("Only contact persons choose their e-mails.")
    with scope(actor):
        person = ContactPerson.objects.one_for(actor, pk=actor.person_id)
        choose(actor, person, wanted)
    return choices_of(actor)


def set_choices_for(*, actor: Actor, person: ContactPerson, wanted: Mapping[str, bool]) -> None:
    """Staff set what a contact person is e-mailed about, as they were asked to.

    Raises:
        ForbiddenError: the role may not change customers.
        NotFoundError: not a contact person of the actor's organisation.
        InvalidError: there is no such event, or it cannot be switched off; `field` names it.
    """
    with scope(actor):
        require_office(actor, Duty.KEEP_CUSTOMERS)
        choose(actor, ContactPerson.objects.one_for(actor, pk=person.pk), wanted)


def choose(actor: Actor, person: ContactPerson, wanted: Mapping[str, bool]) -> None:
    """Write a person's choices down, within a scope that was checked; leaves an audit record of what changed."""
    was = dict(ContactChoice.objects.filter(contact_person=person).values_list("event", "wanted"))
    done: dict[str, list[bool]] = {}
    for name, yes in wanted.items():
        event = _event(name)
        if event in ALWAYS and not yes:
            raise InvalidError("E-mails about your access cannot be switched off.", field=event.value)
        before = was.get(event.value, True)
        if event in ALWAYS or before == yes:
            continue
        ContactChoice.objects.update_or_create(
            contact_person=person,
            event=event.value,
            defaults={
                "organisation_id": person.organisation_id,
                "customer_id": person.customer_id,
                "wanted": yes,
                "changed_at": clock.now(),
            },
        )
        done[event.value] = [before, yes]
    if done:
        audit.record(actor, "choose_mails", person, f"E-mails to {person.full_name}", done)


def _event(name: str) -> CustomerEvent:
    try:
        return CustomerEvent(name)
    except ValueError:
        raise InvalidError("There is no such e-mail.", field=name) from None


def _people(readers: Readers, event: CustomerEvent) -> list[ContactPerson]:
    """The contact persons an e-mail goes to, the primary one first."""
    people = (
        ContactPerson.objects.select_related("customer", "user")
        .filter(customer_id=readers.customer_id, customer__is_active=True, portal_state__in=readers.states)
        .filter(removed_at=None)
        .exclude(email="")
    )
    if readers.asks is not None:
        people = people.filter(**{_NEEDED[readers.asks]: True})
    if readers.skip is not None:
        people = people.exclude(pk=readers.skip)
    if readers.only is not None:
        people = people.filter(pk__in=readers.only)
    wanting = people
    if event not in ALWAYS:
        off = ContactChoice.objects.filter(customer_id=readers.customer_id, event=event.value, wanted=False)
        wanting = people.exclude(pk__in=off.values_list("contact_person_id", flat=True))
    found = list(wanting.order_by("-is_primary", "pk"))
    if found or not readers.or_customer or people.exists():  # who switched it off is there all the same
        return found
    return _customer_itself(readers.customer_id)


def _customer_itself(customer_id: UUID) -> list[ContactPerson]:
    """The customer's own address as somebody to write to; not where it is that of a person who may not have it."""
    customers = Customer.objects.filter(pk=customer_id, is_active=True)
    customer = (
        customers.exclude(email="").exclude(email__endswith=".invalid").first()
    )  # erased with its person
    if customer is None or ContactPerson.objects.filter(
        customer_id=customer_id, email__iexact=customer.email
    ):
        return []
    return [
        ContactPerson(
            organisation_id=customer.organisation_id,
            customer=customer,
            first_name=customer.first_name or customer.display_name,
            last_name=customer.last_name if customer.first_name else "",
            email=customer.email,
        )
    ]


def _scope_of(actor: Actor) -> AbstractContextManager[None]:
    return nullcontext() if is_open() else scope(actor)
