"""Sending the outbox: one job for each e-mail, and a sweep for those whose worker died; the daily digest.

An e-mail is sent at least once and, as far as SMTP lets one know, never twice. A job first claims the row and
commits; then it talks to the mail server, outside any transaction; then it commits the outcome. Two jobs for one
row cannot both claim it. The gap that is left: a worker that dies after the server took the message and before
the outcome is committed, or a connection that is cut at that moment. It is then sent again rather than never, with
the same Message-ID, by which mail servers and readers know a repetition.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import Q
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from portico.access.actors import JobActor
from portico.access.scope import scope
from portico.kit import clock
from portico.notifications.actions import DELIVER
from portico.notifications.digest import write_digests
from portico.notifications.message import message_of
from portico.notifications.models import Mail
from portico.notifications.pace import wait_for_turn
from portico.notifications.undelivered import give_up, is_bouncing, judge, words_of

LOST_AFTER: Final = timedelta(minutes=15)
"""Longer than any job can talk to a mail server (EMAIL_TIMEOUT for each of a few exchanges)."""
MOST_ATTEMPTS: Final = 9


class MailNotSentError(RuntimeError):
    """The mail server could not be reached or refused for now; the job is tried again."""


# Waits 4, 16, 64, … seconds between tries: about a day in all, then it is given up and staff are told.
@app.task(
    name=DELIVER,
    retry=RetryStrategy(max_attempts=MOST_ATTEMPTS, exponential_wait=4, retry_exceptions=[MailNotSentError]),
)
def deliver(organisation_id: str, mail_id: str) -> None:
    """Send one e-mail of the outbox, unless that is done or being done.

    A refusal for good is not tried again: staff are told, and an address where nobody is gets no more e-mails.

    Raises:
        MailNotSentError: try again later; the row says why.
    """
    actor = JobActor(UUID(organisation_id))
    mail = _claim(actor, UUID(mail_id))
    if mail is None:
        return
    try:
        message_of(actor, mail).send()
    except Exception as error:  # noqa: BLE001 # a file that cannot be made or a bad header, too: the row says so
        _failed(actor, mail, error)
        return
    with scope(actor):
        Mail.objects.filter(pk=mail.pk).update(sent_at=clock.now(), failed_at=None, failure="")


@app.periodic(cron="*/10 * * * *")
@app.task(name="notifications.sweep")
def sweep(timestamp: int) -> None:
    """Send what no job will send any more: claimed long ago, or queued long ago and never tried."""
    for organisation_id in organisations():
        for mail_id in _lost(JobActor(organisation_id)):
            try:
                deliver(organisation_id=str(organisation_id), mail_id=str(mail_id))
            except MailNotSentError:
                continue  # the row says why, and the next sweep finds it again


@app.periodic(cron="*/10 * * * *")
@app.task(name="notifications.digest")
def digest(timestamp: int) -> None:
    """Write the daily digests of all organisations whose morning has come."""
    for organisation_id in organisations():
        write_digests(JobActor(organisation_id))


def organisations() -> list[UUID]:
    """The ids of all organisations, for jobs that go round."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM door_organisations()")
        return [row[0] for row in cursor.fetchall()]


def _claim(actor: JobActor, mail_id: UUID) -> Mail | None:
    """Take the row for sending; None when it is sent or given up, somebody else is at it, or it is not its turn."""
    now = clock.now()
    free = Q(claimed_at=None) | Q(claimed_at__lt=now - LOST_AFTER)
    with scope(actor):
        found = Mail.objects.select_for_update(skip_locked=True).filter(
            free, pk=mail_id, sent_at=None, gave_up_at=None
        )
        mail = found.first()
        if mail is None or wait_for_turn(actor, mail):
            return None
        if is_bouncing(mail.to):
            Mail.objects.filter(pk=mail.pk).update(
                gave_up_at=now,
                failed_at=now,
                failure="Nobody is at this address, its mail server said earlier.",
            )
            return None
        mail.claimed_at = now
        mail.attempts += 1
        mail.save(update_fields=["claimed_at", "attempts"])
    return mail


def _failed(actor: JobActor, mail: Mail, error: Exception) -> None:
    """Write the failure down, and either give up or have the job tried again."""
    refusal = judge(error)
    with scope(actor):
        if refusal.for_good or mail.attempts >= MOST_ATTEMPTS:
            give_up(actor, mail, words_of(error), nobody_there=refusal.nobody_there)
            return
        Mail.objects.filter(pk=mail.pk).update(
            claimed_at=None, failed_at=clock.now(), failure=words_of(error)
        )
    raise MailNotSentError(words_of(error)) from error


def _lost(actor: JobActor) -> list[UUID]:
    now = clock.now()
    before = now - LOST_AFTER
    never_tried = Q(claimed_at=None, failed_at=None, created_at__lt=before)
    left_behind = Q(claimed_at__lt=before)
    due = Q(not_before=None) | Q(not_before__lt=before)
    with scope(actor):
        return list(
            Mail.objects.filter(never_tried | left_behind, due, sent_at=None, gave_up_at=None)
            .order_by("created_at")
            .values_list("pk", flat=True)[:500]
        )
