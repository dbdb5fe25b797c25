"""Statements by e-mail: asking for them, and sending those that are due (S8.4)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, ContactActor, Duty, JobActor, Permission, require, require_office
from portico.access.scope import scope
from portico.customers.models import ContactPerson, Customer, PortalState
from portico.kit.errors import InvalidError
from portico.ledger.models import Balance
from portico.notifications.customers import Letter, mail_contacts, portal_url
from portico.organisations.models import Organisation
from portico.statements.models import Every, SentStatement, StatementKind, StatementWish
from portico.statements.movements import count_movements
from portico.statements.queries import Standing, opening_balance, span_of, standings
from portico.statements.spans import Preset, Span
from portico.statements.wishes import due_span, reader_of
from portico.transactions.days import today_at
from portico.ui.dates import date_long
from portico.ui.money import money_text

ATTACHED = "statement"
"""The kind of file, for attachments.register()."""


def wish_for_statements(*, actor: ContactActor, every: str, kind: str) -> StatementWish | None:
    """Say how often the contact person wants which statement by e-mail; an empty `every` means never again.

    The first one is of the period that is running now.

    Args:
        actor: who wishes.
        every: an Every, or empty.
        kind: a StatementKind.

    Raises:
        ForbiddenError: the person may not see billing.
        InvalidError: not one of the choices; `field` names it.
    """
    with scope(actor):
        require(actor, Permission.VIEW_BILLING)
        person = ContactPerson.objects.one_for(actor, pk=actor.person_id)
        mine = StatementWish.objects.visible_to(actor).filter(contact_person=person)
        if not every:
            if mine.delete()[0]:
                audit.record(actor, "stop_statements", person, person.full_name)
            return None
        if every not in Every.values:
            raise InvalidError(_("Choose one of these."), field="every")
        if kind not in StatementKind.values:
            raise InvalidError(_("Choose one of these."), field="kind")
        wish, _created = StatementWish.objects.update_or_create(
            contact_person=person,
            defaults={
                "organisation_id": actor.organisation_id,
                "customer_id": actor.customer_id,
                "every": every,
                "kind": kind,
                "since": today_at(actor.organisation_id),
            },
        )
        audit.record(actor, "wish_for_statements", person, f"{person.full_name}: {kind} every {every}")
        return wish


def send_due_statements(*, actor: JobActor) -> int:
    """Put every statement into the outbox that somebody wished for, whose period has ended, and that was not sent yet.

    Who has lost access, *view billing*, or interest in these e-mails gets none; nor does a customer of whom the
    books have never known anything.

    Returns:
        How many e-mails were written.
    """
    with scope(actor, read_only=True):
        wishes = list(StatementWish.objects.visible_to(actor).values_list("pk", flat=True))
    return sum(_send_due(actor, wish_id) for wish_id in wishes)


def send_statement(*, actor: Actor, customer: Customer, kind: StatementKind, preset: Preset) -> int:
    """Staff send a statement now, to each contact person with portal access who may see billing.

    Args:
        actor: staff who may write documents.
        customer: whose statement.
        kind: which.
        preset: the period of an activity; not CUSTOM. The other kinds are of today.

    Returns:
        How many e-mails were written; none where nobody at the customer could read them.

    Raises:
        ForbiddenError: the actor may not write documents.
    """
    with scope(actor):
        require_office(actor, Duty.WRITE_DOCUMENTS)
        customer = Customer.objects.one_for(actor, pk=customer.pk)
        people = (
            ContactPerson.objects.visible_to(actor)
            .select_related("customer")
            .filter(customer=customer, can_view_billing=True, portal_state=PortalState.ACTIVE)
        )
        today = today_at(actor.organisation_id)
        written = 0
        for person in people.order_by("-is_primary", "pk"):
            reader = reader_of(person)
            if kind is StatementKind.ACTIVITY:
                span = span_of(reader, customer.currency, preset, today)
            else:
                span = Span(today, today)
            written += _mail(actor, person, kind, span, every="")
        if written:
            audit.record(actor, "send_statement", customer, f"{kind} to {written}")
        return written


def _send_due(actor: JobActor, wish_id: UUID) -> int:
    """One wish, in a transaction of its own; its row is locked, so two workers do not both send."""
    with scope(actor):
        wish = (
            StatementWish.objects.visible_to(actor)
            .select_for_update(of=("self",), skip_locked=True)
            .select_related("contact_person__customer")
            .filter(pk=wish_id)
            .first()
        )
        if wish is None:
            return 0
        today = today_at(actor.organisation_id)
        span = due_span(Every(wish.every), today)
        person = wish.contact_person
        if span.last < wish.since or not _may_read(person):
            return 0
        done = SentStatement.objects.visible_to(actor).filter(contact_person=person, every=wish.every)
        if done.filter(first=span.first).exists():
            return 0
        if not Balance.objects.visible_to(actor).filter(customer=wish.customer_id).exists():
            return 0
        return _mail(actor, person, StatementKind(wish.kind), span, every=wish.every)


def _may_read(person: ContactPerson) -> bool:
    active = person.portal_state == PortalState.ACTIVE and person.customer.is_active
    return active and person.can_view_billing


def _mail(actor: Actor, person: ContactPerson, kind: StatementKind, span: Span, *, every: str) -> int:
    """One e-mail for each currency that has anything to tell, or else for the customer's own."""
    reader = reader_of(person)
    every_standing = standings(reader, person.customer.currency)
    telling = [each for each in every_standing if _tells(reader, kind, each, span)]
    organisation = Organisation.objects.get(pk=actor.organisation_id)
    written = 0
    for standing in telling or every_standing[:1]:
        sent = SentStatement.objects.create(
            organisation_id=person.organisation_id,
            customer_id=person.customer_id,
            contact_person=person,
            kind=kind,
            currency=standing.currency,
            first=span.first,
            last=span.last,
            every=every,
        )
        reached = mail_contacts(
            actor,
            "statement",
            f"statement/{sent.pk}",
            lambda _person, sent=sent, standing=standing: _letter(sent, standing, reader, organisation),  # type: ignore[misc] # bound now
            customer=person.customer_id,
            only={person.pk},
            attachment_kind=ATTACHED,
            attachment_id=sent.pk,
        )
        if not reached:
            sent.delete()
        written += reached
    return written


def _tells(reader: ContactActor, kind: StatementKind, standing: Standing, span: Span) -> bool:
    if standing.balance_due:
        return True
    return kind is StatementKind.ACTIVITY and bool(count_movements(reader, standing.currency, span))


def _letter(
    sent: SentStatement, standing: Standing, reader: ContactActor, organisation: Organisation
) -> Letter:
    """In the active language: what is attached, what is owed, where more is to be seen, and how to stop it."""
    given = {"name": organisation.name, "first": date_long(sent.first), "last": date_long(sent.last)}
    if sent.kind == StatementKind.ACTIVITY:
        said = _("Your statement of account with %(name)s from %(first)s to %(last)s is attached.") % given
        balance = opening_balance(reader, sent.currency, sent.last + timedelta(days=1))
        subject = _("Statement of account from %(name)s, %(first)s to %(last)s") % given
    else:
        said = _("What is outstanding with %(name)s is attached.") % given
        balance = standing.balance_due
        subject = _("Statement of account from %(name)s") % given
    due = _("Balance due: %(amount)s") % {"amount": money_text(balance)}
    query = f"?kind={sent.kind}&currency={sent.currency}"
    if sent.kind == StatementKind.ACTIVITY:
        query += f"&preset=custom&from={sent.first.isoformat()}&to={sent.last.isoformat()}"
    link = _("See it in your portal") + ": " + portal_url(organisation, f"/statements/{query}")
    paragraphs = [said, due, link]
    if sent.every:
        paragraphs.append(
            _("You asked for this e-mail. You can change or stop it on the page of statements.")
        )
    return Letter(subject, "\n\n".join(paragraphs))
