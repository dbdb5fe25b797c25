"""Signing in by allauth, with our rules: nobody signs up who was not invited."""

from __future__ import annotations

from smtplib import SMTPException
from typing import Any, ClassVar

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext as _

from portico.access.actors import StaffActor
from portico.access.memberships import memberships
from portico.access.people import find_person
from portico.kit.errors import PorticoError

log = structlog.get_logger(__name__)


class MailNotSentError(PorticoError):
    """The mail server did not take an e-mail that somebody waits for."""

    code: ClassVar[str] = "mail_not_sent"
    status: ClassVar[int] = 503


class AccountAdapter(DefaultAccountAdapter):
    """Closes sign-up; says in e-mails whose portal it is; sends staff to the office."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Only an invitation makes a login (S1.6 widens this)."""
        return False

    def clean_email(self, email: str) -> str:
        """Addresses are compared in lower case."""
        return str(super().clean_email(email)).lower()

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send one of access/jinja2/account/email/ now: a code is waited for, and is kept nowhere.

        Raises:
            MailNotSentError: the mail server did not take it.
        """
        try:
            super().send_mail(template_prefix, email, {**context, "portals": _portals(email)})
        except (SMTPException, OSError) as error:
            log.exception("mail_not_sent", template=template_prefix)
            raise MailNotSentError(_("We could not send the e-mail just now. Please try again.")) from error

    def get_login_redirect_url(self, request: HttpRequest) -> Any:
        """Staff to the office, everybody else Home."""
        found = memberships(request.user.pk) if request.user.pk else []
        if found and all(isinstance(each.actor, StaffActor) for each in found):
            return "/office/"
        return super().get_login_redirect_url(request)


def _portals(email: str) -> str:
    """The names of the organisations that this address belongs to; a login is of none of them by itself."""
    user = find_person(email)
    names = {each.organisation_name for each in memberships(user.pk)} if user else set()
    return ", ".join(sorted(names))
