"""Signing in by allauth, with our rules: nobody signs up who was not invited."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Closes sign-up; sends allauth's mails through Django's mail."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Only an invitation makes a login (S1.6 widens this)."""
        return False

    def clean_email(self, email: str) -> str:
        """Addresses are compared in lower case."""
        return str(super().clean_email(email)).lower()

    def get_login_redirect_url(self, request: HttpRequest) -> Any:
        """Staff to the office, everybody else Home."""
        from portico.access.actors import StaffActor
        from portico.access.memberships import memberships

        found = memberships(request.user.pk) if request.user.pk else []
        if found and all(isinstance(each.actor, StaffActor) for each in found):
            return "/office/"
        return super().get_login_redirect_url(request)
