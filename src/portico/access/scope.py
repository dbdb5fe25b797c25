"""The database door: a transaction in which PostgreSQL shows one actor's rows and no others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from portico.access.actors import Actor, ContactActor, LinkActor


@dataclass(frozen=True, slots=True)
class Limits:
    """What the policies compare with: empty text means not set, and then no row passes."""

    organisation: str = ""
    customer: str = ""
    contact: str = ""
    document: str = ""
    """The one document that a public link shows; not set for anybody else."""
    link: str = ""


_read_only: ContextVar[bool] = ContextVar("portico_read_only", default=False)
_open: ContextVar[Limits | None] = ContextVar("portico_scope", default=None)


class ScopeError(RuntimeError):
    """The program is wrong: a call to the outside within a scope, or a wider scope inside a narrower one."""


@contextmanager
def scope(actor: Actor, *, read_only: bool = False) -> Iterator[None]:
    """Open a transaction that sees and writes only what the actor's organisation and customer own.

    Scopes nest; the inner one may only be as wide as the outer or narrower, so code that was let in for
    one customer cannot let itself out.

    Args:
        actor: whose rows.
        read_only: let PostgreSQL refuse writes (only for an outermost scope). Within `only_reading()` it always does.

    Raises:
        ScopeError: the actor is wider than the scope that is already open.
    """
    limits = _limits(actor)
    outer = _open.get()
    if outer is not None and not _within(limits, outer):
        raise ScopeError("A scope cannot be widened from inside.")
    token = _open.set(limits)
    try:
        with transaction.atomic():
            _tell(limits, read_only=(read_only or _read_only.get()) and outer is None)
            yield
            if outer is not None and outer != limits and not connection.needs_rollback:
                _tell(outer)  # set_config(…, true) lasts to the end of the outermost transaction
    finally:
        _open.reset(token)


@contextmanager
def only_reading() -> Iterator[None]:
    """Let PostgreSQL refuse writes in every scope that is opened in this context, whoever it is for (S1.8)."""
    token = _read_only.set(True)
    try:
        yield
    finally:
        _read_only.reset(token)


def refuse_open_scope() -> None:
    """Raise ScopeError inside a scope: nothing outside may be called while a transaction holds locks."""
    if _open.get() is not None:
        raise ScopeError("Nothing outside may be called inside a transaction.")


def is_open() -> bool:
    """Whether a scope is open in this context."""
    return _open.get() is not None


def _limits(actor: Actor) -> Limits:
    organisation = str(actor.organisation_id)
    if isinstance(actor, ContactActor):
        return Limits(organisation, str(actor.customer_id), str(actor.person_id))
    if isinstance(actor, LinkActor):
        customer, document, link = str(actor.customer_id), str(actor.document_id), str(actor.link_id)
        return Limits(organisation, customer, document=document, link=link)
    return Limits(organisation)


def _within(inner: Limits, outer: Limits) -> bool:
    if inner.organisation != outer.organisation:
        return False
    return outer.customer in ("", inner.customer) and outer.link in ("", inner.link)


def _tell(limits: Limits, *, read_only: bool = False) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('portico.organisation', %s, true), set_config('portico.customer', %s, true),"
            " set_config('portico.contact', %s, true), set_config('portico.document', %s, true),"
            " set_config('portico.link', %s, true)"
            + (", set_config('transaction_read_only', 'on', true)" if read_only else ""),
            [limits.organisation, limits.customer, limits.contact, limits.document, limits.link],
        )


def organisation_in_scope() -> UUID | None:
    """The organisation of the open scope, if one is open."""
    limits = _open.get()
    return UUID(limits.organisation) if limits else None
