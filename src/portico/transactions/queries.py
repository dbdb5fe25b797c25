"""What is read about lists: which views a person has of one, their own and those the organisation publishes (S4.3)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import BooleanField, Value

from portico.access.actors import ContactActor
from portico.access.tenancy import ScopedQuerySet
from portico.transactions.lists.listings import Listing
from portico.transactions.models import CustomView, PublishedView


@dataclass(frozen=True, slots=True)
class ViewLine:
    """A view in the menu above a list."""

    id: UUID
    name: str
    query: str
    is_own: bool
    is_default: bool

    @property
    def address(self) -> str:
        """Of the list with this view, from the list's own page."""
        return f"?{self.query}{'&' if self.query else ''}view={self.id}"


@dataclass(frozen=True, slots=True)
class Views:
    """The views of one list that a person may choose from; own ones first, each by name."""

    lines: tuple[ViewLine, ...]

    @property
    def own(self) -> tuple[ViewLine, ...]:
        """The person's own."""
        return tuple(line for line in self.lines if line.is_own)

    @property
    def published(self) -> tuple[ViewLine, ...]:
        """Those of the organisation."""
        return tuple(line for line in self.lines if not line.is_own)

    @property
    def default(self) -> ViewLine | None:
        """The one that opens by itself."""
        return next((line for line in self.lines if line.is_default), None)

    def one(self, view_id: str) -> ViewLine | None:
        """The one with this id."""
        return next((line for line in self.lines if str(line.id) == view_id), None)


def own_views(actor: ContactActor, kind: str | None = None) -> ScopedQuerySet[CustomView]:
    """The person's own views, of one list or of all: never another person's at the same customer."""
    mine = CustomView.objects.visible_to(actor).filter(contact_person_id=actor.person_id)
    return mine if kind is None else mine.filter(kind=kind)


def views_of(actor: ContactActor, listing: Listing) -> Views:
    """The views of a list that this person has; one statement."""
    columns = ("id", "name", "query", "own", "is_default")
    own = own_views(actor, listing.name).annotate(own=_flag(value=True))
    published = PublishedView.objects.visible_to(actor).filter(kind=listing.name)
    published = published.annotate(own=_flag(value=False), is_default=_flag(value=False))
    found = own.values_list(*columns).union(published.values_list(*columns), all=True)
    lines = sorted(
        (ViewLine(*row) for row in found), key=lambda line: (not line.is_own, line.name.casefold())
    )
    return Views(tuple(lines))


def _flag(*, value: bool) -> Value:
    return Value(value, output_field=BooleanField())
