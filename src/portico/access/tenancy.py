"""The ORM door: base models that name their owner, and `visible_to(actor)`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Self, TypeVar, cast

from django.apps import apps
from django.db import models
from django.db.models import Q

from portico.access.actors import Actor, ContactActor, LinkActor, Permission, require
from portico.kit.errors import NotFoundError
from portico.kit.ids import new_id


class Tenancy(StrEnum):
    """Which rows a policy lets a customer see; staff and jobs see their organisation's."""

    ORGANISATION = "organisation"
    """The organisation's customers see it too: its name, preferences, tax rates."""
    STAFF = "staff"
    """No customer sees it."""
    CUSTOMER = "customer"
    """Each customer sees its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ByLink:
    """Which rows of a table a public link to one document shows, of its customer's; none where nothing is named.

    Both doors are made of this: `link_rows()` and the policy in access/walls.py.

    Args:
        all_rows: the customer's (or the organisation's) rows, whatever document the link is for.
        document: columns of which one holds the document's id.
        link: the column that holds the link's id.
        through: “payments.Allocation.payment”: what rows of that model point at, as far as the link shows those.
        of: keys of the rows' own to rows that the link shows.
        takes: whether rows may be added under a link's scope: those that `document`, `link` or `of` describe.
    """

    all_rows: bool = False
    document: tuple[str, ...] = ()
    link: str = ""
    through: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    takes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalWrites:
    """What a customer's scope, a contact person's or a link's, may write of a table: nothing unless it is named.

    The policies and the trigger in access/portal_writes.py are made of this. Where a model says nothing of it, its rows
    are the customer's to write, as far as the wall goes.

    Args:
        adds: an SQL condition that each new row meets; empty where none is added.
        changes: the columns that may change; deleting is never among it.
        becomes: an SQL condition that a changed row meets.
    """

    adds: str = ""
    changes: tuple[str, ...] = ()
    becomes: str = "true"


M_co = TypeVar("M_co", bound="Owned", covariant=True)


class ScopedQuerySet(models.QuerySet[M_co]):
    """Rows behind the door."""

    def visible_to(self, actor: Actor) -> Self:
        """The rows this actor may see.

        Raises:
            ForbiddenError: the actor lacks the permission that these rows ask for.
        """
        model: type[Owned] = self.model
        if isinstance(actor, ContactActor | LinkActor):
            if isinstance(actor, LinkActor) and model.by_link is None:
                return self.none()
            if model.asks is not None:
                require(actor, model.asks)
            # What is said of a contact person's rows holds for a link's: it asks whose customer it is, not who.
            rows = model.portal_rows(cast("ContactActor", actor))
            return self.filter(rows if isinstance(actor, ContactActor) else rows & model.link_rows(actor))
        return self.filter(organisation_id=actor.organisation_id)

    def one_for(self, actor: Actor, **lookup: Any) -> M_co:
        """The one row the actor may see; NotFoundError for a stranger, as if it did not exist."""
        try:
            return self.visible_to(actor).get(**lookup)
        except (self.model.DoesNotExist, ValueError):
            raise NotFoundError from None


class Owned(models.Model):
    """A row that belongs to an organisation."""

    tenancy: ClassVar[Tenancy] = Tenancy.STAFF
    asks: ClassVar[Permission | None] = None
    by_link: ClassVar[ByLink | None] = None
    """What a public link shows of this table; nothing unless it is said."""
    portal_writes: ClassVar[PortalWrites | None] = None
    """What customers may write of this table; all that the wall lets through unless it is said."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[ScopedQuerySet[Self]] = ScopedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        abstract = True

    @classmethod
    def portal_rows(cls, actor: ContactActor) -> Q:
        """What a contact person sees of this table."""
        if cls.tenancy is Tenancy.STAFF:
            return Q(pk__in=[])
        return Q(organisation_id=actor.organisation_id)

    @classmethod
    def link_rows(cls, actor: LinkActor) -> Q:
        """What a public link shows of this table, beside what `portal_rows` says."""
        shows = cls.by_link
        if shows is None:
            return Q(pk__in=[])
        if shows.all_rows:
            return Q()
        found = Q(pk__in=[])
        for column in shows.document:
            found |= Q(**{column: actor.document_id})
        if shows.link:
            found |= Q(**{shows.link: actor.link_id})
        for path in shows.through:
            label, _dot, name = path.rpartition(".")
            model = cast("type[Owned]", apps.get_model(label))
            if model.asks is None or actor.may(model.asks):
                pointing = model._base_manager.filter(
                    model.portal_rows(cast("ContactActor", actor)) & model.link_rows(actor)
                )
                found |= Q(pk__in=pointing.filter(**{f"{name}__isnull": False}).values(name))
        for name in shows.of:
            theirs = cast("type[Owned]", cls._meta.get_field(name).related_model)
            found |= Q(**{f"{name}__in": theirs._base_manager.filter(theirs.link_rows(actor))})
        return found


class CustomerOwned(Owned):
    """A row that belongs to one customer of the organisation."""

    tenancy = Tenancy.CUSTOMER

    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    @classmethod
    def portal_rows(cls, actor: ContactActor) -> Q:
        return Q(organisation_id=actor.organisation_id, customer_id=actor.customer_id)
