"""Signing in by allauth, with our rules: nobody signs up who was not invited."""

from __future__ import annotations

from smtplib import SMTPException
from typing import Any, ClassVar, cast
from urllib.parse import urlsplit

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from portico.access.actors import StaffActor
from portico.access.hosts import portal_here
from portico.access.memberships import all_memberships, memberships
from portico.access.models import User
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
            super().send_mail(
                template_prefix, email, _own_addresses(email, context) | {"portals": _portals(email)}
            )
        except (SMTPException, OSError) as error:
            log.exception("mail_not_sent", template=template_prefix)
            raise MailNotSentError(_("We could not send the e-mail just now. Please try again.")) from error

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell the owner what was changed; what was done stays done when the mail server is away."""
        try:
            super().send_notification_mail(template_prefix, user, context, email or cast("User", user).email)
        except MailNotSentError:
            log.warning("change_not_told", template=template_prefix)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Adds a code by e-mail for who has nothing else; see proving.py."""
        found: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if found or not user.is_authenticated:
            return found
        url = reverse("account_reauthenticate_by_mail")
        return [{"id": "by_mail", "description": _("Send me a code"), "url": url}]

    def get_login_redirect_url(self, request: HttpRequest) -> Any:
        """Staff to the office, everybody else Home."""
        found = memberships(request.user.pk) if request.user.pk else []
        if found and all(isinstance(each.actor, StaffActor) for each in found):
            return "/office/"
        return super().get_login_redirect_url(request)


def _own_addresses(email: str, context: dict[str, Any]) -> dict[str, Any]:
    """A secret link leads to an organisation's domain only where its reader belongs to that one and to no other.

    Else an organisation could ask at its own domain for somebody's new password, read the link as it is followed,
    and come in with it wherever else that person belongs.
    """
    here, link = portal_here(), context.get("password_reset_url")
    if here is None or not link:
        return context
    user = find_person(email)
    theirs = {each.actor.organisation_id for each in all_memberships(user.pk)} if user else set()
    if theirs == {here.organisation_id}:
        return context
    return context | {"password_reset_url": settings.PUBLIC_URL + urlsplit(link).path}


def _portals(email: str) -> str:
    """The names of the organisations that this address belongs to; a login is of none of them by itself."""
    user = find_person(email)
    names = {each.organisation_name for each in all_memberships(user.pk)} if user else set()
    return ", ".join(sorted(names))
