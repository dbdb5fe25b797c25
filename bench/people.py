"""Signed-in people of the bench's customers, and the invoices they look at."""

from __future__ import annotations

from functools import cache
from uuid import UUID

from django.conf import settings
from django.test import Client

from bench import books
from portico.access.scope import scope
from portico.invoices.models import Invoice, InvoiceStatus
from portico.testing.clients import signed_in


@cache
def signed_in_at(company: str) -> Client:
    """A browser in this process, signed in at one of the customers."""
    return signed_in(books.actor_at(company))


@cache
def cookie_of(company: str) -> str:
    """The Cookie header of somebody signed in at one of the customers."""
    session = signed_in_at(company).cookies[settings.SESSION_COOKIE_NAME]
    return f"{settings.SESSION_COOKIE_NAME}={session.value}"


@cache
def documents(company: str, count: int) -> tuple[UUID, ...]:
    """Invoices that have been seen before, part paid ones first, spread over the whole history."""
    actor = books.actor_at(company)
    with scope(actor, read_only=True):
        mine = Invoice.objects.visible_to(actor).exclude(first_viewed_at=None)
        part = mine.filter(status=InvoiceStatus.PARTIALLY_PAID).order_by("date", "id")[: count // 2]
        paid = mine.filter(status=InvoiceStatus.PAID).order_by("date", "id")
        found = list(part.values_list("pk", flat=True))
        every = list(paid.values_list("pk", flat=True))
    step = max(len(every) // (count - len(found)), 1)
    return tuple([*found, *every[::step]][:count])
