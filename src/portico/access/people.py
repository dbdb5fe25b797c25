"""Humans who can sign in: found or made by their e-mail address, and shown out."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import ValidationError
from django.db import transaction

from portico.access.memberships import all_memberships
from portico.access.models import User
from portico.kit.errors import InvalidError


def find_person(email: str) -> User | None:
    """The login with this e-mail address, in whatever case it is written."""
    return User.objects.filter(email__iexact=email.strip()).first()


def person_for(email: str, name: str) -> User:
    """The login of this address; made, without a password, where there is none.

    Without a password one signs in by a code sent to the address.
    """
    address = email.strip().lower()
    with transaction.atomic():
        User.objects.bulk_create([_without_password(address, name)], ignore_conflicts=True)
    return User.objects.get(email__iexact=address)


def check_password(password: str, user: User, *, field: str = "password") -> None:
    """Raise InvalidError, with every rule that is broken, unless the password may be this human's."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise InvalidError(" ".join(error.messages), field=field) from error


def set_reading(user_id: UUID, *, language: str, theme: str) -> None:
    """Keep how a human reads the portal: a language tag, empty for the account's; “light”, “dark” or empty."""
    User.objects.filter(pk=user_id).update(language=language, theme=theme)


def end_sessions(user_id: UUID) -> int:
    """Sign a human out everywhere, at once; returns how many sessions ended."""
    sessions = list(UserSession.objects.filter(user_id=user_id))
    SessionStore.get_model_class().objects.filter(
        session_key__in=[session.session_key for session in sessions]
    ).delete()
    UserSession.objects.filter(pk__in=[session.pk for session in sessions]).delete()
    return len(sessions)


def end_sessions_without_access(user_ids: Iterable[UUID]) -> None:
    """End the sessions of those humans who can act as nothing any more.

    Who still belongs somewhere stays signed in there: what was taken away is gone with the next request,
    because memberships are read anew for each.
    """
    for user_id in user_ids:
        if not all_memberships(user_id):
            end_sessions(user_id)


def _without_password(address: str, name: str) -> User:
    user = User(email=address, name=name)
    user.set_unusable_password()
    return user
