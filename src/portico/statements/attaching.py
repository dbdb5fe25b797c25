"""Statements as files of e-mails, made when the e-mail is sent, in its reader's language."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.utils import translation

from portico.access.actors import JobActor
from portico.access.scope import scope
from portico.customers.models import Customer
from portico.notifications.attachments import Attachment, register
from portico.notifications.customers import language_of
from portico.printing.compile import render_pdf
from portico.statements.actions import ATTACHED
from portico.statements.making import Wanted, make, paper_of
from portico.statements.models import SentStatement, StatementKind
from portico.statements.queries import standings
from portico.statements.spans import Span
from portico.statements.wishes import reader_of
from portico.transactions.days import today_at

MOST: Final = 20_000
"""Lines that are printed; a longer statement is cut, and its last lines are in the portal."""


def statement_file(organisation_id: UUID, sent_id: UUID) -> Attachment:
    """The PDF of a statement, as the books say it now.

    Raises:
        ForbiddenError: its reader has lost access or *view billing* meanwhile, so that it is not sent.
    """
    actor = JobActor(organisation_id)
    with scope(actor, read_only=True):
        rows = SentStatement.objects.select_related("contact_person__customer", "contact_person__user")
        sent = rows.one_for(actor, pk=sent_id)
        person = sent.contact_person
        customer = Customer.objects.select_related("organisation").get(pk=sent.customer_id)
        reader = reader_of(person)
        language = language_of(person, customer.organisation)
        standing = next(
            each for each in standings(reader, customer.currency) if each.currency == sent.currency
        )
        today = today_at(organisation_id)
        kind = StatementKind(sent.kind)
        span = Span(sent.first, sent.last) if kind is StatementKind.ACTIVITY else Span(today, today)
        wanted = Wanted(kind, standing, span)
        with translation.override(language):
            made = make(reader, wanted, limit=MOST)
            paper = paper_of(
                reader, wanted, made, customer, customer.organisation, today=today, language=language
            )
    name = f"{customer.organisation.name} {sent.kind} {sent.first} {sent.last} {sent.currency}.pdf"
    return Attachment(name, render_pdf(paper))


register(ATTACHED, statement_file)
