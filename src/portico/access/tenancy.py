"""The ORM door: base models that name their owner, and `visible_to(actor)`."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Q

from portico.access.actors import Actor, ContactActor, Permission, require
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


M_co = TypeVar("M_co", bound="Owned", covariant=True)


class ScopedQuerySet(models.QuerySet[M_co]):
    """Rows behind the door."""

    def visible_to(self, actor: Actor) -> Self:
        """The rows this actor may see.

        Raises:
            ForbiddenError: the actor lacks the permission that these rows ask for.
        """
        model: type[Owned] = self.model
        if isinstance(actor, ContactActor):
            if model.asks is not None:
                require(actor, model.asks)
            return self.filter(model.portal_rows(actor))
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


class CustomerOwned(Owned):
    """A row that belongs to one customer of the organisation."""

    tenancy = Tenancy.CUSTOMER

    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    @classmethod
    def portal_rows(cls, actor: ContactActor) -> Q:
        return Q(organisation_id=actor.organisation_id, customer_id=actor.customer_id)
