"""Sending the outbox: one job for each e-mail, and a sweep for those whose worker died.

An e-mail is sent at least once and, as far as SMTP lets one know, never twice. A job first claims the row and
commits; then it talks to the mail server, outside any transaction; then it commits the outcome. Two jobs for one
row cannot both claim it. The gap that is left: a worker that dies after the server took the message and before
the outcome is committed. The sweep then sends it again rather than never, with the same Message-ID, by which
mail servers and readers know a repetition.
"""

from __future__ import annotations

from datetime import timedelta
from email.utils import formataddr, parseaddr
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.db.models import Q
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from portico.access.actors import JobActor
from portico.access.scope import refuse_open_scope, scope
from portico.kit import clock
from portico.notifications import attachments
from portico.notifications.actions import DELIVER
from portico.notifications.look import as_html
from portico.notifications.models import Mail
from portico.organisations.models import Organisation

LOST_AFTER: Final = timedelta(minutes=15)
"""Longer than any job can talk to a mail server (EMAIL_TIMEOUT for each of a few exchanges)."""


class MailNotSentError(RuntimeError):
    """The mail server could not be reached or refused; the job is tried again."""


# Waits 4, 16, 64, … seconds between tries: about six hours in all, then it stays in the outbox with its failure.
@app.task(
    name=DELIVER,
    retry=RetryStrategy(max_attempts=7, exponential_wait=4, retry_exceptions=[MailNotSentError]),
)
def deliver(organisation_id: str, mail_id: str) -> None:
    """Send one e-mail of the outbox, unless that is done or being done.

    Raises:
        MailNotSentError: try again later; the row says why.
    """
    actor = JobActor(UUID(organisation_id))
    mail = _claim(actor, UUID(mail_id))
    if mail is None:
        return
    try:
        _message(actor, mail).send()
    except Exception as error:  # a file that cannot be made or a bad header, too: the row says so
        with scope(actor):
            Mail.objects.filter(pk=mail.pk).update(
                claimed_at=None, failed_at=clock.now(), failure=f"{type(error).__name__}: {error}"
            )
        raise MailNotSentError(str(error)) from error
    with scope(actor):
        Mail.objects.filter(pk=mail.pk).update(sent_at=clock.now(), failed_at=None, failure="")


@app.periodic(cron="*/10 * * * *")
@app.task(name="notifications.sweep")
def sweep(timestamp: int) -> None:
    """Send what no job will send any more: claimed long ago, or queued long ago and never tried."""
    for organisation_id in _organisations():
        for mail_id in _lost(JobActor(organisation_id)):
            try:
                deliver(organisation_id=str(organisation_id), mail_id=str(mail_id))
            except MailNotSentError:
                continue  # the row says why, and the next sweep finds it again


def _claim(actor: JobActor, mail_id: UUID) -> Mail | None:
    """Take the row for sending; None when it is sent, or somebody else is at it."""
    now = clock.now()
    free = Q(claimed_at=None) | Q(claimed_at__lt=now - LOST_AFTER)
    with scope(actor):
        found = Mail.objects.select_for_update(skip_locked=True).filter(free, pk=mail_id, sent_at=None)
        mail = found.first()
        if mail is not None:
            mail.claimed_at = now
            mail.save(update_fields=["claimed_at"])
    return mail


def _lost(actor: JobActor) -> list[UUID]:
    before = clock.now() - LOST_AFTER
    never_tried = Q(claimed_at=None, failed_at=None, created_at__lt=before)
    given_up = Q(claimed_at__lt=before)
    with scope(actor):
        return list(
            Mail.objects.filter(never_tried | given_up, sent_at=None)
            .order_by("created_at")
            .values_list("pk", flat=True)[:500]
        )


def _organisations() -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM door_organisations()")
        return [row[0] for row in cursor.fetchall()]


def _message(actor: JobActor, mail: Mail) -> EmailMultiAlternatives:
    """The e-mail as it goes out; the attachment is made now, so it says what the document says now."""
    with scope(actor, read_only=True):
        organisation = Organisation.objects.only(
            "name", "email", "phone", "website", "accent_colour", "language", "street", "street2", "city",
            "state", "postal_code",
        ).get(pk=actor.organisation_id)  # fmt: skip
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=formataddr((organisation.name, address)),
        to=[mail.to],
        reply_to=[organisation.email] if organisation.email else None,
        headers={"Message-ID": f"<{mail.pk}@{urlsplit(settings.PUBLIC_URL).hostname}>"},
    )
    message.attach_alternative(mail.html or as_html(organisation, mail.subject, mail.text), "text/html")
    if mail.attachment_kind and mail.attachment_id:
        file = attachments.render(mail.attachment_kind, actor.organisation_id, mail.attachment_id)
        message.attach(file.name, file.content, file.media_type)
    refuse_open_scope()
    return message
