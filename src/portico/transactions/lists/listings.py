"""Every list of documents by its kind, so that views, exports and downloads are written once for all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.module_loading import autodiscover_modules

from portico.access.actors import Actor, ContactActor, Permission
from portico.kit.errors import NotFoundError
from portico.transactions.kinds import Kind, kind_of
from portico.transactions.lists.spec import ListSpec
from portico.transactions.models import DocumentKind


@dataclass(frozen=True, slots=True)
class Listing:
    """The list of one kind of documents.

    Attributes:
        name: of the kind, in addresses.
        spec: what the list can do.
        narrower: what it can do for a person who may see these documents but not billing (S1.5); None for the same.
        first_look: what is done when somebody sees a document that nobody has seen before, where there is more to it
            than transactions.looking does; called outside of a scope.
    """

    name: DocumentKind
    spec: ListSpec
    first_look: Callable[[ContactActor, UUID], None] | None = None
    narrower: ListSpec | None = None

    @property
    def kind(self) -> Kind:
        """The kind of the documents."""
        return kind_of(self.name)

    @property
    def address(self) -> str:
        """Of the list's page."""
        return reverse(self.kind.list_url_name)

    def spec_for(self, actor: Actor) -> ListSpec:
        """What the list can do for this actor."""
        if self.narrower is None or not isinstance(actor, ContactActor) or actor.may(Permission.VIEW_BILLING):
            return self.spec
        return self.narrower

    def rows(self, actor: Actor) -> QuerySet[Any, Any]:
        """All documents of the list that this actor may see; within a scope.

        Raises:
            ForbiddenError: the person may not see them.
        """
        rows: QuerySet[Any, Any] = self.kind.model.objects.visible_to(actor)
        return rows


_LISTINGS: Final[dict[str, Listing]] = {}


def register(listing: Listing) -> ListSpec:
    """Make a list known; called by the app's module `listing`, which is found by its name. Gives its spec back."""
    _LISTINGS[listing.name] = listing
    return listing.spec


@cache
def _find() -> None:
    autodiscover_modules("listing")


def listing_of(name: str) -> Listing:
    """The list of this kind of documents.

    Raises:
        NotFoundError: there is none.
    """
    _find()
    try:
        return _LISTINGS[name]
    except KeyError:
        raise NotFoundError from None


def all_listings() -> tuple[Listing, ...]:
    """Every list there is."""
    _find()
    return tuple(_LISTINGS.values())
