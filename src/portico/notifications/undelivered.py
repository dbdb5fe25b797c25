"""E-mails that could not be delivered: given up, told to staff, sent again when staff say so."""

from __future__ import annotations

from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPResponseException
from typing import Final, NamedTuple

from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, Duty, JobActor, require_office
from portico.access.scope import scope
from portico.kit import clock
from portico.kit.errors import ConflictError
from portico.notifications.actions import DELIVER, tell_staff
from portico.notifications.events import MAIL_FAILED
from portico.notifications.models import BouncingAddress, Mail
from portico.notifications.queue import defer

NOBODY_THERE: Final = frozenset({550, 551, 553})
"""SMTP replies to a recipient that say the mailbox does not exist (RFC 5321, 4.2.3)."""
_FOR_GOOD: Final = 500
_TO_STAFF: Final = ("staff:", "digest:")
"""Keys of e-mails to staff: a failure of theirs is told in the office alone, or it would make the next one."""


class Refusal(NamedTuple):
    """What a mail server's answer means: no use in trying again; nobody at this address."""

    for_good: bool
    nobody_there: bool


def judge(error: Exception) -> Refusal:
    """What an error of sending means. Whatever is not clearly for good is tried again."""
    if isinstance(error, SMTPRecipientsRefused):
        codes = [code for code, _text in error.recipients.values()]
        for_good = bool(codes) and all(code >= _FOR_GOOD for code in codes)
        return Refusal(for_good, for_good and all(code in NOBODY_THERE for code in codes))
    if isinstance(error, SMTPDataError):
        return Refusal(error.smtp_code >= _FOR_GOOD, nobody_there=False)
    return Refusal(for_good=False, nobody_there=False)


def words_of(error: Exception) -> str:
    """What the mail server said, for staff."""
    if isinstance(error, SMTPRecipientsRefused):
        answers = [f"{code} {_plain(text)}" for code, text in error.recipients.values()]
        return f"{type(error).__name__}: {'; '.join(answers)}"
    if isinstance(error, SMTPResponseException):
        return f"{type(error).__name__}: {error.smtp_code} {_plain(error.smtp_error)}"
    return f"{type(error).__name__}: {error}"


def give_up(actor: JobActor, mail: Mail, reason: str, *, nobody_there: bool) -> None:
    """Try an e-mail no more, in an open scope: staff are told, an address where nobody is gets marked."""
    Mail.objects.filter(pk=mail.pk).update(
        claimed_at=None, failed_at=clock.now(), gave_up_at=clock.now(), failure=reason
    )
    if nobody_there:
        BouncingAddress.objects.update_or_create(
            organisation_id=actor.organisation_id,
            address=mail.to.lower(),
            defaults={"reason": reason, "since": clock.now(), "cleared_at": None},
        )
    if not mail.key.startswith(_TO_STAFF):
        tell_staff(
            actor,
            MAIL_FAILED,
            _("An e-mail to %(address)s could not be delivered") % {"address": mail.to},
            document_kind="mail",
            document_id=mail.pk,
            body=f"{mail.subject}\n\n{reason}",
        )


def is_bouncing(address: str) -> bool:
    """Whether nothing is sent to this address, in an open scope of its organisation."""
    return BouncingAddress.objects.filter(address=address.lower(), cleared_at=None).exists()


def send_again(*, actor: Actor, mail: Mail) -> Mail:
    """Let an e-mail that was given up be tried again.

    Raises:
        ForbiddenError: the role may not change customers.
        ConflictError: it was sent, or is still being tried; or its address is marked as bouncing.
    """
    with scope(actor):
        require_office(actor, Duty.KEEP_CUSTOMERS)
        fresh = Mail.objects.select_for_update(no_key=True).filter(pk=mail.pk).first()
        if fresh is None or fresh.sent_at is not None or fresh.gave_up_at is None:
            raise ConflictError(_("Only an e-mail that was given up can be sent again."))
        if is_bouncing(fresh.to):
            raise ConflictError(
                _("Nobody was found at this address. Say first that it is to be tried again.")
            )
        fresh.gave_up_at, fresh.attempts, fresh.claimed_at = None, 0, None
        fresh.save(update_fields=["gave_up_at", "attempts", "claimed_at"])
        audit.record(actor, "send_mail_again", fresh, f"{fresh.subject} to {fresh.to}")
        defer(DELIVER, {"organisation_id": actor.organisation_id, "mail_id": fresh.pk})
    return fresh


def try_address_again(*, actor: Actor, bouncing: BouncingAddress) -> BouncingAddress:
    """Take an address off the list of those that nothing is sent to.

    Raises:
        ForbiddenError: the role may not change customers.
        NotFoundError: it is not on the list.
    """
    with scope(actor):
        require_office(actor, Duty.KEEP_CUSTOMERS)
        row = BouncingAddress.objects.one_for(actor, pk=bouncing.pk)
        if row.cleared_at is None:
            row.cleared_at = clock.now()
            row.save(update_fields=["cleared_at"])
            audit.record(actor, "try_address_again", row, row.address)
    return row


def _plain(text: bytes | str) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text
