"""Every list of documents by its kind, so that views, exports and downloads are written once for all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeAlias
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules

from portico.access.actors import Actor, ContactActor, Permission, require
from portico.access.tenancy import CustomerOwned
from portico.kit.errors import NotFoundError
from portico.organisations.models import Preferences
from portico.transactions.kinds import Kind, kind_of
from portico.transactions.lists.spec import ListSpec
from portico.transactions.models import DocumentKind, OtherList


@dataclass(frozen=True)
class Things:
    """What a list is of where it is of no kind of document; the same is said of a Kind.

    Attributes:
        plural: “Subscriptions”, for people; lazy, so that it follows the reader's language.
        model: of the rows.
        list_url_name: of the list in the portal.
        asks: what a contact person needs to see them; None where every one may.
        preference: the portal preference that must be on for customers to see them; empty where none.
        zip_url_name: of what gives the ticked ones in one ZIP; empty where they are no files.
    """

    plural: Promise
    model: type[CustomerOwned]
    list_url_name: str
    asks: Permission | None = None
    preference: str = ""
    zip_url_name: str = ""

    def is_shown(self, preferences: Preferences) -> bool:
        """Whether the organisation shows them to its customers at all (S2)."""
        return not self.preference or bool(getattr(preferences, self.preference))


ListName: TypeAlias = DocumentKind | OtherList


@dataclass(frozen=True, slots=True)
class Listing:
    """The list of one kind of documents, or of other things.

    Attributes:
        name: of the kind, in addresses.
        spec: what the list can do.
        narrower: what it can do for a person who may see these documents but not billing (S1.5); None for the same.
        first_look: what is done when somebody sees a document that nobody has seen before, where there is more to it
            than transactions.looking does; called outside of a scope.
        things: what it is a list of, where that is no kind of document.
    """

    name: ListName
    spec: ListSpec
    first_look: Callable[[ContactActor, UUID], None] | None = None
    narrower: ListSpec | None = None
    things: Things | None = None

    @property
    def kind(self) -> Kind:
        """The kind of the documents.

        Raises:
            NotFoundError: the list is of other things.
        """
        return kind_of(self.name)

    @property
    def of(self) -> Kind | Things:
        """What it is a list of."""
        return self.things or self.kind

    @property
    def pdfs(self) -> str:
        """The address that gives what is ticked in one ZIP; empty where there is none."""
        if self.things is None:
            return reverse("list_pdfs", args=[self.name])
        return reverse(self.things.zip_url_name) if self.things.zip_url_name else ""

    def check(self, actor: Actor) -> None:
        """Raise ForbiddenError unless this actor may see the list."""
        if self.of.asks is not None:
            require(actor, self.of.asks)

    @property
    def address(self) -> str:
        """Of the list's page."""
        return reverse(self.of.list_url_name)

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
        rows: QuerySet[Any, Any] = self.of.model.objects.visible_to(actor)
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
