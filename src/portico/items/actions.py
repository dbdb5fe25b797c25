"""What happens to items: made and changed; documents keep what they copied."""

from __future__ import annotations

from typing import Final

from portico.access import audit
from portico.access.actors import Actor, Duty, require_office
from portico.access.changes import naming, save_changed, set_fields
from portico.access.scope import scope
from portico.items.models import Item
from portico.kit.errors import InvalidError

FIELDS: Final = frozenset({"name", "sku", "unit", "description", "rate", "tax_rate", "is_active"})
_TAKEN: Final = {"item_sku_once": ("sku", "Another item has this SKU already.")}


def create_item(*, actor: Actor, name: str, **details: object) -> Item:
    """Make an item of the actor's organisation.

    Args:
        actor: staff who write documents, or a job.
        name: needed.
        details: sku, unit, description, rate (Decimal: the usual price of one in the base currency, not
            negative, at most six decimals), tax_rate.

    Raises:
        ForbiddenError: the role may not.
        InvalidError: a value cannot be taken; `field` names it.
        ConflictError: the SKU is taken.
    """
    require_office(actor, Duty.WRITE_DOCUMENTS)
    with scope(actor):
        item = Item(organisation_id=actor.organisation_id)
        set_fields(item, {"name": name, **details}, allowed=FIELDS)
        _check(item)
        with naming(_TAKEN):
            item.save(force_insert=True)
        audit.record(actor, "create_item", item, f"Made {item.name}")
    return item


def edit_item(*, actor: Actor, item: Item, **changes: object) -> Item:
    """Change an item (FIELDS); returns it as it is now.

    Raises:
        ForbiddenError: the role may not.
        NotFoundError: not an item of the actor's organisation.
        InvalidError: a value cannot be taken; `field` names it.
        ConflictError: the SKU is taken.
    """
    require_office(actor, Duty.WRITE_DOCUMENTS)
    with scope(actor):
        fresh = Item.objects.select_for_update(no_key=True).one_for(actor, pk=item.pk)
        done = set_fields(fresh, changes, allowed=FIELDS)
        _check(fresh)
        if done:
            with naming(_TAKEN):
                save_changed(fresh, done)
            audit.record(actor, "edit_item", fresh, changes=done)
    return fresh


def _check(item: Item) -> None:
    if item.rate < 0:
        raise InvalidError("A price is not below zero.", field="rate")
