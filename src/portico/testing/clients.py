"""Signed-in test clients, without the slow hashing of a password."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client

from portico.access.actors import ContactActor, StaffActor
from portico.access.middleware import CHOSEN_CUSTOMER


def signed_in(actor: ContactActor | StaffActor) -> Client:
    """A browser in which this person has signed in, a contact person at the customer of this actor."""
    client = Client(raise_request_exception=True)
    user = get_user_model()._default_manager.get(pk=actor.user_id)
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    if isinstance(actor, ContactActor):
        session = client.session
        session[CHOSEN_CUSTOMER] = str(actor.customer_id)
        session.save()
    return client
