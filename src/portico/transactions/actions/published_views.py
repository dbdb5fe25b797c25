"""Views of lists that the organisation offers to all its customers (S4.3)."""

from __future__ import annotations

from typing import Final

from portico.access import audit
from portico.access.actors import Actor, Duty, require_office
from portico.access.changes import naming
from portico.access.scope import scope
from portico.transactions.lists.listings import listing_of
from portico.transactions.models import PublishedView
from portico.transactions.view_queries import clean_name, clean_query

_ONCE: Final = {"published_view_name_once": ("name", "There is a published view of this name already.")}


def publish_view(*, actor: Actor, kind: str, name: str, query: str) -> PublishedView:
    """Offer a view of one kind of documents' list to every customer.

    Args:
        actor: an owner.
        kind: which documents' list.
        name: up to 60 characters, once for each list.
        query: an address of the portal's list, or what follows its “?”.

    Raises:
        ForbiddenError: only an owner may.
        InvalidError: the name is empty or too long, or the query cannot be read.
        NotFoundError: there is no such list.
        ConflictError: the name is taken.
    """
    require_office(actor, Duty.CONFIGURE)
    listing = listing_of(kind)
    view = PublishedView(
        organisation_id=actor.organisation_id,
        kind=listing.name,
        name=clean_name(name),
        query=clean_query(listing.spec, query),
    )
    with scope(actor):
        with naming(_ONCE):
            view.save(force_insert=True)
        audit.record(actor, "publish_view", view, summary=view.name, changes={"query": view.query})
    return view


def edit_published_view(*, actor: Actor, view: PublishedView, name: str, query: str) -> PublishedView:
    """Change what customers are offered.

    Raises:
        ForbiddenError: only an owner may.
        InvalidError: the name is empty or too long, or the query cannot be read.
        ConflictError: the name is taken.
    """
    require_office(actor, Duty.CONFIGURE)
    with scope(actor):
        fresh = PublishedView.objects.one_for(actor, pk=view.pk)
        fresh.name = clean_name(name)
        fresh.query = clean_query(listing_of(fresh.kind).spec, query)
        with naming(_ONCE):
            fresh.save(update_fields=["name", "query"])
        audit.record(actor, "edit_published_view", fresh, summary=fresh.name, changes={"query": fresh.query})
    return fresh


def withdraw_published_view(*, actor: Actor, view: PublishedView) -> None:
    """Offer a view no longer; what people have saved of it stays theirs.

    Raises:
        ForbiddenError: only an owner may.
    """
    require_office(actor, Duty.CONFIGURE)
    with scope(actor):
        fresh = PublishedView.objects.one_for(actor, pk=view.pk)
        audit.record(actor, "withdraw_published_view", fresh, summary=fresh.name)
        fresh.delete()
