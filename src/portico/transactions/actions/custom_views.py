"""Views of lists that a contact person keeps: saved, changed, deleted by that person alone (S4.3)."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import ContactActor
from portico.access.changes import naming
from portico.access.scope import scope
from portico.kit.errors import InvalidError
from portico.transactions.lists.listings import Listing, listing_of
from portico.transactions.models import CustomView
from portico.transactions.queries import own_views
from portico.transactions.view_queries import clean_name, clean_query

MOST: Final = 50
"""As many views may a person keep of one list."""


def save_view(
    *, actor: ContactActor, listing: Listing, name: str, query: str, is_default: bool = False
) -> CustomView:
    """Keep a list as it is now under a name.

    Args:
        actor: whose view it is.
        listing: which list.
        name: up to 60 characters, once for each list.
        query: what follows the “?” of its address; the page in it is left out.
        is_default: whether the list opens with it from now on.

    Raises:
        ForbiddenError: the person may not see these documents.
        InvalidError: the name is empty or too long, or the query cannot be read; or there are MOST already.
        ConflictError: the name is taken.
    """
    listing.check(actor)
    view = CustomView(
        organisation_id=actor.organisation_id,
        customer_id=actor.customer_id,
        contact_person_id=actor.person_id,
        kind=listing.name,
        name=clean_name(name),
        query=clean_query(listing.spec_for(actor), query),
        is_default=is_default,
    )
    with scope(actor):
        if own_views(actor, listing.name).count() >= MOST:
            raise InvalidError(
                _("You have %(count)d views of this list already.") % {"count": MOST}, field="name"
            )
        if is_default:
            own_views(actor, listing.name).update(is_default=False)
        with naming(_once()):
            view.save(force_insert=True)
        audit.record(actor, "save_view", view, summary=view.name)
    return view


def edit_view(
    *, actor: ContactActor, view: CustomView, name: str, is_default: bool, query: str | None = None
) -> CustomView:
    """Rename a view, make it the default or not, and put another query in it where one is given.

    Raises:
        NotFoundError: it is not this person's, or gone.
        InvalidError: the name is empty or too long, or the query cannot be read.
        ConflictError: the name is taken.
    """
    with scope(actor):
        fresh = own_views(actor).one_for(actor, pk=view.pk)
        listing = listing_of(fresh.kind)
        listing.check(actor)
        fresh.name = clean_name(name)
        fresh.is_default = is_default
        if query is not None:
            fresh.query = clean_query(listing.spec_for(actor), query)
        if is_default:
            own_views(actor, fresh.kind).exclude(pk=fresh.pk).update(is_default=False)
        with naming(_once()):
            fresh.save(update_fields=["name", "is_default", "query"])
        audit.record(actor, "edit_view", fresh, summary=fresh.name)
    return fresh


def delete_view(*, actor: ContactActor, view: CustomView) -> None:
    """Delete a view; the documents in it stay as they are.

    Raises:
        NotFoundError: it is not this person's, or gone.
    """
    with scope(actor):
        fresh = own_views(actor).one_for(actor, pk=view.pk)
        audit.record(actor, "delete_view", fresh, summary=fresh.name, changes={"query": fresh.query})
        fresh.delete()


def _once() -> dict[str, tuple[str, str]]:
    taken = _("You have a view of this name already.")
    return {
        "custom_view_name_once": ("name", taken),
        "custom_view_one_default": ("is_default", _("Another view has just become the default. Try again.")),
    }
