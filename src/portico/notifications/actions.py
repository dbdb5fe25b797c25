"""Telling staff what customers do, and putting e-mails into the outbox."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from portico.access.actors import Actor, JobActor
from portico.access.scope import ScopeError, is_open, organisation_in_scope, scope
from portico.customers.models import Customer
from portico.kit import clock
from portico.kit.ids import new_id
from portico.notifications.events import group_of
from portico.notifications.queue import defer

LONGEST_LINE: Final = 300
DELIVER: Final = "notifications.deliver"
"""The name of the task in jobs.py that sends one e-mail."""


def tell_staff(
    actor: Actor,
    event: str,
    title: str,
    *,
    customer: Customer | UUID | None = None,
    document_kind: str = "",
    document_id: UUID | None = None,
    body: str = "",
) -> None:
    """Tell the organisation's staff of something: in the office's list, by e-mail at once, or in the daily digest.

    Preference 6 is the outer limit; within it each staff member hears as they chose for the event's group.
    Part of the caller's transaction: what is rolled back is not told. Works in a customer's scope too.

    Args:
        actor: who caused it; gives the organisation.
        event: a short name, such as “invoice_viewed”.
        title: one line for the list and the e-mail's subject.
        customer: whose doing it is.
        document_kind: a DocumentKind.
        document_id: the document it is about.
        body: more, as plain text in paragraphs.
    """
    line = _one_line(title)
    made = new_id()
    link = f"{settings.PUBLIC_URL}/office/notifications/{made}/open/"
    text = "\n\n".join(part for part in (line, body, f"{_('Open in the office')}: {link}") if part)
    customer_id = customer.pk if isinstance(customer, Customer) else customer
    with _scope_of(actor.organisation_id), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT notifications_tell_staff({', '.join(['%s'] * 10)})",
            [
                *(made, clock.now(), event, group_of(event), line, body, customer_id),
                *(document_kind, document_id, text),
            ],
        )
        queued = [row[0] for row in cursor.fetchall()]
        defer(DELIVER, *({"organisation_id": actor.organisation_id, "mail_id": each} for each in queued))


def send_mail(
    organisation_id: UUID,
    key: str,
    to: str,
    subject: str,
    text: str,
    *,
    html: str = "",
    language: str = "",
    event: str = "",
    person_id: UUID | None = None,
    attachment_kind: str = "",
    attachment_id: UUID | None = None,
) -> UUID | None:
    """Put an e-mail into the outbox, once for each key and recipient; a job sends it after the commit.

    Args:
        organisation_id: who sends; its name and address are in the e-mail's head.
        key: what it is about, such as “invoice-issued:<id>”; the same again is left out.
        to: one address.
        subject: one line.
        text: paragraphs with an empty line between; a paragraph that is an address of a page becomes a button,
            and “Label: address” a button with that label.
        html: only where the look made from `text` is not enough.
        language: the reader's, for what stands around the text; the organisation's when not given.
        event: a CustomerEvent, where the person may choose not to have such e-mails.
        person_id: the contact person it is for.
        attachment_kind: what attachments.register() knows; the file is made when the e-mail is sent.
        attachment_id: the document that is attached.

    Returns:
        The e-mail's id, or None when it was there already.
    """
    line = _one_line(subject)
    with _scope_of(organisation_id), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT notifications_queue_mail({', '.join(['%s'] * 12)})",
            [
                *(new_id(), clock.now(), key, to, line, text, html, language, event, person_id),
                *(attachment_kind, attachment_id),
            ],
        )
        row = cursor.fetchone()
        if row is None:
            return None
        defer(DELIVER, {"organisation_id": organisation_id, "mail_id": row[0]})
    return UUID(str(row[0]))


@contextmanager
def _scope_of(organisation_id: UUID) -> Iterator[None]:
    """The open scope, which must be of this organisation, or one of its own."""
    if not is_open():
        with scope(JobActor(organisation_id)):
            yield
        return
    if organisation_in_scope() != organisation_id:
        raise ScopeError("An e-mail belongs to the organisation of the open scope.")
    yield


def _one_line(text: str) -> str:
    """Without line breaks, which would end a header, and cut where the column ends."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1] + "…"
