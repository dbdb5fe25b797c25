"""Filtering a list by another document: the invoices of one subscription, or of one order (S10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, cast
from uuid import UUID

from django.apps import apps
from django.db.models import Q
from django.utils.functional import Promise

from portico.access.actors import Actor
from portico.access.tenancy import Owned
from portico.kit.errors import ForbiddenError

_NONE: Final = Q(pk__in=())


@dataclass(frozen=True, slots=True)
class Linked:
    """Another document by which a list may be filtered, named by its id in the address.

    Models are named as in foreign keys, so that a list need not import what its documents are linked with.

    Attributes:
        name: the parameter.
        title: what the other document is, for a chip where it is not there for the reader.
        model: of the other document.
        called: its column with what people call it.
        through: the model whose rows join the two.
        key: that model's column with the id of a row of the list.
        by: that model's column with the id of the other document.
        preference: the portal preference without which nobody knows of the filter; empty where there is none.
    """

    name: str
    title: str | Promise
    model: str
    called: str
    through: str
    key: str
    by: str
    preference: str = ""

    def rows(self, actor: Actor, other: UUID) -> Q:
        """What of the list belongs to the other document; nothing where this actor may not see that."""
        try:
            seen = _model(self.model).objects.visible_to(actor).filter(pk=other)
            joined = _model(self.through).objects.visible_to(actor)
        except ForbiddenError:
            return _NONE
        return Q(pk__in=joined.filter(**{f"{self.by}__in": seen.values("pk")}).values(self.key))

    def called_by(self, actor: Actor, other: UUID) -> str:
        """What people call the other document; its title where it is not there for this actor. One statement."""
        try:
            seen = _model(self.model).objects.visible_to(actor).filter(pk=other)
        except ForbiddenError:
            return str(self.title)
        return str(seen.values_list(self.called, flat=True).first() or self.title)


def read_id(text: str) -> UUID:
    """The id in an address; where it is none, one that belongs to no document."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def _model(label: str) -> type[Owned]:
    return cast("type[Owned]", apps.get_model(label))
