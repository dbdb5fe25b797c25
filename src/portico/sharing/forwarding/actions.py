"""Sending a document on: an e-mail to each recipient, who becomes a contact person (S5.4, preference 9)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db.models.functions import Lower
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portico.access import audit
from portico.access.actors import ContactActor
from portico.access.scope import scope
from portico.comments.texts import clean_text
from portico.customers.doors import locked_customer
from portico.customers.history import note_change
from portico.customers.models import ContactPerson, Customer
from portico.kit import clock
from portico.kit.errors import ConflictError, InvalidError, NotFoundError
from portico.notifications.actions import send_mail, tell_staff
from portico.notifications.languages import spoken
from portico.notifications.quoting import quoted
from portico.organisations.models import Organisation
from portico.sharing.forwarding.letter import forward_letter
from portico.sharing.forwarding.models import LONGEST, ForwardedTo, Forwarding
from portico.sharing.forwarding.recipients import Recipient
from portico.transactions.history import note
from portico.transactions.kinds import Kind, Numbered

MOST_AT_ONCE: Final = 20
"""Recipients of one document sent on."""
MOST_A_DAY: Final = 100
"""E-mails that one contact person can cause by sending on, within 24 hours."""
ATTACHED_AS: Final = "forwarded"
"""The kind of attachment that attaching.py makes of a forwarding."""


def forward_document(
    *,
    actor: ContactActor,
    kind: Kind,
    document_id: UUID,
    persons: Collection[UUID] = (),
    others: Collection[Recipient] = (),
    message: str = "",
    submission_key: UUID,
) -> Forwarding:
    """Send a document's PDF with a message to several people, an e-mail each; the same form twice sends it once.

    Whose address is new becomes a contact person of the customer, without portal access and without any permission:
    what they may see, should they be invited, is for whoever invites them to say.

    Args:
        actor: a contact person who may see the document.
        kind: of the document.
        document_id: which one.
        persons: contact persons of the customer.
        others: people by name and address; one who is a contact person already is taken for that one.
        message: plain text, at most 2,000 characters; may be empty.
        submission_key: of the form.

    Raises:
        NotFoundError: forwarding is off (preference 9), or no such document for the actor.
        ForbiddenError: the actor may not see such documents.
        InvalidError: nobody, too many, or too long a message; `field` names it.
        ConflictError: the day's limit is reached.
    """
    with scope(actor):
        cleaned = clean_text(message, longest=LONGEST, needed=False, field="message")
        # Held: two forms at once make one contact person of one address, and count against one limit.
        customer = locked_customer(actor, Customer(pk=actor.customer_id))
        organisation = (
            Organisation.objects.select_related("preferences").visible_to(actor).defer("logo").get()
        )
        if not organisation.preferences.customers_may_forward or not kind.is_shown(organisation.preferences):
            raise NotFoundError
        document: Numbered = kind.one(actor, document_id)
        known = Forwarding.objects.visible_to(actor).filter(submission_key=submission_key).first()
        if known is not None:
            return known
        people = _people(actor, customer, persons, others)
        _refuse_too_many(actor, len(people))
        forwarding = Forwarding.objects.create(
            organisation_id=actor.organisation_id,
            customer=customer,
            contact_person_id=actor.person_id,
            document_kind=kind.kind,
            document_id=document.pk,
            number=document.number,
            message=cleaned,
            at=clock.now(),
            submission_key=submission_key,
        )
        _write(actor, forwarding, people)
        _mail(actor, organisation, kind, forwarding, people)
        to = ", ".join(person.email for person in people)
        note(actor, document, kind.kind, "forwarded", {"to": to})
        audit.record(actor, "forward_document", forwarding, f"{kind.kind} {document.number} to {to}")
        tell_staff(
            actor,
            "forwarded",
            _("%(person)s of %(customer)s forwarded %(document)s")
            % {
                "person": actor.name,
                "customer": customer.display_name,
                "document": f"{kind.name} {document.number}",
            },
            customer=customer,
            document_kind=kind.kind,
            document_id=document.pk,
            body="\n\n".join(
                part for part in (_("To: %(people)s") % {"people": to}, quoted(actor.name, cleaned)) if part
            ),
        )
        return forwarding


def _people(
    actor: ContactActor, customer: Customer, persons: Collection[UUID], others: Collection[Recipient]
) -> list[ContactPerson]:
    """The contact persons it goes to, those who become one now among them; each address once."""
    if len(set(persons)) + len(others) > MOST_AT_ONCE:
        raise InvalidError(_("At most %(most)d people at once.") % {"most": MOST_AT_ONCE}, field="addresses")
    ours = ContactPerson.objects.visible_to(actor).filter(customer=customer).exclude(email="")
    chosen = list(ours.filter(pk__in=list(persons)))
    if len(chosen) != len(set(persons)):
        raise InvalidError(_("There is no such contact person."), field="people")
    found = {person.email.lower(): person for person in chosen}
    typed = {each.email.lower(): each for each in others if each.email.lower() not in found}
    there = ours.annotate(address=Lower("email")).filter(address__in=list(typed))
    found |= {person.email.lower(): person for person in there}
    if not found and not typed:
        raise InvalidError(_("Choose somebody, or type an address."), field="addresses")
    found |= {
        address: _become_contact(actor, customer, each)
        for address, each in typed.items()
        if address not in found
    }
    return list(found.values())


def _become_contact(actor: ContactActor, customer: Customer, recipient: Recipient) -> ContactPerson:
    first, _space, last = recipient.name.partition(" ")
    person = ContactPerson(
        organisation_id=actor.organisation_id,
        customer=customer,
        first_name=first,
        last_name=last,
        email=recipient.email,
        can_view_orders=False,
        can_view_billing=False,
        can_pay=False,
        can_manage_profile=False,
    )
    person.save(force_insert=True)
    given = {name: [None, getattr(person, name)] for name in ("email", "first_name", "last_name")}
    note_change(actor, person, "contact_added", {name: change for name, change in given.items() if change[1]})
    audit.record(actor, "add_contact", person, f"{person.full_name}, by forwarding a document")
    return person


def _refuse_too_many(actor: ContactActor, more: int) -> None:
    since = clock.now() - timedelta(days=1)
    lately = ForwardedTo.objects.visible_to(actor).filter(sender_id=actor.person_id, at__gt=since).count()
    if lately + more <= MOST_A_DAY:
        return
    left = max(MOST_A_DAY - lately, 0)
    raise ConflictError(
        ngettext(
            "You can forward to %(left)d more person today: at most %(most)d a day.",
            "You can forward to %(left)d more people today: at most %(most)d a day.",
            left,
        )
        % {"left": left, "most": MOST_A_DAY},
        field="addresses",
    )


def _write(actor: ContactActor, forwarding: Forwarding, people: list[ContactPerson]) -> None:
    ForwardedTo.objects.bulk_create(
        [
            ForwardedTo(
                organisation_id=forwarding.organisation_id,
                customer_id=forwarding.customer_id,
                forwarding=forwarding,
                sender_id=actor.person_id,
                contact_person=person,
                email=person.email,
                at=forwarding.at,
            )
            for person in people
        ]
    )


def _mail(
    actor: ContactActor,
    organisation: Organisation,
    kind: Kind,
    forwarding: Forwarding,
    people: list[ContactPerson],
) -> None:
    customer = forwarding.customer
    sender = ContactPerson.objects.one_for(actor, pk=actor.person_id)
    language = spoken(customer.portal_language, organisation.language)
    with translation.override(language):
        letter = forward_letter(
            organisation,
            customer,
            kind,
            forwarding.number,
            sender=actor.name,
            sender_email=sender.email,
            message=forwarding.message,
        )
    for person in people:
        send_mail(
            organisation.pk,
            f"forwarding/{forwarding.pk}",
            person.email,
            letter.subject,
            letter.text,
            language=language,
            person_id=person.pk,
            attachment_kind=ATTACHED_AS,
            attachment_id=forwarding.pk,
        )
