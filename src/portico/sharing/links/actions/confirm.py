"""Confirming that whoever opens a link reads the mail of the address it was sent to (preference 14)."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from smtplib import SMTPException
from typing import ClassVar, Final

import structlog
from django.utils import translation
from django.utils.translation import gettext as _

from portico.access.actors import JobActor, LinkActor
from portico.access.scope import refuse_open_scope, scope
from portico.access.sign_in import MailNotSentError
from portico.customers.models import Customer
from portico.kit import clock
from portico.kit.errors import InvalidError, PorticoError
from portico.notifications.actions import tell_staff
from portico.notifications.message import message_of
from portico.notifications.models import Mail
from portico.organisations.models import Organisation
from portico.sharing.links.models import LinkCode, PublicLink
from portico.sharing.links.tokens import hash_of_code, new_code
from portico.transactions.history import note
from portico.transactions.kinds import kind_of

log = structlog.get_logger(__name__)

LASTS: Final = timedelta(minutes=10)
TRIES: Final = 5
PER_LINK: Final = ((3, timedelta(minutes=10)), (10, timedelta(days=1)))
"""How many codes one link gets in how long. Five tries each: a day of guessing finds one in 20,000."""
PER_ADDRESS: Final = ((6, timedelta(minutes=10)), (30, timedelta(days=1)))
"""The same for all links to one address, so that nobody's mailbox is filled."""


class TooManyCodesError(PorticoError):
    """So many codes were asked for that the next one has to wait."""

    code: ClassVar[str] = "too_many_codes"
    status: ClassVar[int] = 429


def send_code(*, actor: LinkActor, browser: str) -> None:
    """E-mail a new code to the link's address; it counts in this browser only, and ends those sent to it before.

    Raises:
        TooManyCodesError: too many were asked for, for this link or for this address.
        MailNotSentError: the mail server did not take it.
    """
    refuse_open_scope()
    code = new_code()
    job = JobActor(actor.organisation_id)
    with scope(job):
        # Held, so that requests at once are counted one after the other.
        link = PublicLink.objects.select_for_update(no_key=True).get(pk=actor.link_id)
        now = clock.now()
        _limit(link)
        LinkCode.objects.create(
            organisation_id=link.organisation_id,
            link=link,
            code_hash=hash_of_code(link.pk, browser, code),
            browser_hash=_hash(browser),
            created_at=now,
            expires_at=now + LASTS,
        )
        organisation = Organisation.objects.get(pk=link.organisation_id)
        language = Customer.objects.values_list("portal_language", flat=True).get(pk=link.customer_id)
    _mail(organisation, language or organisation.language, actor.email, code)


def confirm_address(*, actor: LinkActor, browser: str, code: str) -> None:
    """Take a code as typed. The first time an address is confirmed, staff hear of it and the history tells it.

    Raises:
        InvalidError: it is not the code, is too old, or was tried too often; `field` is “code”.
    """
    with scope(JobActor(actor.organisation_id)):
        fits = _fits(actor, browser, "".join(code.split()))
        if fits:
            _remember(actor)
    if not fits:  # outside, so that the try counts
        raise InvalidError(
            _("That is not the code, or it is too old. Look again, or ask for a new one."), field="code"
        )


def _limit(link: PublicLink) -> None:
    now = clock.now()
    codes = LinkCode.objects.filter(organisation_id=link.organisation_id)
    for rows, limits in (
        (codes.filter(link=link), PER_LINK),
        (codes.filter(link__email__iexact=link.email), PER_ADDRESS),
    ):
        for most, span in limits:
            if rows.filter(created_at__gt=now - span).count() >= most:
                raise TooManyCodesError(
                    _("Several codes were sent already. Use the newest one, or try again later.")
                )


def _fits(actor: LinkActor, browser: str, code: str) -> bool:
    """Count a try of the newest code of this browser, and compare it."""
    newest = (
        LinkCode.objects.select_for_update(no_key=True, of=("self",))
        .filter(link_id=actor.link_id, browser_hash=_hash(browser))
        .order_by("-created_at", "-id")
        .first()
    )
    if (
        newest is None
        or newest.used_at is not None
        or newest.expires_at <= clock.now()
        or newest.tries >= TRIES
    ):
        return False
    newest.tries += 1
    same = hmac.compare_digest(newest.code_hash, hash_of_code(actor.link_id, browser, code))
    newest.used_at = clock.now() if same else None
    newest.save(update_fields=["tries", "used_at"])
    return same


def _remember(actor: LinkActor) -> None:
    first = PublicLink.objects.filter(pk=actor.link_id, confirmed_at=None).update(confirmed_at=clock.now())
    if not first:
        return
    kind = kind_of(actor.document_kind)
    row = kind.model.objects.get(pk=actor.document_id)
    number = str(row.number)  # type: ignore[attr-defined] # every document has one
    note(actor, row, kind.kind, "opened_by_link", {"by": actor.email})
    tell_staff(
        actor,
        "link_opened",
        _("%(who)s opened %(kind)s %(number)s by a public link")
        % {"who": actor.email, "kind": str(kind.name), "number": number},
        customer=actor.customer_id,
        document_kind=kind.kind,
        document_id=actor.document_id,
    )


def _hash(browser: str) -> str:
    return hashlib.sha256(browser.encode()).hexdigest()


def _mail(organisation: Organisation, language: str, email: str, code: str) -> None:
    """Send it now: a code is waited for, and is kept nowhere."""
    with translation.override(language):
        given = {"code": code, "name": organisation.name}
        mail = Mail(
            organisation_id=organisation.pk,
            to=email,
            subject=_("%(code)s is your code for %(name)s") % given,
            text="\n\n".join(
                [
                    _("Type this code to open the document that %(name)s shares with you:") % given,
                    code,
                    _("It works for 10 minutes. If you did not ask for it, you need not do anything."),
                ]
            ),
            language=language,
        )
    try:
        message_of(JobActor(organisation.pk), mail).send()
    except (SMTPException, OSError) as error:
        log.exception("mail_not_sent", what="link_code")
        raise MailNotSentError(_("We could not send the e-mail just now. Please try again.")) from error
